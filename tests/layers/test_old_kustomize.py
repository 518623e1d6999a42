"""Overlays build with the kustomize inside older kubectl and Argo CD as they do with the pinned one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import render
from daskgen.outside import disk, tools

GOLDEN = Path(__file__).parents[1] / "golden"

OLD = tools.PINS["kustomize"]._replace(version="5.5.0", checksums={})
"""The one in kubectl 1.32. Of those in kubectl 1.30 to 1.33, all before 5.7, it stands for the others."""


def build(kustomize: tools.Tool, overlay: Path) -> str:
    """Build an overlay, and return the objects or, in a line, why there are none."""
    done = subprocess.run([kustomize.path, "build", overlay], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"{overlay}: {done.stderr.splitlines()[:1]}"


@pytest.mark.tools
def test_every_golden_overlay_builds_alike(tmp_path: Path) -> None:
    old, pinned = tools.obtain("kustomize", OLD), tools.find("kustomize")
    for case in sorted(GOLDEN.iterdir()):
        (tmp_path / case.name).mkdir()
        disk.write(tmp_path / case.name, render(case).tree, ("base", "overlays"))
    overlays = sorted(file.parent for file in tmp_path.glob("*/overlays/**/kustomization.yaml"))
    assert len(overlays) > 40
    assert [build(old, overlay) for overlay in overlays] == [build(pinned, overlay) for overlay in overlays]
