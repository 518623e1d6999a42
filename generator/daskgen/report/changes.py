"""How files on disk differ from what the spec gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from daskgen.findings.problem import Position, Problem
from daskgen.outside.disk import Changes, read_text
from daskgen.words import lay_lines

RERUN = "run `daskgen render` and commit what it writes"


def find_problems(changes: Changes) -> Iterator[Problem]:
    """Report each file that is not what the spec gives."""
    for path in changes.missing:
        yield Problem(Position(path), "DG401", "is missing: the spec gives it", RERUN)
    for path in changes.changed:
        yield Problem(Position(path), "DG402", "is not what the spec gives", f"{RERUN}, or see it with --diff")
    for path in changes.stale:
        yield Problem(Position(path), "DG403", "is stale: the spec does not give it any more", RERUN)
    for path in changes.foreign:
        yield Problem(Position(path), "DG404", "is in the way: daskgen did not make it", "move it or delete it")
    for path in changes.left:
        message = "begins like a rendered file, but no rendered kustomization lists it: it is left as it is"
        yield Problem(Position(path), "DG407", message, "delete it, or its first line if it is yours", "warning")


def find_diffs(root: Path, tree: Mapping[str, str], changes: Changes) -> Iterator[str]:
    """Write unified diffs from what is on disk to what the spec gives."""
    for path in sorted([*changes.missing, *changes.changed, *changes.stale]):
        before, after = read_text(root, path), tree.get(path)
        old, new = (
            f"{side}/{path}" if text is not None else "/dev/null" for side, text in (("a", before), ("b", after))
        )
        lines = unified_diff(_split(before), _split(after), old, new, lineterm="")
        yield lay_lines(lines)


def _split(text: str | None) -> list[str]:
    """Split at line feeds alone: other ends of lines are part of what differs."""
    return text.removesuffix("\n").split("\n") if text else []
