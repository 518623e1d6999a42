"""Format problems as annotations of a GitHub workflow, which are shown beside the line in the pull request."""

from __future__ import annotations

from collections.abc import Sequence

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import escape


def format_github(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Write a workflow command for each problem and each waived finding.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    lines = [_annotate(problem.severity, problem, problem.hint) for problem in problems]
    lines += [_annotate("notice", finding.problem, f"waived: {finding.reason}") for finding in waived]
    return "\n".join(lines)


def _annotate(level: str, problem: Problem, hint: str) -> str:
    place = {
        "file": problem.at.file,
        "line": problem.at.line,
        "col": problem.at.column,
        "title": problem.code,
    }
    fields = ",".join(f"{key}={_encode(str(value), ':,')}" for key, value in place.items())
    return f"::{level} {fields}::{_encode(problem.message + (f'; {hint}' if hint else ''))}"


def _encode(text: str, separators: str = "") -> str:
    """Escape a text, then encode the characters that have a meaning in a workflow command."""
    text = escape(text)
    for character in "%" + separators:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
