"""Prints problems of a fleet in the format that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from daskgen.findings.problem import Problem, ProblemsError
from daskgen.render.tree import Rendering
from daskgen.report import FORGES, FORMATS, format_text, locate_from_here


def show(problems: Sequence[Problem], form: str, rendering: Rendering | None = None, root: Path = Path()) -> None:
    """Print problems of the fleet at `root`, and what was waived, on standard output."""
    waived = rendering.waived if rendering else ()
    if form in FORGES:
        problems = [locate_from_here(problem, root) for problem in problems]
        waived = tuple(it._replace(problem=locate_from_here(it.problem, root)) for it in waived)
    if form == "text":
        text = format_text(problems, waived, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    else:
        text = FORMATS[form](problems, waived)
    if text:
        click.echo(text)


@contextmanager
def showing(form: str, root: Path) -> Iterator[None]:
    """Print problems that end a command in the format that was asked for: its reader understands no other."""
    try:
        yield
    except ProblemsError as error:
        show(error.problems, form, root=root)
        raise click.exceptions.Exit(error.exit_code) from None
