"""Measures how long the command takes to start, against a bare import of what it is made of: `python bench/start.py`.

Whole processes in turn; times are CPU time of the child, the least of several runs.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

RUNS = 15
COMMANDS = {
    "python": ["-c", "pass"],
    "bare import": ["-c", "import yaml, click, pydantic; pydantic.BaseModel"],
    "import daskgen.cli": ["-c", "import daskgen.cli"],
    "daskgen --version": ["-m", "daskgen", "--version"],
    "daskgen render --check": ["-m", "daskgen", "-C", str(Path(__file__).parents[1]), "render", "--check"],
}


def main() -> None:
    """Print a row a command, and how it compares with the bare import."""
    least = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(RUNS):
        for name, words in COMMANDS.items():
            least[name] = min(least[name], clock(words))
    for name, seconds in least.items():
        print(f"{name:<24} {1000 * seconds:>6.0f} ms  {seconds / least['bare import']:>5.2f}")


def clock(words: list[str]) -> float:
    """CPU seconds of a new process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
