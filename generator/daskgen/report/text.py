"""Format problems as lines of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import escape, shorten

COLOURS = {"error": "\033[31m", "warning": "\033[33m"}

LONGEST = 2000
"""Longest message that is printed, in characters."""

SHOWN = 20
"""Number of findings with one code in one file that are printed one by one."""


def format_text(problems: Sequence[Problem], waived: Sequence[Waived] = (), *, colour: bool = False) -> str:
    """Write a line for each problem and each waived finding; of many with one code, only the first."""
    lines = [_format_line(problem, problem.severity, problem.hint, colour) for problem in fold(problems)]
    lines += [_format_line(finding.problem, "waived", f"reason: {finding.reason}", colour) for finding in waived]
    return "\n".join(lines)


def fold(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Keep the first problems with one code in one file, and count the others in one line."""
    alike: dict[tuple[str, str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        kind = alike[problem.at.file, problem.code, problem.severity]
        kind.append(problem)
        if len(kind) <= SHOWN:
            yield problem
    for kind in alike.values():
        hidden = kind[SHOWN:]
        if len(hidden) > 1:
            message = f"{len(hidden)} more findings of this kind in this file, the first of them here"
            yield hidden[0]._replace(message=message, hint="--format json lists all of them")
        else:
            yield from hidden


def _format_line(problem: Problem, label: str, hint: str, colour: bool) -> str:
    at = problem.at
    start = COLOURS.get(label, "\033[2m") if colour else ""
    end = "\033[0m" if colour else ""
    tail = f"; {hint}" if hint else ""
    place = f"{escape(at.file)}:{at.line}:{at.column}"
    return f"{place}: {start}{label}[{problem.code}]{end}: {shorten(escape(problem.message + tail), LONGEST)}"
