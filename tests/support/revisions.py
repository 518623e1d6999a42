"""Make commits, as people do."""

from __future__ import annotations

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always")


def git(root: Path, *arguments: str) -> str:
    """What Git prints in the folder `root`."""
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def commit(root: Path, message: str = "an edit") -> str:
    """Commit everything in a repository, and return the hash."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", message, "--allow-empty")
    return git(root, "rev-parse", "HEAD")
