"""bash, zsh and fish complete commands, options and names of clusters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SMALL, MakeFleet

SHELLS = ("bash", "zsh", "fish")


def complete(shell: str, root: Path, *words: str) -> list[str]:
    """Return what a shell is offered for the last word."""
    line = {"COMP_WORDS": " ".join(["daskgen", *words]), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        line["COMP_CWORD"] = words[-1]
    env = os.environ | line | {"_DASKGEN_COMPLETE": f"{shell}_complete"}
    program = "from daskgen.cli import cli; cli.main(prog_name='daskgen')"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=True)
    # bash and fish get `type,name`; zsh gets type, name and help in lines of their own.
    if shell == "zsh":
        return done.stdout.splitlines()[1::3]
    return [row.partition(",")[2].partition("\t")[0] for row in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
def test_names_of_clusters(make_fleet: MakeFleet, shell: str) -> None:
    root = make_fleet(prod=SMALL, private=SMALL, dev=SMALL)
    assert complete(shell, root, "connect", "pr") == ["private", "prod"]
    assert complete(shell, root, "render", "--only", "d") == ["dev"]
    assert complete(shell, root.parent, "-C", str(root), "status", "prod", "d") == ["dev"]


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_options(make_fleet: MakeFleet, shell: str) -> None:
    assert complete(shell, make_fleet(), "co") == ["comment", "connect"]
    assert complete(shell, make_fleet(), "render", "--che") == ["--check"]


@pytest.mark.parametrize("shell", ["bash"])
def test_the_line_of_the_readme_sets_it_up(shell: str) -> None:
    program = "from daskgen.cli import cli; cli.main(prog_name='daskgen')"
    env = os.environ | {"_DASKGEN_COMPLETE": f"{shell}_source"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    subprocess.run([shell, "-c", done.stdout + "\ncomplete -p daskgen"], check=True, capture_output=True)
