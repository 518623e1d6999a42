"""Print problems of a fleet in the selected format."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from daskgen.cli._say import say
from daskgen.findings.problem import Problem, ProblemsError
from daskgen.render.tree import RenderedFleet
from daskgen.report import FORGES, FORMATS, format_text


def show(problems: Sequence[Problem], form: str, rendered: RenderedFleet | None = None, root: Path = Path()) -> None:
    """Print problems of the fleet at `root`, and waived ones, on standard output."""
    waived = rendered.waived if rendered else ()
    if form in FORGES:
        problems = [locate_from_here(problem, root) for problem in problems]
        waived = tuple(waiver._replace(problem=locate_from_here(waiver.problem, root)) for waiver in waived)
    colour = form == "text" and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    text = format_text(problems, waived, colour=True) if colour else FORMATS[form](problems, waived)
    if text:
        say(text, styled=colour, commands=form == "github")


@contextmanager
def showing(form: str, root: Path) -> Iterator[None]:
    """Print problems that end a command in the selected format, for programs that read it."""
    try:
        yield
    except ProblemsError as error:
        show(error.problems, form, root=root)
        raise click.exceptions.Exit(error.exit_code) from None


def locate_from_here(problem: Problem, root: Path) -> Problem:
    """Return the problem with its file relative to the current folder, if the fleet at `root` is inside that."""
    folder = Path(os.path.relpath(root))
    if ".." in folder.parts:
        return problem
    return problem._replace(at=problem.at._replace(file=(folder / problem.at.file).as_posix()))
