"""Read the state of every cluster of a fleet from Kubernetes, and change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.labels import COMPONENT, INSTANCE, NAME, SCHEDULER
from daskgen.kubernetes.objects import Object
from daskgen.live.drift import Drift, find_drift, find_strays
from daskgen.live.dry_run import is_refusal
from daskgen.live.expiry import Expiry, find_expiry, find_roles, read_issued, read_secret
from daskgen.live.marks import keep_marks
from daskgen.live.namespaces import explain_namespace
from daskgen.live.owners import find_manager
from daskgen.live.rendered import NOTEBOOKS, find_custom, find_pod_sets, has_notebooks
from daskgen.live.requests import answer_if_allowed, get_secret
from daskgen.live.state import ENDED, ClusterState, explain_custom, explain_job, explain_joined, find_groups
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.paths import get
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay

NO_ANSWER = (0, 401)
"""Statuses of errors that every further request would also get: no connection, no valid credentials."""


async def read_states(api: Api, overlays: Iterable[RenderedOverlay], *, drift: bool) -> list[ClusterState]:
    """Read the state of each cluster and of the operator, in the same order; refused requests are part of the state."""
    return list(await asyncio.gather(*(_read_if_allowed(api, overlay, drift=drift) for overlay in overlays)))


async def _read_if_allowed(api: Api, overlay: RenderedOverlay, *, drift: bool) -> ClusterState:
    state = ClusterState(*overlay.identity)
    try:
        state = await read_state(api, overlay)
        if drift and not state.missing:
            state = state._replace(drift=await read_drift(api, overlay))
    except AccessError as error:
        if error.status in NO_ANSWER:
            raise
        return state._replace(unread=str(error))
    return state


async def read_state(api: Api, overlay: RenderedOverlay) -> ClusterState:
    """Read the state of the pods of a cluster whose spec has no errors. Raises `AccessError`."""
    name, namespace, image = overlay.identity
    ours = {NAME: "dask", INSTANCE: name}
    deployments = await api.find("apps/v1", "Deployment", namespace, ours)
    notebooks = await api.find("apps/v1", NOTEBOOKS, namespace, ours) if has_notebooks(overlay.objects) else []
    pods = await api.find("v1", "Pod", namespace, ours)
    found = [(body, await api.get(body)) for body in find_custom(overlay.objects)]
    job = next((get(live, ("status", "jobStatus")) or "" for body, live in found if body["kind"] == "DaskJob"), "")
    sets = [each._replace(wanted=0) if job in ENDED else each for each in find_pod_sets(overlay.objects)]
    state = ClusterState(name, namespace, image, find_groups(sets, [*deployments, *notebooks], pods), job=job)
    ends = await explain_namespace(api, namespace)
    if not deployments and not any(live for _, live in found) and not await _has_values(api, overlay):
        return state._replace(missing=ends or "nothing of it is applied")
    made = bool(deployments) or job in ENDED
    expiry = await _read_expiry(api, overlay, pods)
    told = [explain_custom(*each, made=made) for each in found]
    joined = overlay.valid.scheduler.address if isinstance(overlay, RenderedCluster) else None
    told.append(explain_joined(joined or "", state.workers))
    reasons = (ends, *(expiry.troubles if expiry else ()), *told, explain_job(job, pods))
    return state._replace(blocked=tuple(filter(None, reasons)), certified=expiry.ends if expiry else None)


def _is_template(overlay: RenderedOverlay) -> bool:
    return isinstance(overlay, RenderedCluster) and overlay.valid.is_template


async def _has_values(api: Api, overlay: RenderedOverlay) -> bool:
    """Return whether the values of a hub are applied, whose users create the clusters."""
    maps = [body for body in overlay.objects if body["kind"] == "ConfigMap"] if _is_template(overlay) else []
    return any([await api.get(body) for body in maps])


async def _read_expiry(api: Api, overlay: RenderedOverlay, pods: list[Object]) -> Expiry | None:
    """Read when the certificates of a cluster end, where Kubernetes knows."""
    encryption = overlay.cluster.encryption if isinstance(overlay, RenderedCluster) and overlay.cluster else None
    if not encryption:
        return None
    rendered = find_roles(encryption, overlay.objects)
    issued = [read_issued(role, await api.get(body)) for role, body in rendered.items()]
    for role in encryption.secrets.keys() - rendered.keys():
        secret = await answer_if_allowed(get_secret(api, overlay.identity.namespace, encryption.secrets[role]))
        issued.append(read_secret(role, secret))
    schedulers = [pod for pod in pods if pod["metadata"]["labels"].get(COMPONENT) == SCHEDULER[COMPONENT]]
    return find_expiry(encryption, issued, schedulers, datetime.now(UTC))


async def read_drift(api: Api, overlay: RenderedOverlay) -> tuple[Drift, ...]:
    """Compare the objects of a cluster with what is rendered, by server-side dry runs. Raises `AccessError`."""
    name, namespace, _ = overlay.identity
    ours = {NAME: "dask", INSTANCE: name}
    changed = await asyncio.gather(*(_compare(api, body) for body in overlay.objects))
    if _is_template(overlay):
        return tuple(filter(None, changed))  # what else there is belongs to users
    kinds = {"Deployment": "apps/v1", **({NOTEBOOKS: "apps/v1"} if has_notebooks(overlay.objects) else {})}
    if find_custom(overlay.objects):
        kinds |= {kind: row.version for kind, row in CUSTOM.items()}
    found = await asyncio.gather(*(api.find(version, kind, namespace, ours) for kind, version in kinds.items()))
    owners = [body for answer in found for body in answer]
    return (*filter(None, changed), *find_strays(overlay.objects, owners))


async def _compare(api: Api, rendered: Object) -> Drift | None:
    live = await api.get(rendered)
    wanted = keep_marks(rendered, live)
    try:
        applied = await api.try_apply(wanted, find_manager(live)) if live else {}
    except AccessError as error:
        if not is_refusal(error):
            raise
        return Drift(rendered["kind"], rendered["metadata"]["name"], f"cannot be applied as rendered: {error}")
    return find_drift(rendered, live, applied)
