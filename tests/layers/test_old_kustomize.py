"""Overlays build with the kustomize inside older kubectl as they do with the pinned one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from daskgen.outside import disk, tools
from support.fleets import render
from support.places import GOLDEN

PIN = tools.PINS["kustomize"]


def build(kustomize: tools.Tool, overlay: Path) -> str:
    """Build an overlay, and return the objects or, in a line, why there are none."""
    done = subprocess.run([kustomize.path, "build", overlay], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"{overlay}: {done.stderr.splitlines()[:1]}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Render every golden fleet, and build its overlays with the pinned kustomize."""
    folder = tmp_path_factory.mktemp("fleets")
    for case in sorted(GOLDEN.iterdir()):
        (folder / case.name).mkdir()
        disk.write(folder / case.name, render(case).tree, ("base", "overlays"))
    overlays = sorted(file.parent for file in folder.glob("*/overlays/**/kustomization.yaml"))
    return {overlay: build(tools.find("kustomize"), overlay) for overlay in overlays}


@pytest.mark.tools
@pytest.mark.parametrize("version", ["5.0.3", "5.5.0"], ids=["kubectl 1.30", "kubectl 1.32"])
def test_every_golden_overlay_builds_alike(built: dict[Path, str], version: str) -> None:
    old = tools.obtain("kustomize", PIN._replace(version=version, checksums={}))
    assert len(built) > 40
    assert {overlay: build(old, overlay) for overlay in built} == built
