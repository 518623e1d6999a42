"""`daskgen report --live` shows on the page what runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import SMALL, MakeFleet
from daskgen.cli import cli
from daskgen.findings.problem import DaskgenError
from support.fleets import read_cluster
from support.recorded import Recorded, run


class Connected(Recorded):
    """A Kubernetes that the kubeconfig knows as `here`."""

    context = "here"


def report(root: Path, output: Path, code: int = 0) -> Any:
    """Write the page, and return what it says of running clusters."""
    done = CliRunner().invoke(cli, ["-C", str(root), "report", "--live", "--output", str(output)])
    assert done.exit_code == code, done.output
    if code:
        assert not output.exists()
        return done.output
    page = (output / "index.html").read_text("utf-8")
    return json.loads(re.findall(r'id="data">(.*)</script>', page)[0])["live"]


def test_what_runs_is_on_the_page(make_fleet: MakeFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_fleet(prod=SMALL, later=SMALL)
    api = Connected(run(read_cluster(root)))

    async def connect(_: str | None) -> Connected:
        return api

    monkeypatch.setattr("daskgen.cli._states.connect", connect)
    live = report(root, tmp_path / "page")
    assert re.fullmatch(r"context here at \d{4}-\d\d-\d\d \d\d:\d\d UTC", live["where"])
    states = {state["name"]: state for state in live["states"]}
    prod, later = states["prod"], states["later"]
    assert (prod["well"], prod["scheduler"], prod["workers"]) == (True, "ready", "2 of 2")
    assert later["troubles"] == ["nothing of it is applied"]
    assert "well" not in later


def test_without_a_connection_there_is_no_page(
    make_fleet: MakeFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(_: str | None) -> Connected:
        raise DaskgenError("the cluster cannot be reached")

    monkeypatch.setattr("daskgen.cli._states.connect", connect)
    said = report(make_fleet(prod=SMALL), tmp_path / "page", code=2)
    assert "the cluster cannot be reached" in said
