"""What can be wrong, and where: the one value that every stage reports its findings with."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


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
    """Something the user can mend; the command ends with `exit_code` and the message, without a traceback."""

    exit_code = 2


class ProblemsError(DaskgenError):
    """The input is wrong. Holds every problem there is, never just the first."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sort(problems)
        super().__init__(f"{len(self.problems)} problems")


class ToolError(DaskgenError):
    """A program that daskgen needs is missing or failed to do its work."""


class DiskError(DaskgenError):
    """The tree could not be written; what stood there before still stands."""


def sort(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Every problem once, in the order of the files and lines they point at."""
    return tuple(sorted(set(problems)))


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint to what `name` was probably meant to be; `otherwise`, if nothing known is near it."""
    names = {it.lower(): it for it in known}
    near = get_close_matches(name.lower(), names, 1)
    return f"did you mean {names[near[0]]}?" if near else otherwise


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them forbids going on; warnings do not."""
    return any(problem.severity == "error" for problem in problems)
