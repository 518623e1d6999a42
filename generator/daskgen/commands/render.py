"""Files from specs, and how those on disk differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daskgen.changes import find_diffs, find_problems
from daskgen.commands.choose import choose_overlays, refuse_name, show, showing
from daskgen.findings.problem import has_errors, suggest
from daskgen.outside import disk
from daskgen.outside.disk import Changes
from daskgen.render import guards
from daskgen.render.guards import Vanished
from daskgen.render.tree import CHUNK, ROOMS, Rendering, render_fleet
from daskgen.report import format_text, summarize
from daskgen.spec.load import LoadedFleet, find_clusters, load_fleet
from daskgen.yaml.write import dump_all

if TYPE_CHECKING:
    from concurrent.futures import Executor


FEW = 4 * CHUNK
"""Up to so many clusters are rendered sooner than a second process starts."""


def render(root: Path, only: Sequence[str], allowed: Sequence[str], jobs: int, form: str) -> int:
    """Write what the spec gives, unless a cluster would vanish that nobody allowed to."""
    fleet, rendering = render_well(root, only, jobs, form)
    if vanished := find_vanished(fleet, root, rendering, only, allowed):
        show(sorted([*rendering.problems, *guards.find_problems(fleet, vanished, rendering)]), form, rendering, root)
        click.echo(guards.summarize(vanished, rendering), err=True)
        return 1
    changes = disk.write(root, rendering.tree, find_rooms(only))
    show(rendering.problems, form, rendering, root)
    click.echo(summarize(rendering, changes, root), err=True)
    return 0


def compare(root: Path, only: Sequence[str], allowed: Sequence[str], jobs: int, form: str, *, diff: bool) -> int:
    """Say how the files on disk differ from what the spec gives."""
    fleet, rendering = render_well(root, only, jobs, form)
    changes = disk.compare(root, rendering.tree, find_rooms(only))
    vanished = find_vanished(fleet, root, rendering, only, allowed)
    found = [*guards.find_problems(fleet, vanished, rendering)]
    if diff:
        for text in find_diffs(root, rendering.tree, changes):
            click.echo(text)
        click.echo(format_text(found), err=True, nl=bool(found))
    else:
        found += find_problems(guards.leave_out(changes, vanished))
        show(sorted([*rendering.problems, *found]), form, rendering, root)
    click.echo(_describe_changes(changes), err=True)
    if vanished:
        click.echo(guards.summarize(vanished, rendering), err=True)
    return int(changes.any)


def find_vanished(
    fleet: LoadedFleet, root: Path, rendering: Rendering, only: Sequence[str], allowed: Sequence[str] = ()
) -> list[Vanished]:
    """Clusters, and the operator, that are on disk alone, though nobody allowed it. `only` names such as are there."""
    gone = [] if only else guards.find_gone(root, rendering)
    for name in allowed:
        if name not in gone:
            raise click.UsageError(f"{name} does not vanish; {suggest(name, gone, 'leave out --allow-delete')}")
    return guards.find_vanished(root, rendering, gone, {*allowed, *fleet.fleet.removed})


def print_manifests(root: Path, name: str) -> int:
    """Print the objects that Kubernetes gets from one cluster, or from the operator."""
    [chosen] = choose_overlays(root, [name])
    click.echo(dump_all(chosen.objects), nl=False)
    return 0


def render_well(root: Path, only: Sequence[str], jobs: int, form: str) -> tuple[LoadedFleet, Rendering]:
    """The fleet and what it gives; where that has errors, show them, and end the command."""
    with showing(form, root):
        fleet = load_fleet(root)
        rendering = _render(fleet, root, only, jobs)
    if has_errors(rendering.problems):
        show(rendering.problems, form, rendering, root)
        raise click.exceptions.Exit(1)
    return fleet, rendering


def _render(fleet: LoadedFleet, root: Path, only: Sequence[str], jobs: int) -> Rendering:
    """Render, on several processes if the fleet is large."""
    with _pool(len(find_clusters(root)[0]), jobs) as executor:
        rendering = render_fleet(fleet, root, executor, only)
    for name in set(only) - set(rendering.names):
        refuse_name(name, rendering.names)
    return rendering


@contextmanager
def _pool(clusters: int, jobs: int) -> Iterator[Executor | None]:
    if clusters <= FEW or jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - few fleets are large enough to need it

    with ProcessPoolExecutor(jobs) as executor:
        yield executor


def find_rooms(only: Sequence[str]) -> list[str]:
    """The folders that a command looks at for what is not rendered any more."""
    return [f"overlays/{name}" for name in only] or list(ROOMS)


def _describe_changes(changes: Changes) -> str:
    if not changes.any:
        return f"{changes.unchanged} files are what the spec gives"
    counts = {
        "missing": changes.missing,
        "changed": changes.changed,
        "stale": changes.stale,
        "foreign": changes.foreign,
    }
    return ", ".join(f"{len(paths)} {word}" for word, paths in counts.items() if paths)
