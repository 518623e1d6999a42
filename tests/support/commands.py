"""Run the command line as people and machines do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def daskgen(
    *arguments: str, root: Path, env: dict[str, str] | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command in a fleet, and expect an exit code."""
    command = [sys.executable, "-m", "daskgen", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | (env or {}), check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def snapshot(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a folder."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
