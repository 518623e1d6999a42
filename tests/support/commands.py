"""Run the command line as people and machines do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from daskgen.cli import cli


def daskgen(
    *arguments: str, root: Path, env: dict[str, str] | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command in a fleet, and expect an exit code."""
    run = run_here if os.environ.get("DASKGEN_TEST_IN_PROCESS") else run_apart
    done = run(["-C", str(root), *arguments], env or {})
    assert done.returncode == code, done.stdout + done.stderr
    return done


def run_apart(arguments: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "daskgen", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | env, check=False)


def run_here(arguments: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run it in this process, so that tools see which tests reach a function."""
    done = CliRunner().invoke(cli, arguments, env=env)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def snapshot(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
