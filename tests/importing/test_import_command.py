"""The command `daskgen import`, as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from conftest import FLEET, MakeFleet
from support.commands import daskgen
from support.imports import DEPLOYMENT, read_case

PAGE = Path(__file__).parents[2] / "docs/import.md"


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    for name, data in read_case("openshift").items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-m", "daskgen", "import", "scheduler.yaml", "service.yaml", "worker.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    page = PAGE.read_text("utf-8")
    assert f"worker.yaml\n{done.stderr}{done.stdout}```" in page
    assert f"```yaml\n{(tmp_path / 'clusters/dask.yaml').read_text('utf-8')}```" in page


def test_the_command_writes_beside_the_fleet_or_anywhere(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    done = daskgen("import", str(tmp_path / "manifest.yaml"), root=tmp_path)
    assert (tmp_path / "clusters/dask.yaml").read_text("utf-8").startswith("# Imported by daskgen from ")
    assert "clusters/dask.yaml from" in done.stdout
    assert "next: daskgen render" in done.stderr
    daskgen("import", str(tmp_path / "manifest.yaml"), "--out", str(tmp_path / "a/b"), "--name", "other", root=tmp_path)
    assert (tmp_path / "a/b/other.yaml").is_file()


def test_the_command_replaces_nothing_unless_forced(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLEET, dask="mine: yes\n")
    (root / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    refused = daskgen("import", str(root / "manifest.yaml"), root=root, code=2)
    assert "dask.yaml exists already, and nothing was written; --force replaces it" in refused.stderr
    assert (root / "clusters/dask.yaml").read_text("utf-8") == "mine: yes\n"
    daskgen("import", str(root / "manifest.yaml"), "--force", root=root)
    assert daskgen("import", str(root / "manifest.yaml"), root=root).stderr.startswith("unchanged: ")
    daskgen("render", root=root)


def test_the_command_writes_nothing_on_errors(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("kind: [\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("good.yaml", "bad.yaml")]
    assert "bad.yaml:2:1: error[DG001]" in daskgen("import", *files, root=tmp_path, code=1).stdout
    assert not (tmp_path / "clusters").exists()
    assert "cannot be read" in daskgen("import", str(tmp_path / "none.yaml"), root=tmp_path, code=2).stderr


def test_the_command_prints_specs_or_json(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    done = daskgen("import", "--stdout", str(tmp_path / "manifest.yaml"), root=tmp_path)
    assert yaml.safe_load(done.stdout)["namespace"] == "science"
    assert not (tmp_path / "clusters").exists()
    document: Mapping[str, Any] = json.loads(
        daskgen("import", "--format", "json", str(tmp_path / "manifest.yaml"), root=tmp_path).stdout
    )
    [cluster] = document["clusters"]
    assert {value["outcome"] for value in cluster["values"]} == {"field", "difference", "same"}


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    done = daskgen("import", "/dev/zero", root=tmp_path, code=2)
    assert "/dev/zero has more than 16777216 bytes: split it" in done.stderr
