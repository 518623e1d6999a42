"""What tests share: fleets in a folder, and the approval of golden files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from support.edits import SETTINGS, Fleets

FLEET = SETTINGS

SMALL = "namespace: analytics\nimage: ghcr.io/dask/dask:2026.8.0-py3.12\nworkers:\n- replicas: 2\n"

MakeFleet = Callable[..., Path]

# The same examples in every run, so that a change is what makes a test fail; `DASKGEN_EXPLORE=1` looks for new ones.
settings.register_profile("steady", derandomize="DASKGEN_EXPLORE" not in os.environ, deadline=None)
settings.load_profile("steady")

# Fleets of tests are not for the user's cache; tests of what is kept have one of their own.
os.environ["DASKGEN_KEEP"] = "0"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--approve", action="store_true", help="write what is rendered as the golden files")


@pytest.fixture
def fleets(tmp_path: Path) -> Fleets:
    """Make fleets before and after an edit, each in a folder of its own."""
    return Fleets(tmp_path)


@pytest.fixture
def make_fleet(tmp_path: Path) -> MakeFleet:
    """Make a fleet of clusters given as texts: `make_fleet(prod=SMALL)`."""

    def make(settings: str = FLEET, **clusters: str) -> Path:
        (tmp_path / "clusters").mkdir(exist_ok=True)
        (tmp_path / "daskgen.yaml").write_text(settings, encoding="utf-8")
        for name, text in clusters.items():
            (tmp_path / "clusters" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return make
