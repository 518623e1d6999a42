"""`daskgen report` writes the same page of the same fleet, and none of a wrong one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.commands import daskgen, snapshot
from support.example import commit, edit, write_fleet


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example fleet."""
    root = tmp_path / "fleet"
    root.mkdir()
    write_fleet(root)
    return root


def read_document(folder: Path) -> Any:
    [text] = re.findall(
        r'<script type="application/json" id="data">(.*)</script>', (folder / "index.html").read_text("utf-8")
    )
    return json.loads(text)


def test_the_same_fleet_gives_the_same_page(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    for name, jobs in (("one", "1"), ("other", "2")):
        done = daskgen("report", "--output", str(tmp_path / name), "-j", jobs, root=root, env={"DASKGEN_KEEP": "0"})
        assert "shows 23 clusters" in done.stderr
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "other")
    assert list(snapshot(tmp_path / "one")) == ["index.html"]
    assert snapshot(root) == before
    assert read_document(tmp_path / "one")["title"] == "fleet"


def test_what_was_kept_gives_the_same_page(root: Path, tmp_path: Path) -> None:
    kept = {"DASKGEN_CACHE": str(tmp_path / "cache")}
    for name in ("one", "other"):
        daskgen("report", "--output", str(tmp_path / name), root=root, env=kept)
    edit(root)
    daskgen("report", "--output", str(tmp_path / "edited"), root=root, env=kept)
    daskgen("report", "--output", str(tmp_path / "anew"), root=root, env={"DASKGEN_KEEP": "0"})
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "other")
    assert snapshot(tmp_path / "edited") == snapshot(tmp_path / "anew") != snapshot(tmp_path / "one")


def test_a_wrong_spec_is_shown_and_nothing_is_written(root: Path, tmp_path: Path) -> None:
    (root / "clusters/risk/audit.yaml").write_text("workers: many\n", "utf-8")
    done = daskgen("report", "--output", str(tmp_path / "page"), root=root, code=1)
    assert "clusters/risk/audit.yaml:1:" in done.stdout
    assert not (tmp_path / "page").exists()


def test_a_fleet_without_clusters_has_no_page(tmp_path: Path) -> None:
    (tmp_path / "daskgen.yaml").write_text("apiVersion: daskgen/v1\n", "utf-8")
    done = daskgen("report", "--output", str(tmp_path / "page"), root=tmp_path, code=1)
    assert "the fleet has no clusters" in done.stdout
    assert not (tmp_path / "page").exists()


def test_a_fleet_of_the_operator_alone_has_one(tmp_path: Path) -> None:
    (tmp_path / "daskgen.yaml").write_text("apiVersion: daskgen/v1\noperator: {install: true}\n", "utf-8")
    daskgen("report", "--output", str(tmp_path / "page"), root=tmp_path)
    document = read_document(tmp_path / "page")
    assert document["operator"] == "dask-operator"
    assert "clusters" not in document


def test_what_a_merge_changes_is_in_it(root: Path, tmp_path: Path) -> None:
    commit(root)
    edit(root)
    daskgen("report", "--output", str(tmp_path / "page"), "--base", "HEAD", root=root)
    plan = read_document(tmp_path / "page")["plan"]
    assert [change["name"] for change in plan["changes"]] == ["prod", "stress", "teaching"]


def test_a_revision_that_does_not_exist_ends_it(root: Path, tmp_path: Path) -> None:
    commit(root)
    daskgen("report", "--output", str(tmp_path / "page"), "--base", "nowhere", root=root, code=2)
    assert not (tmp_path / "page").exists()


def test_a_context_is_for_what_runs(root: Path, tmp_path: Path) -> None:
    done = daskgen("report", "--output", str(tmp_path / "page"), "--context", "here", root=root, code=2)
    assert "--context needs --live" in done.stderr


def test_a_folder_that_cannot_be_made_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = daskgen("report", "--output", str(tmp_path / "file/page"), root=root, code=2)
    assert "nothing was written" in done.stderr
