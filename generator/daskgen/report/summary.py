"""Summarize what a command did, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from daskgen.findings.problem import Problem, has_errors
from daskgen.kubernetes.quantity import format_bytes
from daskgen.outside.disk import Changes
from daskgen.render.tree import RenderedFleet
from daskgen.words import count, count_overlays, first_lines, lay_lines, name_some

SHOWN = 20
"""Number of files that a summary names."""


def summarize(rendered: RenderedFleet, changes: Changes, root: Path) -> str:
    """Summarize what was rendered and written, the resources that it requests, and the next step."""
    totals = rendered.totals
    written = len(changes.missing) + len(changes.changed)
    by_sign = [("+", changes.missing), ("~", changes.changed), ("-", changes.stale)]
    files = [f"  {sign} {path}" for sign, paths in by_sign for path in paths]
    counts = f"{written} written, {len(changes.stale)} removed, {changes.unchanged} unchanged"
    memory = format_bytes(totals.memory)
    cores = count(totals.millicores / 1000, "core")
    pieces = "".join(f", {number} {name}" for name, number in totals.others if "/" in name)
    asked = f"{count(totals.workers, 'worker')}, {cores}, {memory} of memory{pieces} requested"
    left = name_some(changes.left, SHOWN)
    next_step = "git diff" if changes.any else "edit a file under clusters/"
    lines = [
        *first_lines(files, SHOWN, "  "),
        f"{count_overlays(totals.clusters, totals.operators)}, {totals.objects} objects: {asked}",
        f"{counts} in {root / 'base'} and {root / 'overlays'}",
        *([f"not removed, although they begin like rendered files: {left}"] if left else []),
        f"next: {next_step}; daskgen check",
    ]
    return lay_lines(lines)


def conclude(problems: Sequence[Problem], proved: str, version: str, before: int = 0) -> str:
    """State that everything in `proved` is valid, or count its problems; `before` overlays were not checked again."""
    if has_errors(problems):
        return f"{count(len(problems), 'problem')} in {proved}"
    valid = f"{proved}: kustomize builds what is expected, and all of it is valid for Kubernetes {version}"
    return f"{valid}; {count(before, 'cluster')} checked before and unchanged" if before else valid
