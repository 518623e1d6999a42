"""Measures fleets that grow: `python bench/scale.py [CLUSTERS…]`, by default 1000, 10,000 and 100,000.

Seconds are CPU time of all processes of a command, memory is the most that one process had, and Git's bytes are those
of a repacked repository with one commit of the whole fleet.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fleet import make_fleet
from spent import measure

SIZES = (1_000, 10_000, 100_000)

WHO = ("-c", "user.name=A", "-c", "user.email=a@example.com")


def main(sizes: Sequence[int]) -> None:
    """Print a row a size."""
    titles = ("clusters", "render s", "no edit s", "one edit s", "memory MiB", "files", "bytes MiB", "in Git MiB")
    print("  ".join(f"{title:>10}" for title in titles))
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            row = [size, *measure_fleet(size, Path(folder))]
        print(
            "  ".join(f"{number:>10,.1f}" if isinstance(number, float) else f"{number:>10,}" for number in row),
            flush=True,
        )


def measure_fleet(size: int, folder: Path) -> list[float]:
    """Measure a fleet of that many clusters."""
    os.environ["DASKGEN_CACHE"] = str(folder / "cache")
    root = folder / "fleet"
    make_fleet(size, root)
    seconds = [render(root), render(root)]
    edit(root)
    seconds.append(render(root))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sizes = [path.stat().st_size for path in root.rglob("*.yaml")]
    return [*seconds, memory, len(sizes), sum(sizes) / 2**20, pack(root)]


def render(root: Path) -> float:
    """Render, and return the seconds."""
    words = [sys.executable, "-m", "daskgen", "-C", str(root), "render"]
    return measure(lambda: subprocess.run(words, check=True, capture_output=True, text=True).stdout)[1]


def edit(root: Path) -> None:
    """Change one cluster."""
    path = root / "clusters/c00000.yaml"
    path.write_text(path.read_text("utf-8").replace("memory: 16Gi", "memory: 24Gi"), encoding="utf-8")


def pack(root: Path) -> float:
    """Commit the fleet, and return the MiB of the repository."""
    for words in (["init", "-q"], ["add", "."], [*WHO, "commit", "-qm", "all"], ["gc", "-q"]):
        command = ["git", "-C", str(root), *words]
        subprocess.run(command, check=True)
    return sum(path.stat().st_size for path in (root / ".git").rglob("*") if path.is_file()) / 2**20


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or SIZES)
