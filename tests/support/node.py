"""Install packages of npm, at the versions of a package-lock.json."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def install_packages(source: Path, folder: Path) -> Path:
    """Install what `source` lists into `folder`, and return the folder of the packages."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    npm = shutil.which("npm")
    assert npm, "npm is needed"
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True, timeout=300)
    return folder / "node_modules"
