"""Define problems: what is wrong, and where. Every stage reports what it finds as this one value."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

LONGEST_NAME = 253
"""Characters of a name that can have been misspelt."""


class Position(NamedTuple):
    """A place in a file that a person wrote; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


class Problem(NamedTuple):
    """One finding, pointing into what the user wrote. Sorts by place.

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
    """A program that daskgen needs is missing or failed to do its work."""


class DiskError(DaskgenError):
    """The tree could not be written; the files are what they were before."""


def sort(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return every problem once, in the order of the files and lines they point at."""
    return tuple(sorted(set(problems)))


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Suggest what `name` was probably meant to be; return `otherwise` if nothing known is near it."""
    names = {written.lower(): written for written in known}
    # Comparing takes the product of the lengths.
    near = get_close_matches(name.lower(), names, 1) if len(name) <= LONGEST_NAME else ()
    return f"did you mean {names[near[0]]}?" if near else otherwise


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether one of them forbids going on; warnings do not."""
    return any(problem.severity == "error" for problem in problems)
