"""Measures what an edit of one cluster costs, against a full render: `python bench/edit.py [CLUSTERS]`.

Whole processes, one after the other, on one core; times are CPU time of the child, the least of several runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from fleet import make_fleet
from spent import measure

RUNS = 3
BARE = ["-c", "import yaml, click, pydantic; pydantic.BaseModel"]


def main() -> None:
    """Print a row for each kind of render, and how it compares with a full one."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DASKGEN_CACHE"] = f"{folder}/cache"
        root = Path(folder, "fleet")
        make_fleet(size, root)
        rows = {
            "render, nothing kept": clock(lambda: render(root, keep="0")),
            "render, and keep": clock(lambda: render(root), before=lambda: forget(folder)),
            "render, no edit": clock(lambda: render(root)),
            "render, one edit": clock(lambda: render(root), before=lambda: edit(root)),
            "render --only, no edit": clock(lambda: render(root, "--only", "c00001")),
        }
        small = Path(folder, "small")
        make_fleet(3, small)
        start = {
            "import of libraries": clock(lambda: run(BARE)),
            "daskgen --version": clock(lambda: run(["-m", "daskgen", "--version"])),
        }
        start["render of 3, no edit"] = clock(lambda: render(small))
    full = rows["render, nothing kept"]
    for name, seconds in rows.items():
        print(f"{name:<24} {size:>6} clusters  {seconds:>7.2f} s  {seconds / full:>5.2f}")
    for name, seconds in start.items():
        print(f"{name:<24} {'':>15}  {seconds:>7.2f} s")


def render(root: Path, *options: str, keep: str = "1") -> str:
    """Render a fleet in a process."""
    return run(["-m", "daskgen", "-C", str(root), "render", "-j", "1", *options], keep)


def run(words: list[str], keep: str = "1") -> str:
    """Run Python."""
    # Compiling the sources in each run would hide the rest.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "DASKGEN_KEEP": keep
    }
    return subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True, env=env).stdout


def forget(folder: str) -> None:
    """Delete what is kept."""
    for file in Path(folder, "cache").glob("*.sqlite*"):
        file.unlink()


def edit(root: Path) -> None:
    """Change the memory of one cluster's workers."""
    spec = root / "clusters/c00002.yaml"
    text = spec.read_text("utf-8")
    amount = int(text.partition("  memory: ")[2].partition("Gi")[0])
    spec.write_text(text.replace(f"memory: {amount}Gi", f"memory: {amount + 1}Gi", 1), "utf-8")


def clock(run_once: Callable[[], str], before: Callable[[], None] = lambda: None) -> float:
    """CPU seconds of the processes that `run_once` starts."""
    seconds = []
    for _ in range(RUNS):
        before()
        seconds.append(measure(run_once)[1])
    return min(seconds)


if __name__ == "__main__":
    main()
