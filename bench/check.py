"""Measures the whole commands on large fleets, as a person waits for them: `python bench/check.py [CLUSTERS]`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fleet import make_fleet

COMMANDS = {
    "render": ["render"],
    "render, no edits": ["render"],
    "render --check": ["render", "--check"],
    "check": ["check"],
}


def main(size: int) -> None:
    """Print a row a command."""
    with tempfile.TemporaryDirectory() as folder:
        make_fleet(size, Path(folder))
        for title, words in COMMANDS.items():
            start = time.monotonic()
            subprocess.run([sys.executable, "-m", "daskgen", "-C", folder, *words], check=True, capture_output=True)
            print(f"{title:<16} {size:>6} clusters  {time.monotonic() - start:>6.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
