"""`daskgen watch` renders at each save, shows errors and goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import IO

import pytest

from conftest import SMALL, MakeFleet


@pytest.fixture
def root(make_fleet: MakeFleet) -> Path:
    return make_fleet(prod=SMALL, other=SMALL)


@pytest.fixture
def watching(root: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-u", "-m", "daskgen", "watch"]
    with subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        end = Timer(120, process.kill)
        end.start()
        yield process
        end.cancel()
        process.kill()


def read_until(output: IO[str] | None, end: str) -> list[str]:
    assert output
    lines = []
    for line in output:
        lines.append(line.rstrip("\n"))
        if end in line:
            return lines
    raise AssertionError(f"the command ended: {lines}")


def test_a_save_is_rendered_and_an_error_is_shown(root: Path, watching: subprocess.Popen[str]) -> None:
    spec, overlay = root / "clusters/prod.yaml", root / "overlays/prod/kustomization.yaml"
    read_until(watching.stdout, "waiting for files to be saved")
    before = overlay.read_text()

    spec.write_text(SMALL.replace("replicas: 2", "replica: 2"))
    lines = read_until(watching.stdout, "error")
    assert lines[0] == "saved: clusters/prod.yaml"
    assert "replica is not a field; did you mean replicas?" in lines[1]
    assert overlay.read_text() == before

    (root / "README.md").write_text("no file of the fleet")
    spec.write_text(SMALL.replace("replicas: 2", "replicas: 7"))
    lines = read_until(watching.stdout, "next: git diff")
    assert lines[:2] == ["saved: clusters/prod.yaml", "  ~ overlays/prod/kustomization.yaml"]
    assert overlay.read_text() != before


def test_a_file_that_is_removed_is_not_rendered_away(root: Path, watching: subprocess.Popen[str]) -> None:
    read_until(watching.stdout, "waiting for files to be saved")
    (root / "clusters/prod.yaml").unlink()
    lines = read_until(watching.stdout, "nothing was written")
    assert any("prod would be deleted" in line for line in lines)
    assert (root / "overlays/prod/kustomization.yaml").exists()
