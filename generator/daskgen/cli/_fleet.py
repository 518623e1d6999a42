"""Load and render the fleet, or the clusters that a command names."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from daskgen.cli._missing import explain_missing_fleet
from daskgen.cli._pool import Pool
from daskgen.cli._say import say
from daskgen.cli._show import show, showing
from daskgen.findings.problem import ProblemsError, has_errors, suggest
from daskgen.outside.disk import open_kept
from daskgen.outside.files import FLEET_FILE, read_folder
from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.render.each import Made, Make, make_each
from daskgen.render.operator import render_operators
from daskgen.render.overlay import RenderedOverlay
from daskgen.render.tree import EMPTY, RenderedFleet, render_fleet
from daskgen.spec.load import LoadedFleet, load_fleet
from daskgen.words import escape, name_some

NONE: Mapping[str, RenderedCluster] = {}

NAMED = 8
"""Number of ignored files that are named."""


def load(root: Path) -> LoadedFleet:
    """Read and load the fleet in a folder. Raises `ProblemsError`."""
    files = read_folder(root)
    if FLEET_FILE not in files and not files.refusals(FLEET_FILE):
        raise ProblemsError([explain_missing_fleet(root)])
    return load_fleet(files)


def choose_clusters(
    fleet: LoadedFleet,
    names: Sequence[str] = (),
    ready: Mapping[str, RenderedCluster] = NONE,
    *,
    only_readable: bool = False,
) -> list[RenderedCluster]:
    """Render the clusters `names`, or all clusters; `ready` holds clusters that are already rendered, by file.

    Raises `ProblemsError` if one of them has errors; with `only_readable`, if the file of one cannot be read.
    """
    rendered = [ready.get(file) or render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters]
    known = {cluster.name: cluster for cluster in rendered}
    for name in names:
        if name not in known:
            refuse_name(name, list(known))
    chosen = [known[name] for name in names] if names else rendered
    problems = [] if names else [problem for problem in fleet.problems if problem.code != EMPTY]
    for cluster in chosen:
        problems += cluster.problems
    if has_errors(problems) and not (only_readable and all(cluster.cluster for cluster in chosen)):
        raise ProblemsError(problems)
    return chosen


def choose_overlays(
    fleet: LoadedFleet, names: Sequence[str] = (), ready: Mapping[str, RenderedCluster] = NONE
) -> list[RenderedOverlay]:
    """Render like `choose_clusters`, with the operator first if the fleet installs it."""
    operators = render_operators(fleet.settings, names)
    clusters = [name for name in names if name not in {operator.name for operator in operators}]
    return [*operators, *(choose_clusters(fleet, clusters, ready) if clusters or not names else ())]


def load_and_render(root: Path, only: Sequence[str], pool: Pool, form: str) -> tuple[LoadedFleet, RenderedFleet]:
    """Load and render the fleet; if that has errors, print them and end the command."""
    with _collecting_no_garbage():
        return _load_and_render(root, only, pool, form)


def _load_and_render(root: Path, only: Sequence[str], pool: Pool, form: str) -> tuple[LoadedFleet, RenderedFleet]:
    with showing(form, root):
        fleet = load(root)
    if passed_over := fleet.files.passed_over:
        say(f"ignored: {escape(name_some(passed_over, NAMED))}", err=True)
    with pool.start(len(fleet.clusters)) as executor:
        rendered = render_fleet(fleet, executor, only, open_kept())
    end_if_wrong(rendered, only, form, root)
    return fleet, rendered


def make_of_each(fleet: LoadedFleet, make: Make[Made], pool: Pool) -> list[Made]:
    """Make a value of each cluster of a fleet, as fast as `load_and_render` does."""
    with _collecting_no_garbage(), pool.start(len(fleet.clusters)) as executor:
        return make_each(fleet, make, executor, open_kept())


def end_if_wrong(rendered: RenderedFleet, only: Sequence[str], form: str, root: Path) -> None:
    """End the command if a name in `only` is not in the fleet, or if the fleet has errors, and print these."""
    for name in set(only) - set(rendered.names):
        refuse_name(name, rendered.names)
    if has_errors(rendered.problems):
        show(rendered.problems, form, rendered, root)
        raise click.exceptions.Exit(1)


def refuse_name(name: str, known: Sequence[str]) -> NoReturn:
    """Return an error about an unknown cluster that suggests a known one."""
    hint = suggest(name, known, f"known clusters: {', '.join(known)}" if known else "the fleet has no clusters")
    raise click.UsageError(f"no cluster is named {name}; {hint}")


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """Spare the search for garbage while a fleet is loaded: there is none, and what is made stays until the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
