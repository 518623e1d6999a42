"""Which clusters a command is about; and how it shows what is wrong with them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from daskgen.findings.problem import Problem, ProblemsError, has_errors, suggest
from daskgen.render.cluster import Prepared, prepare
from daskgen.render.operator import Installation, find_operators
from daskgen.render.tree import Rendering
from daskgen.report import FORGES, FORMATS, format_text, locate_from_here
from daskgen.spec.load import find_clusters, load_fleet

NONE: Mapping[str, Prepared] = {}


def choose(root: Path, names: Sequence[str], ready: Mapping[str, Prepared] = NONE) -> list[Prepared]:
    """These clusters, all without names; `ready` has some, by their files. Raises `ProblemsError` if one has errors."""
    fleet = load_fleet(root)
    prepared = [ready.get(file) or prepare(fleet, root, file) for file in find_clusters(root)[0]]
    known = {it.name: it for it in prepared}
    for name in names:
        if name not in known:
            refuse_name(name, list(known))
    chosen = [known[name] for name in names] if names else prepared
    if problems := [problem for it in chosen if has_errors(it.problems) for problem in it.problems]:
        raise ProblemsError(problems)
    return chosen


def choose_overlays(
    root: Path, names: Sequence[str], ready: Mapping[str, Prepared] = NONE
) -> list[Prepared | Installation]:
    """As `choose`, and the operator, first, if the fleet installs it."""
    operators = find_operators(load_fleet(root), names)
    clusters = [name for name in names if name not in {it.name for it in operators}]
    return [*operators, *(choose(root, clusters, ready) if clusters or not names else ())]


def show(problems: Sequence[Problem], form: str, rendering: Rendering | None = None, root: Path = Path()) -> None:
    """Print problems of the fleet at `root`, and what was waived, on standard output."""
    waived = rendering.waived if rendering else ()
    if form in FORGES:
        problems = [locate_from_here(it, root) for it in problems]
        waived = tuple(it._replace(problem=locate_from_here(it.problem, root)) for it in waived)
    if form == "text":
        text = format_text(problems, waived, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    else:
        text = FORMATS[form](problems, waived)
    if text:
        click.echo(text)


@contextmanager
def showing(form: str, root: Path) -> Iterator[None]:
    """Show problems that end a command as it was asked to show them: what reads it understands nothing else."""
    try:
        yield
    except ProblemsError as error:
        show(error.problems, form, root=root)
        raise click.exceptions.Exit(error.exit_code) from None


def refuse_name(name: str, known: Sequence[str]) -> NoReturn:
    """Say that there is no such cluster, and which there are."""
    raise click.UsageError(f"there is no cluster {name}; {suggest(name, known, 'there are: ' + ', '.join(known))}")
