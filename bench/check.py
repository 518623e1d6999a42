"""Measures the whole commands on large fleets, as a person waits for them: `python bench/check.py [CLUSTERS]`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fleet import make_fleet

from daskgen.outside.disk import cache_folder

COMMANDS = {
    "render": (["render"], "0"),
    "render --check": (["render", "--check"], "0"),
    "check, nothing kept": (["check"], "0"),
    "check, and keep": (["check"], "1"),
    "check, no edit": (["check"], "1"),
    "check, one edit": (["check"], "1"),
}
"""The words of each command, and whether what was proved is kept."""


def main(size: int) -> None:
    """Print a row a command."""
    with tempfile.TemporaryDirectory() as folder:
        root, kept = Path(folder, "fleet"), Path(folder, "cache")
        # The programs, without what is kept for this user.
        shutil.copytree(cache_folder(), kept, ignore=shutil.ignore_patterns("*.sqlite*"))
        make_fleet(size, root)
        for title, (words, keep) in COMMANDS.items():
            if title.endswith("one edit"):
                edit(root)
            env = os.environ | {"DASKGEN_KEEP": keep, "DASKGEN_CACHE": str(kept)}
            start = time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "daskgen", "-C", root, *words], check=True, capture_output=True, env=env
            )
            print(f"{title:<20} {size:>6} clusters  {time.monotonic() - start:>6.1f} s")


def edit(root: Path) -> None:
    """Change one cluster, and render it."""
    path = root / "clusters/c00000.yaml"
    path.write_text(path.read_text("utf-8").replace("memory: 16Gi", "memory: 24Gi"), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "daskgen", "-C", root, "render"], check=True, capture_output=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
