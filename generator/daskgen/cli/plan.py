"""`daskgen plan`: show what merging, or applying, does to running clusters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from daskgen.cli._compare import compare
from daskgen.cli._fleet import choose_overlays, load
from daskgen.cli._options import context_option, only_option
from daskgen.cli._say import say
from daskgen.findings.problem import ProblemsError
from daskgen.kubernetes.dry_run import DryRun
from daskgen.kubernetes.totals import Totals
from daskgen.live.dry_run import try_fleet
from daskgen.outside import disk
from daskgen.outside.kubernetes import connect
from daskgen.plan import running
from daskgen.plan.plans import Plan
from daskgen.plan.say.comment import format_comment
from daskgen.plan.say.formats import FORMATS
from daskgen.render.overlay import RenderedOverlay
from daskgen.report import format_text
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
        found = compare(load(root), root, only, base)
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
