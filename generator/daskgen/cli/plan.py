"""`daskgen plan`: show what merging, or applying, does to running clusters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from daskgen.cli._fleet import choose_overlays, load, refuse_name
from daskgen.cli._options import context_option, only_option
from daskgen.cli._say import say
from daskgen.findings.problem import ProblemsError
from daskgen.kubernetes.dry_run import DryRun
from daskgen.kubernetes.totals import Totals
from daskgen.live.dry_run import try_fleet
from daskgen.outside import disk
from daskgen.outside.files import FLEET_FILE
from daskgen.outside.git import Revision, read_revision
from daskgen.outside.kubernetes import connect
from daskgen.plan import running
from daskgen.plan.fleet import Side, make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.say.comment import format_comment
from daskgen.plan.say.formats import FORMATS
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay
from daskgen.report import format_text
from daskgen.spec.load import LoadedFleet, load_fleet
from daskgen.words import count, escape_lines

Overlays = Sequence[RenderedOverlay]


@click.command("plan", short_help="Show what merging does to running clusters: what restarts, scales or is lost.")
@click.option("--base", metavar="REF", help="Compare with this revision; by default, with where this branch left main.")
@click.option("--live", is_flag=True, help="Compare with what runs instead, by server-side dry runs.")
@context_option
@only_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    help="Format of the plan; markdown is for a comment on a pull request.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the complete report to this file.",
)
@click.pass_obj
def command(
    root: Path,
    base: str | None,
    live: bool,
    context: str | None,
    only: tuple[str, ...],
    form: str,
    output: Path | None,
) -> int:
    """Show what merging does to running clusters: what restarts, what scales, what is lost.

    Compares the specs in the working tree with those of a Git revision, both rendered by this version of daskgen, or
    with --live, with what runs, by dry runs. Markdown is cut to the length of a comment on GitHub; the file of --output
    is complete.

    Exits 0 if nothing changes, 1 if anything does, 2 if that cannot be determined because specs have errors.
    """
    if live and base:
        raise click.UsageError("--base compares with Git and --live with what runs: use only one of them")
    if context and not live:
        raise click.UsageError("--context needs --live")
    return plan_live(root, only, context, form, output) if live else plan(root, only, base, form, output)


def plan(root: Path, only: Sequence[str], base: str | None, form: str, output: Path | None) -> int:
    """Print what merging does to running clusters."""
    try:
        found = _compare(root, only, base)
    except ProblemsError as error:
        return _give_up(error)
    return _show(found, form, output)


def plan_live(root: Path, only: Sequence[str], context: str | None, form: str, output: Path | None) -> int:
    """Print what applying does to the clusters that run now."""
    try:
        fleet = load(root)
        overlays = choose_overlays(fleet, only)
    except ProblemsError as error:
        return _give_up(error)
    found = _try(overlays, context, bool(only))
    return _show(found._replace(prices=fleet.fleet.prices), form, output)


def _give_up(error: ProblemsError) -> int:
    """Print the errors that prevent a plan, and exit with another code than a plan with changes."""
    say(format_text(error.problems), err=True)
    return 2


def _show(found: Plan, form: str, output: Path | None) -> int:
    if output:
        disk.write_report(output, f"{escape_lines(FORMATS[form](found))}\n")
    say(format_comment(found, output.name if output else "") if form == "markdown" else FORMATS[form](found))
    return int(bool(found.clusters))


def _compare(root: Path, only: Sequence[str], base: str | None) -> Plan:
    fleet = load(root)
    revision = read_revision(root, base)
    overlays = choose_overlays(fleet)
    before = _find_before(revision, _find_unchanged(revision, fleet, overlays))
    known = sorted({overlay.name for overlay in [*before.overlays, *overlays]})
    for name in {*only} - {*known}:
        refuse_name(name, known)
    plans = plan_fleet(before, make_side(fleet.fleet, overlays))
    chosen = tuple(plan for plan in plans if not only or plan.name in only)
    return Plan(revision.name, chosen, prices=fleet.fleet.prices)


def _find_unchanged(revision: Revision, fleet: LoadedFleet, overlays: Overlays) -> Mapping[str, RenderedCluster]:
    """Find the clusters, by file, whose own file and daskgen.yaml are the same as in the revision."""
    same = {file for file, data in revision.files.items() if fleet.files.get(file) == data}
    clusters = (overlay for overlay in overlays if isinstance(overlay, RenderedCluster))
    return {cluster.written.file: cluster for cluster in clusters if {cluster.written.file, FLEET_FILE} <= same}


def _find_before(revision: Revision, unchanged: Mapping[str, RenderedCluster]) -> Side:
    if FLEET_FILE not in revision.files:
        return Side()
    try:
        fleet = load_fleet(revision.files)
        return make_side(fleet.fleet, choose_overlays(fleet, (), unchanged))
    except ProblemsError as error:
        places = [
            problem._replace(at=problem.at._replace(file=f"{revision.name}:{problem.at.file}"))
            for problem in error.problems
        ]
        raise ProblemsError(places) from None


def _try(overlays: Overlays, context: str | None, partly: bool) -> Plan:
    async def look() -> tuple[str, tuple[list[DryRun], list[DryRun]]]:
        api = await connect(context)
        return api.context, await try_fleet(api, overlays)

    where, (dry_runs, strange) = asyncio.run(look())
    plans = [running.plan_dry_run(dry_run, overlay.totals) for dry_run, overlay in zip(dry_runs, overlays, strict=True)]
    plans += [running.plan_dry_run(dry_run, Totals()) for dry_run in strange if not partly]
    notes = tuple(_note(dry_runs))
    return Plan(f"what runs in context {where}", tuple(plan for plan in plans if plan), is_live=True, notes=notes)


def _note(dry_runs: Sequence[DryRun]) -> Iterable[str]:
    """Describe what the dry runs cannot determine."""
    unseen = sorted({(dry_run.namespace, kind) for dry_run in dry_runs for kind in dry_run.unseen})
    for namespace in sorted({namespace for namespace, _ in unseen}):
        kinds = ", ".join(kind for where, kind in unseen if where == namespace)
        yield f"in namespace {namespace}, leftovers of these kinds are not found, since you may not list them: {kinds}"
    if unapplied := sum(dry_run.unapplied for dry_run in dry_runs):
        yield (
            f"{count(unapplied, 'object')} not applied server-side: "
            "the plan does not show that fields which are no longer rendered stay there"
        )
