"""Loads and renders what a command is about: the fleet, or the clusters that were named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from daskgen.cli._show import show, showing
from daskgen.findings.problem import ProblemsError, has_errors, suggest
from daskgen.render.cluster import Prepared, prepare
from daskgen.render.operator import Installation, find_operators
from daskgen.render.tree import CHUNK, Rendering, render_fleet
from daskgen.spec.load import LoadedFleet, find_clusters, load_fleet

NONE: Mapping[str, Prepared] = {}

FEW = 4 * CHUNK
"""Up to so many clusters are rendered sooner than a second process starts."""


def choose(root: Path, names: Sequence[str], ready: Mapping[str, Prepared] = NONE) -> list[Prepared]:
    """Return these clusters, all without names; `ready` has some, by their files. Raises `ProblemsError` for errors."""
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
    """Return what `choose` does, and first the operator, if the fleet installs it."""
    operators = find_operators(load_fleet(root), names)
    clusters = [name for name in names if name not in {it.name for it in operators}]
    return [*operators, *(choose(root, clusters, ready) if clusters or not names else ())]


def render_well(root: Path, only: Sequence[str], jobs: int, form: str) -> tuple[LoadedFleet, Rendering]:
    """Load and render the fleet; if that has errors, print them and end the command."""
    with showing(form, root):
        fleet = load_fleet(root)
        rendering = _render(fleet, root, only, jobs)
    if has_errors(rendering.problems):
        show(rendering.problems, form, rendering, root)
        raise click.exceptions.Exit(1)
    return fleet, rendering


def refuse_name(name: str, known: Sequence[str]) -> NoReturn:
    """Say that there is no such cluster, and which there are."""
    raise click.UsageError(f"there is no cluster {name}; {suggest(name, known, 'there are: ' + ', '.join(known))}")


def _render(fleet: LoadedFleet, root: Path, only: Sequence[str], jobs: int) -> Rendering:
    with _start_pool(len(find_clusters(root)[0]), jobs) as executor:
        rendering = render_fleet(fleet, root, executor, only)
    for name in set(only) - set(rendering.names):
        refuse_name(name, rendering.names)
    return rendering


@contextmanager
def _start_pool(clusters: int, jobs: int) -> Iterator[futures.Executor | None]:
    """Start several processes if the fleet is large."""
    if clusters <= FEW or jobs == 1:
        yield None
        return
    with futures.ProcessPoolExecutor(jobs) as executor:
        yield executor
