"""The commands of the tutorial print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.places import ROOT

PAGE = ROOT / "docs/tutorial.md"

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)

COMMIT = re.compile(r"main \([0-9a-f]{8}\)")
"""What the plan says of the commit, which depends on the time."""

AUTHOR = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Shell:
    """A shell that stays in the folder to which a command changes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.left = folder, folder / "left"

    def run(self, command: str) -> str:
        """What a command prints, and its errors."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        text = f"{command}\npwd > {self.left}"
        done = subprocess.run(
            ["/bin/bash", "-c", text],
            cwd=self.folder,
            env={**os.environ, **AUTHOR, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.folder = Path(self.left.read_text("utf-8").strip())
        return COMMIT.sub("main (a0127b5e)", done.stdout)


def run_block(shell: Shell, block: str) -> Iterator[str]:
    """Run the commands of a block, and return it as it should be."""
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        yield f"$ {command}\n{shell.run(command)}"


@pytest.mark.tools
def test_the_tutorial(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    shell, page = Shell(tmp_path), PAGE.read_text("utf-8")
    real = BLOCK.sub(lambda match: f"```console\n{''.join(run_block(shell, match[1]))}```", page)
    if pytestconfig.getoption("approve"):
        PAGE.write_text(real, encoding="utf-8")
    assert PAGE.read_text("utf-8") == real
