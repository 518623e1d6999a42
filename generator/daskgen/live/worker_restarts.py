"""Find workers that a nanny restarted in their container: Dask's logs have them, Kubernetes does not count them.

The lines are those of distributed 2026.8.0: scheduler.py, `add_worker`; nanny.py, `_death_message`; worker_memory.py,
`NannyMemoryManager`.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from daskgen.kubernetes.labels import COMPONENT, GROUP, INSTANCE, NAME, SCHEDULER
from daskgen.kubernetes.objects import Object
from daskgen.live.pods import WorkerRestart, find_start, is_ready
from daskgen.live.state import ClusterState
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.render.overlay import RenderedOverlay

REGISTERED = re.compile(r"^(\S+) .*Register worker addr: \S+ name: (\S+)", re.MULTILINE)

REASON = re.compile(r"exceeded \d+% memory budget|Worker process \d+ (?:was killed by|exited with) .*")

LINES = 2000
"""Number of lines at the end of a log that are read."""

SILENT = (400, 403, 404)
"""Statuses of errors for a container without output, for a missing right, and for a deleted pod."""


async def add_worker_restarts(api: Api, overlay: RenderedOverlay, state: ClusterState) -> ClusterState:
    """Return the state of a cluster with the restarts of its workers; unchanged unless the scheduler is ready."""
    if not state.groups:
        return state  # The user may not read its pods.
    ours = {NAME: "dask", INSTANCE: overlay.name}
    pods = await api.find("v1", "Pod", overlay.identity.namespace, ours)
    schedulers = [pod for pod in pods if pod["metadata"]["labels"].get(COMPONENT) == SCHEDULER[COMPONENT]]
    scheduler = next(filter(is_ready, schedulers), None)
    if not scheduler:
        return state
    restarts = list(find_worker_restarts(await _read_log(api, scheduler), pods))
    logs = await asyncio.gather(*(_read_log(api, pod) for pod, _ in restarts))
    found: dict[str, list[WorkerRestart]] = defaultdict(list)
    for (pod, restart), log in zip(restarts, logs, strict=True):
        found[pod["metadata"]["labels"].get(GROUP, "")].append(restart._replace(reason=find_reason(log)))
    groups = (group._replace(worker_restarts=tuple(found[group.name])) for group in state.groups)
    return state._replace(groups=tuple(groups))


def find_worker_restarts(log: str, pods: Iterable[Object]) -> Iterator[tuple[Object, WorkerRestart]]:
    """Find pods whose workers registered more than once since their container started, in the scheduler's log."""
    times = _find_registrations(log)
    for pod in pods:
        name, start = pod["metadata"]["name"], find_start(pod)
        # A pod with several workers adds a number to its name.
        workers = [found for worker, found in times.items() if re.fullmatch(rf"{re.escape(name)}(-\d+)?", worker)]
        since = [[time for time in found if not start or time >= start] for found in workers]
        again = sorted(time for found in since for time in found[1:])
        if again:
            yield pod, WorkerRestart(name, len(again), "", again[-1])


def _find_registrations(log: str) -> Mapping[str, Sequence[datetime]]:
    """Return the times at which each worker registered, by its name."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for time, worker in REGISTERED.findall(log):
        times[worker].append(datetime.fromisoformat(time))
    return times


def find_reason(log: str) -> str:
    """Find in the nanny's log why the worker ended last; "" if it has no reason."""
    # A nanny that ends a worker for its memory logs that, and then the signal with which the worker ended.
    last = REASON.findall(log)[-2:]
    return next((reason for reason in last if reason.startswith("exceeded")), last[-1] if last else "")


async def _read_log(api: Api, pod: Object) -> str:
    """Read the end of the log of the pod's first container; "" if there is none, or the user may not read it."""
    meta, container = pod["metadata"], pod["spec"]["containers"][0]["name"]
    try:
        return await api.read_log(meta["namespace"], meta["name"], container, LINES)
    except AccessError as error:
        if error.status not in SILENT:
            raise
        return ""
