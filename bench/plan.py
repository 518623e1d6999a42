"""Measures `daskgen plan` on large fleets, as a person waits for it: `python bench/plan.py [CLUSTERS]`.

Nothing changes, one cluster does, all of them do. Times are CPU time of one process; bytes are those of the comment and
of the whole report.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from dulwich import porcelain
from fleet import make_fleet
from spent import measure

WORDS = ("plan", "--base", "HEAD", "--format", "markdown", "--output")

EDITS: Mapping[str, tuple[str, str, str]] = {
    "none": ("daskgen.yaml", "", ""),
    "one": ("clusters/c00000.yaml", "memory: 16Gi", "memory: 24Gi"),
    "all": ("daskgen.yaml", "2026.8.0", "2026.8.1"),
}
"""How many clusters change to a file, and what is replaced in it."""


def main(size: int) -> None:
    """Print a row an edit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "fleet"
        make_fleet(size, root)
        porcelain.init(str(root)).close()
        porcelain.add(str(root), [str(path) for path in root.rglob("*.yaml")])
        porcelain.commit(str(root), message=b"all", author=b"A <a@example.com>", committer=b"A <a@example.com>")
        print(f"{'clusters':>8}  {'changed':>7}  {'plan':>8}  {'comment':>9}  {'report':>9}")
        for changed, (file, before, after) in EDITS.items():
            path = root / file
            text = path.read_text("utf-8")
            path.write_text(text.replace(before, after), encoding="utf-8")
            comment, seconds = measure(partial(plan, root, Path(folder) / "plan.md"))
            report = (Path(folder) / "plan.md").stat().st_size
            print(f"{size:>8}  {changed:>7}  {seconds:>6.2f} s  {len(comment.encode()):>9}  {report:>9}")
            path.write_text(text, encoding="utf-8")


def plan(root: Path, report: Path) -> str:
    """The comment; all of it is in `report`."""
    command = [sys.executable, "-m", "daskgen", "-C", str(root), *WORDS, str(report)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
