"""The wheel works in an environment that holds nothing else, outside of this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.places import ROOT

SOURCES = ("pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program to its end, and return what it prints."""
    # The environment of the tests is not for the new one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    words = list(map(str, command))
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy, since building leaves files beside the sources."""
    source = folder / "source"
    shutil.copytree(
        ROOT / "generator", source / "generator", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source, cwd=folder)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.mark.tools
def test_the_wheel_makes_a_fleet_and_checks_it(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    here = tmp_path / "environment"
    run(sys.executable, "-m", "venv", here, cwd=tmp_path)
    run(here / "bin/pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    run(here / "bin/pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    daskgen, fleet = here / "bin/daskgen", tmp_path / "fleet"
    run(daskgen, "init", "fleet", "--delivery", "flux", "--repository", "https://example.com/a.git", cwd=tmp_path)
    run(daskgen, "render", cwd=fleet)
    assert "all of it is valid" in run(daskgen, "check", cwd=fleet)
    run(daskgen, "new", "prod", "--like", "dev", cwd=fleet)
    run(daskgen, "init", "--update", ".", cwd=fleet)
    assert "prod" in run(daskgen, "explain", "prod", cwd=fleet)
