"""What the commands do: calls the stages, prints what they say, and gives the exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from daskgen import disk
from daskgen.changes import find_diffs, find_problems
from daskgen.disk import Changes
from daskgen.emit import dump_all
from daskgen.gitops import find_entry_points, find_folders
from daskgen.installation import Installation, find_operators
from daskgen.paths import format_path, parse_path
from daskgen.problems import Problem, ProblemsError, has_errors, suggest
from daskgen.report import FORMATS, conclude, count_overlays, format_text, show_value, summarize
from daskgen.review import Prepared, prepare
from daskgen.spec.load import CLUSTERS, FLEET_FILE, LoadedFleet, find_clusters, load_fleet
from daskgen.tree import CHUNK, ROOMS, Rendering, render_fleet

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from daskgen.live.smoke import Smoke
    from daskgen.live.state import ClusterState
    from daskgen.live.workload import Order

FEW = 4 * CHUNK
"""Up to so many clusters are rendered sooner than a second process starts."""


def render(root: Path, only: Sequence[str], jobs: int, form: str) -> int:
    """Write what the spec gives."""
    rendering = render_quietly(load_fleet(root), root, only, jobs)
    if has_errors(rendering.problems):
        show(rendering.problems, form, rendering)
        return 1
    changes = disk.write(root, rendering.tree, _rooms(only))
    show(rendering.problems, form, rendering)
    click.echo(summarize(rendering, changes, root), err=True)
    return 0


def compare(root: Path, only: Sequence[str], jobs: int, form: str, *, diff: bool) -> int:
    """Say how the files on disk differ from what the spec gives."""
    rendering = render_quietly(load_fleet(root), root, only, jobs)
    if has_errors(rendering.problems):
        show(rendering.problems, form, rendering)
        return 1
    changes = disk.compare(root, rendering.tree, _rooms(only))
    if diff:
        for text in find_diffs(root, rendering.tree, changes):
            click.echo(text)
    else:
        show(sorted([*rendering.problems, *find_problems(changes)]), form, rendering)
    click.echo(_describe_changes(changes), err=True)
    return int(changes.any)


def print_manifests(root: Path, name: str) -> int:
    """Print the objects that Kubernetes gets from one cluster, or from the operator."""
    [chosen] = choose_overlays(root, [name])
    click.echo(dump_all(chosen.objects), nl=False)
    return 0


def check(root: Path, only: Sequence[str], jobs: int, form: str) -> int:
    """Prove the fleet with the programs that will read it."""
    from daskgen.checks.proof import Subject, prove  # noqa: PLC0415 - rendering must not load what starts processes

    fleet = load_fleet(root)
    rendering = render_quietly(fleet, root, only, jobs)
    problems = list(rendering.problems)
    if not has_errors(problems):
        problems += find_problems(disk.compare(root, rendering.tree, _rooms(only)))
        names = set(only or rendering.names)
        clusters = [it for file in find_clusters(root)[0] if (it := prepare(fleet, root, file)).name in names]
        operators = find_operators(fleet, only)
        groups = () if only else rendering.groups
        entries = [] if only else find_entry_points(fleet, groups)
        overlays: list[Subject] = [*clusters, *operators, *entries]
        problems += prove(rendering.tree, overlays, fleet.fleet.kubernetes, find_folders(entries, groups))
        click.echo(conclude(problems, count_overlays(len(clusters), len(operators)), fleet.fleet.kubernetes), err=True)
    show(sorted(problems), form, rendering)
    return int(has_errors(problems))


def plan(root: Path, base: str | None, form: str) -> int:
    """Say what merging does to clusters that run."""
    from daskgen.git import read_revision  # noqa: PLC0415 - most commands do without
    from daskgen.plan.fleet import compare  # noqa: PLC0415 - as above
    from daskgen.plan.report import FORMATS  # noqa: PLC0415 - as above

    revision = read_revision(root, base, (FLEET_FILE, f"{CLUSTERS}/"))
    with disk.lay_out(revision.files) as folder:
        before = _choose_before(folder, revision.name)
    plans = compare(before, choose_overlays(root, ()))
    click.echo(FORMATS[form](plans, revision.name))
    return int(bool(plans))


def _choose_before(folder: Path, revision: str) -> list[Prepared | Installation]:
    if not (folder / FLEET_FILE).is_file():
        return []
    try:
        return choose_overlays(folder, ())
    except ProblemsError as error:
        places = [it._replace(at=it.at._replace(file=f"{revision}:{it.at.file}")) for it in error.problems]
        raise ProblemsError(places) from None


def connect(root: Path, name: str, form: str) -> int:
    """Say how a cluster is reached."""
    from daskgen.connect import FORMATS, find_connection  # noqa: PLC0415 - most commands do without

    [prepared] = choose(root, [name])
    click.echo(FORMATS[form](find_connection(prepared.valid)))
    return 0


def explain(root: Path, name: str, field: str) -> int:
    """Say where a value came from and what it turns into."""
    from daskgen.becomes import find_outcomes, find_value  # noqa: PLC0415 - as above

    [prepared] = choose(root, [name])
    path = parse_path(field)
    try:
        origin = find_value(prepared, path)
    except KeyError:
        hint = "; `daskgen explain` without a field explains codes, docs/spec.md lists every field"
        raise click.UsageError(f"{name} has no {field}{hint}") from None
    at = f"{origin.at.file}:{origin.at.line}:{origin.at.column}" if origin.at else "daskgen's default"
    click.echo(f"{field}: {show_value(origin.value)}  ({at})")
    for it in find_outcomes(prepared, path):
        place = f"{format_path(it.path)}: {show_value(it.value)}" if it.path else "is there because of it"
        click.echo(f"  {it.kind} {it.name}: {place}")
    return 0


def status(root: Path, names: Sequence[str], context: str | None, form: str, *, drift: bool) -> int:
    """Say how clusters are."""
    from daskgen.live import status_report as report  # noqa: PLC0415 - as above
    from daskgen.live.access import connect  # noqa: PLC0415 - as above
    from daskgen.live.status import look_at_fleet  # noqa: PLC0415 - as above

    # Who may look at clusters need not have the rights to look at the operator.
    overlays = choose_overlays(root, names) if names else choose(root, ())

    async def look() -> list[ClusterState]:
        return await look_at_fleet(await connect(context), overlays, drift=drift)

    states = asyncio.run(look())
    formats = {"text": report.format_details if names else report.format_fleet, "json": report.format_json}
    click.echo(formats[form](states))
    return int(not all(it.well for it in states))


def smoke(root: Path, name: str, context: str | None, order: Order, via: str, form: str) -> int:
    """Have a cluster do real work."""
    from daskgen.live import smoke_report as report  # noqa: PLC0415 - as above
    from daskgen.live.access import connect  # noqa: PLC0415 - as above
    from daskgen.live.smoke import smoke  # noqa: PLC0415 - as above

    [prepared] = choose(root, [name])

    async def work() -> Smoke:
        return await smoke(await connect(context), prepared, order, via, lambda text: click.echo(text, err=True))

    result = asyncio.run(work())
    click.echo({"text": report.format_text, "json": report.format_json}[form](result))
    return int(not result.passed)


def choose(root: Path, names: Sequence[str]) -> list[Prepared]:
    """These clusters, all without names. Raises `ProblemsError` if one of them has errors."""
    fleet = load_fleet(root)
    prepared = [prepare(fleet, root, file) for file in find_clusters(root)[0]]
    known = {it.name: it for it in prepared}
    for name in names:
        if name not in known:
            _refuse_name(name, list(known))
    chosen = [known[name] for name in names] if names else prepared
    if problems := [problem for it in chosen if has_errors(it.problems) for problem in it.problems]:
        raise ProblemsError(problems)
    return chosen


def choose_overlays(root: Path, names: Sequence[str]) -> list[Prepared | Installation]:
    """As `choose`, and the operator, first, if the fleet installs it."""
    operators = find_operators(load_fleet(root), names)
    clusters = [name for name in names if name not in {it.name for it in operators}]
    return [*operators, *(choose(root, clusters) if clusters or not names else ())]


def show(problems: Sequence[Problem], form: str, rendering: Rendering | None = None) -> None:
    """Print problems, and what was waived, on standard output."""
    waived = rendering.waived if rendering else ()
    if form == "text":
        text = format_text(problems, waived, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    else:
        text = FORMATS[form](problems, waived)
    if text:
        click.echo(text)


def render_quietly(fleet: LoadedFleet, root: Path, only: Sequence[str], jobs: int) -> Rendering:
    """Render, on several processes if the fleet is large."""
    with _pool(len(find_clusters(root)[0]), jobs) as executor:
        rendering = render_fleet(fleet, root, executor, only)
    for name in set(only) - set(rendering.names):
        _refuse_name(name, rendering.names)
    return rendering


def _refuse_name(name: str, known: Sequence[str]) -> NoReturn:
    raise click.UsageError(f"there is no cluster {name}; {suggest(name, known, 'there are: ' + ', '.join(known))}")


@contextmanager
def _pool(clusters: int, jobs: int) -> Iterator[Executor | None]:
    if clusters <= FEW or jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - few fleets are large enough to need it

    with ProcessPoolExecutor(jobs) as executor:
        yield executor


def _rooms(only: Sequence[str]) -> list[str]:
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
