"""Define problems: what is wrong, and where. Every stage reports its findings as this type."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

LONGEST_NAME = 253
"""Longest name for which another is suggested, in characters."""


class Position(NamedTuple):
    """A place in a file that a person wrote; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """A finding with its position in the user's file. Sorts by position.

    `code` is a row of `codes.CODES`; `message` says what is wrong, beginning with the dotted path of the field where
    there is one; `hint` says what to do.
    """

    at: Position
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"


class DaskgenError(Exception):
    """An error that the user can correct; the command ends with `exit_code` and these lines, without a traceback."""

    exit_code = 2

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class ProblemsError(DaskgenError):
    """The input is wrong. Holds every problem there is, never just the first."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sort(problems)
        super().__init__(f"{len(self.problems)} problems")


class ToolError(DaskgenError):
    """A program that daskgen needs is missing or failed."""


class DiskError(DaskgenError):
    """The tree could not be written; the files are unchanged."""


def sort(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return every problem once, in the order of the files and lines they point at."""
    return tuple(sorted(set(problems)))


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Suggest the known name that `name` was probably meant to be; return `otherwise` if none is similar."""
    names = {written.lower(): written for written in known}
    # Comparing takes the product of the lengths.
    near = get_close_matches(name.lower(), names, 1) if len(name) <= LONGEST_NAME else ()
    return f"did you mean {names[near[0]]}?" if near else otherwise


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether one of them is an error, which ends the command; warnings do not."""
    return any(problem.severity == "error" for problem in problems)
