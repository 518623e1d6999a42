"""Report how files on disk differ from what is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from daskgen.findings.problem import Position, Problem
from daskgen.outside.disk import Changes, read_text
from daskgen.words import lay_lines

RERUN = "run `daskgen render` and commit what it writes"


def find_problems(changes: Changes) -> Iterator[Problem]:
    """Report each file that differs from what is rendered."""
    for path in changes.missing:
        yield Problem(Position(path), "DG401", "the rendered file is missing", RERUN)
    for path in changes.changed:
        yield Problem(
            Position(path), "DG402", "the file differs from what is rendered", f"{RERUN}; --diff shows the difference"
        )
    for path in changes.stale:
        yield Problem(Position(path), "DG403", "the file is stale: it is not rendered any more", RERUN)
    for path in changes.foreign:
        yield Problem(
            Position(path),
            "DG404",
            "daskgen has to write this file, but did not make the one that is there",
            "move it or delete it",
        )
    for path in changes.left:
        message = "the file begins like a rendered one, but no rendered kustomization lists it, so it is not removed"
        yield Problem(Position(path), "DG407", message, "delete it; if it is yours, delete its first line", "warning")


def diff_files(root: Path, tree: Mapping[str, str], changes: Changes) -> Iterator[str]:
    """Write unified diffs from what is on disk to what is rendered."""
    for path in sorted([*changes.missing, *changes.changed, *changes.stale]):
        before, after = read_text(root, path), tree.get(path)
        old, new = (
            f"{side}/{path}" if text is not None else "/dev/null" for side, text in (("a", before), ("b", after))
        )
        lines = unified_diff(_split(before), _split(after), old, new, lineterm="")
        yield lay_lines(lines)


def _split(text: str | None) -> list[str]:
    """Split at line feeds alone, so that a diff shows other line endings."""
    return text.removesuffix("\n").split("\n") if text else []
