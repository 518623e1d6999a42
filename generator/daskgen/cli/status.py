"""`daskgen status`: show clusters as they run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from daskgen.cli._fleet import choose_clusters, choose_overlays, load
from daskgen.cli._options import complete_cluster, context_option, data_option
from daskgen.cli._say import say
from daskgen.live import status_report
from daskgen.live.checkout import add_checkout
from daskgen.live.engines import DeliveredGroup, ask_engines, gather_groups
from daskgen.live.orphans import Orphans, find_orphans
from daskgen.live.requests import SharedApi
from daskgen.live.state import ClusterState
from daskgen.live.status import read_states
from daskgen.live.worker_restarts import add_worker_restarts
from daskgen.outside.kubernetes import connect
from daskgen.render.cluster import render_cluster
from daskgen.render.operator import render_operators


@click.command("status", short_help="Show clusters as they run; change nothing.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_cluster)
@context_option
@click.option("--drift/--no-drift", default=True, help="Compare with what is rendered, by server-side dry runs.")
@data_option
@click.pass_obj
def command(root: Path, names: tuple[str, ...], context: str | None, drift: bool, form: str) -> int:
    """Show running clusters: a line for each, or all details of those named. Changes nothing."""
    return status(root, names, context, form, drift=drift)


def status(root: Path, names: Sequence[str], context: str | None, form: str, *, drift: bool) -> int:
    """Print the state of clusters; return 1 unless all are healthy and their delivery engine reports no error."""
    fleet = load(root)
    ready = {file: render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters}
    # Users who may read clusters may lack the rights to read the operator.
    overlays = choose_overlays(fleet, names, ready) if names else choose_clusters(fleet, (), ready)
    operators = render_operators(fleet.settings)
    groups = gather_groups(fleet.fleet, ready.values(), operators)

    async def ask() -> tuple[list[ClusterState], Orphans, list[DeliveredGroup]]:
        api = SharedApi(await connect(context), overlays)
        states = await read_states(api, overlays, drift=drift)
        if names:
            read = (add_worker_restarts(api, *pair) for pair in zip(overlays, states, strict=True))
            states = list(await asyncio.gather(*read))
        orphans = await find_orphans(api, [*operators, *(cluster for cluster in ready.values() if cluster.cluster)])
        return states, orphans, await ask_engines(api, fleet.fleet.delivery, groups, names)

    states, orphans, answers = asyncio.run(ask())
    delivered = add_checkout(root, fleet.settings, answers, ready.values())
    states = [state._replace(elsewhere=orphans.elsewhere.get(state.name, ())) for state in states]
    states += () if names else orphans.removed
    formats = {
        "text": status_report.format_details if names else status_report.format_fleet,
        "json": status_report.format_json,
    }
    say(formats[form](states, delivered, orphans.unknown))
    return int(not all(state.well for state in states) or any(group.failed for group in delivered))
