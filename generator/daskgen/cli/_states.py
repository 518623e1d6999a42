"""Read the state of the fleet from Kubernetes, for the commands that show it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from daskgen.cli._fleet import choose_clusters, choose_overlays
from daskgen.live.checkout import add_checkout
from daskgen.live.engines import DeliveredGroup, ask_engines, gather_groups
from daskgen.live.orphans import Orphans, find_orphans
from daskgen.live.requests import SharedApi
from daskgen.live.state import ClusterState, Place
from daskgen.live.status import read_states
from daskgen.live.worker_restarts import add_worker_restarts
from daskgen.outside.kubernetes import connect
from daskgen.render.cluster import render_cluster
from daskgen.render.operator import render_operators
from daskgen.spec.load import LoadedFleet


class FleetState(NamedTuple):
    """The state of clusters, what the delivery engines report, and clusters that may belong to another fleet."""

    states: list[ClusterState]
    delivered: list[DeliveredGroup]
    unknown: Sequence[Place]
    context: str
    """The context of the kubeconfig."""


def read_fleet(fleet: LoadedFleet, root: Path, names: Sequence[str], context: str | None, *, drift: bool) -> FleetState:
    """Read the state of the clusters `names`, or of all. Raises `ProblemsError` if one of them has errors."""
    ready = {file: render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters}
    # Users who may read clusters may lack the rights to read the operator.
    overlays = choose_overlays(fleet, names, ready) if names else choose_clusters(fleet, (), ready)
    operators = render_operators(fleet.settings)
    groups = gather_groups(fleet.fleet, ready.values(), operators)

    async def ask() -> tuple[list[ClusterState], Orphans, list[DeliveredGroup], str]:
        connected = await connect(context)
        api = SharedApi(connected, overlays)
        states = await read_states(api, overlays, drift=drift)
        if names:
            read = (add_worker_restarts(api, *pair) for pair in zip(overlays, states, strict=True))
            states = list(await asyncio.gather(*read))
        orphans = await find_orphans(api, [*operators, *(cluster for cluster in ready.values() if cluster.cluster)])
        return states, orphans, await ask_engines(api, fleet.fleet.delivery, groups, names), connected.context

    states, orphans, answers, where = asyncio.run(ask())
    delivered = add_checkout(root, fleet.settings, answers, ready.values())
    states = [state._replace(elsewhere=orphans.elsewhere.get(state.name, ())) for state in states]
    states += () if names else orphans.removed
    return FleetState(states, delivered, orphans.unknown, where)
