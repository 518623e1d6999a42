"""Looks at every cluster of a fleet, many at a time, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.labels import INSTANCE, NAME
from daskgen.kubernetes.objects import Object
from daskgen.live.marks import keep_marks
from daskgen.live.owners import find_manager
from daskgen.live.rendered import find_custom, find_pod_sets
from daskgen.live.state import (
    ENDED,
    ClusterState,
    Drift,
    explain_custom,
    explain_job,
    find_drift,
    find_groups,
    find_strays,
)
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.paths import get
from daskgen.render.overlay import RenderedOverlay

AT_ONCE = 8
"""Clusters that are looked at side by side."""


async def look_at_fleet(api: Api, overlays: Sequence[RenderedOverlay], *, drift: bool) -> list[ClusterState]:
    """The state of each cluster, and of the operator, in their order. Raises `AccessError`."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def look(overlay: RenderedOverlay) -> ClusterState:
        async with limit:
            return await look_at(api, overlay, drift=drift)

    return list(await asyncio.gather(*map(look, overlays)))


async def look_at(api: Api, overlay: RenderedOverlay, *, drift: bool = False) -> ClusterState:
    """The state of a cluster without errors; `drift` asks for a dry run of everything rendered, too."""
    name, namespace, image = overlay.identity
    rendered = overlay.objects
    custom = find_custom(rendered)
    ours = {NAME: "dask", INSTANCE: name}
    deployments = await api.find("apps/v1", "Deployment", namespace, ours)
    pods = await api.find("v1", "Pod", namespace, ours)
    found = [(it, await api.get(it)) for it in custom]
    job = next((get(live, ("status", "jobStatus")) or "" for it, live in found if it["kind"] == "DaskJob"), "")
    sets = [it._replace(wanted=0) if job in ENDED else it for it in find_pod_sets(rendered)]
    state = ClusterState(name, namespace, image, find_groups(sets, deployments, pods), job=job)
    if not deployments and not any(live for _, live in found):
        return state._replace(missing=await _explain_absence(api, namespace))
    made = bool(deployments) or job in ENDED
    blocked = (*(explain_custom(*it, made=made) for it in found), explain_job(job, pods))
    state = state._replace(blocked=tuple(filter(None, blocked)))
    if not drift:
        return state
    changed = await asyncio.gather(*(_compare(api, it) for it in rendered))
    kinds = CUSTOM if custom else {}
    customs = [it for kind in kinds for it in await api.find(CUSTOM[kind].version, kind, namespace, ours)]
    return state._replace(drift=(*filter(None, changed), *find_strays(rendered, [*deployments, *customs])))


async def _explain_absence(api: Api, namespace: str) -> str:
    try:
        found = await api.get({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    except AccessError:
        found = {}  # who may not read namespaces may still read what is in one
    return "nothing of it is applied" if found is not None else f"namespace {namespace} does not exist"


async def _compare(api: Api, rendered: Object) -> Drift | None:
    live = await api.get(rendered)
    wanted = keep_marks(rendered, live)
    return find_drift(rendered, live, await api.try_apply(wanted, find_manager(live)) if live else {})
