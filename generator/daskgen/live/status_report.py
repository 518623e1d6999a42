"""Report the state of running clusters, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tabulate import tabulate

from daskgen.kubernetes.replicas import Count
from daskgen.live.delivery_report import as_dict, describe_deliveries
from daskgen.live.drift import Drift
from daskgen.live.engines import DeliveredGroup
from daskgen.live.pods import Replaced, Restart, WorkerRestart
from daskgen.live.state import ENDED, ClusterState, Group, Place
from daskgen.words import dump_json, escape, lay_lines

HEADERS = ("CLUSTER", "NAMESPACE", "SCHEDULER", "WORKERS", "IMAGE", "RESTARTS", "DRIFT")


def format_fleet(
    states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = (), unknown: Sequence[Place] = ()
) -> str:
    """Write a line for each cluster, one for each fault, and what the delivery engines report."""
    table = tabulate(
        [[*map(escape, _make_row(state))] for state in states], headers=HEADERS, tablefmt="plain", disable_numparse=True
    )
    lines = [f"{state.name}: {trouble}" for state in states for trouble in find_troubles(state)]
    blocks = [table.split("\n"), lines, describe_deliveries(delivered), _describe_unknown(unknown)]
    return lay_lines([line for block in blocks if block for line in ("", *block)][1:])


def format_details(
    states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = (), _: Sequence[Place] = ()
) -> str:
    """Write every group, restart and difference of each cluster, and what the delivery engines report."""
    said = [lay_lines(describe_deliveries(delivered))] if delivered else []
    return "\n\n".join([*map(_describe, states), *said])


def format_json(
    states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = (), unknown: Sequence[Place] = ()
) -> str:
    """Write one document: {apiVersion, kind, clusters: [...], delivery: [...], unknown: [...]}."""
    clusters = [_as_dict(state) for state in states]
    return dump_json(
        {
            "apiVersion": "daskgen/v1",
            "kind": "FleetStatus",
            "clusters": clusters,
            "delivery": [*map(as_dict, delivered)],
            "unknown": [place._asdict() for place in unknown],
        }
    )


def _make_row(state: ClusterState) -> list[str]:
    return [state.name, state.namespace, *describe_pods(state)]


def describe_pods(state: ClusterState) -> list[str]:
    """Describe its scheduler, its workers, its image, restarts and drift, in a word or two each."""
    image, drift = _shorten(state.image), _count_drift(state.drift)
    if state.missing or not state.groups:
        return ["-", "-", image, "-", "-"]
    if state.job in ENDED:
        return [f"job {state.job.lower()}", "-", image, "-", drift]
    ready = sum(group.ready for group in state.workers)
    asked = Count(*map(sum, zip(*(group.asked for group in state.workers), strict=True)))
    restarts = sum(_count_restarts(group) for group in state.groups)
    scheduler = _describe_scheduler(state.scheduler)
    image += " (not on all pods)" if state.strange_images else ""
    return [scheduler, f"{ready} of {asked.text}", image, str(restarts), drift]


def _describe_scheduler(scheduler: Group | None) -> str:
    if not scheduler:
        return "elsewhere"
    return "ready" if scheduler.ready else "not ready" if scheduler.wanted else "off"


def _count_restarts(group: Group) -> int:
    """Count the restarts of containers, and the pods that were replaced."""
    return sum(restart.times for restart in group.restarts) + len(group.replaced)


def _count_drift(drift: Sequence[Drift] | None) -> str:
    if drift is None:
        return "not compared"
    return f"{len(drift)} object{'s' * (len(drift) != 1)}" if drift else "none"


def find_troubles(state: ClusterState) -> list[str]:
    """List what is wrong with a cluster, a line each."""
    images = [f"pods run {image}, but the spec has {state.image}" for image in state.strange_images]
    found = [state.missing, *state.blocked] if state.missing else [*state.troubles, *images]
    return [*found, *_describe_unread(state), *_describe_elsewhere(state)]


def _describe_unread(state: ClusterState) -> list[str]:
    subject = "drift is not known" if state.groups else "its state is not known"
    return [f"{subject}: {state.unread}"] if state.unread else []


def _describe_elsewhere(state: ClusterState) -> list[str]:
    return [
        f"a cluster of this name also runs in namespace {place.namespace}: "
        "left behind, if this one was moved from there"
        if place.name == state.name
        else f"cluster {place.name}, its former name (renamedFrom), still runs in namespace {place.namespace}: "
        "it is left behind, unless the delivery engine is deleting it now"
        for place in state.elsewhere
    ]


def _describe_unknown(places: Sequence[Place]) -> list[str]:
    """List in a line the clusters that may belong to another fleet."""
    named = ", ".join(f"{place.name} in namespace {place.namespace}" for place in places[:SHOWN])
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return [f"clusters of another fleet, or left behind by this fleet: {named}{more}"] if places else []


SHOWN = 5
"""Number of clusters that are listed in a line."""


def _describe(state: ClusterState) -> str:
    lines = [f"{state.name} in namespace {state.namespace}, image {state.image}"]
    lines += [f"  {text}" for text in (*_describe_unread(state), *_describe_elsewhere(state))]
    if state.missing:
        return lay_lines([*lines, f"  {state.missing}"])
    lines += [f"  job: {state.job}"] * bool(state.job)
    lines += [f"  {text}" for text in state.blocked]
    lines += [f"  its certificates last until {state.certified:%Y-%m-%d %H:%M} UTC"] if state.certified else []
    now = datetime.now(UTC)
    for group in state.groups:
        lines += _describe_group(group, now)
    lines += [f"  pods run {image}, too, which is not rendered" for image in state.strange_images]
    return lay_lines([*lines, *_describe_drift(state.drift)])


def _describe_drift(drift: Sequence[Drift] | None) -> list[str]:
    lines = ["  no drift: every object is as rendered"] if drift is not None and not drift else []
    for each in drift or ():
        lines += [f"  {each.kind}/{each.name} has drifted:", *(f"    {line}" for line in each.how.splitlines())]
    return lines


def _describe_group(group: Group, now: datetime) -> list[str]:
    lines = [f"  {group.title}: {group.ready} of {group.asked.text} ready"]
    lines += [f"    {f'{count} pods: ' if count > 1 else ''}{what}" for what, count in group.troubles]
    lines += [f"    {_describe_restart(restart, now)}" for restart in group.restarts]
    lines += [f"    {_describe_worker_restart(restart, now)}" for restart in group.worker_restarts]
    return lines + [f"    {_describe_replaced(pod, now)}" for pod in group.replaced]


def _describe_restart(restart: Restart, now: datetime) -> str:
    times = _count_times(restart.times)
    return f"{restart.pod} restarted {times}{_format_time(restart.at, now)}: {restart.reason}, code {restart.code}"


def _describe_worker_restart(restart: WorkerRestart, now: datetime) -> str:
    reason = f": {restart.reason}" if restart.reason else ""
    when = f"{_count_times(restart.times)}{_format_time(restart.at, now)}"
    return f"the worker of {restart.pod} was restarted by its nanny {when}{reason}"


def _count_times(times: int) -> str:
    return "once" if times == 1 else f"{times} times, last"


def _describe_replaced(pod: Replaced, now: datetime) -> str:
    return f"{pod.pod} terminated{_format_time(pod.at, now)}, and another pod replaces it: {pod.reason}"


def _format_time(at: datetime | None, now: datetime) -> str:
    return f" {_format_age((now - at).total_seconds())} ago" if at else ""


def _format_age(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _shorten(image: str) -> str:
    return image.rpartition("/")[2]


def _as_dict(state: ClusterState) -> dict[str, Any]:
    drift = None if state.drift is None else [change._asdict() for change in state.drift]
    groups = [_group_as_dict(group) for group in state.groups]
    elsewhere = [place._asdict() for place in state.elsewhere]
    return {**state._asdict(), "groups": groups, "drift": drift, "elsewhere": elsewhere, "well": state.well}


def _group_as_dict(group: Group) -> dict[str, Any]:
    pods = {field: getattr(group, field) for field in ("restarts", "replaced", "worker_restarts")}
    return {**group._asdict(), **{field: [pod._asdict() for pod in found] for field, found in pods.items()}}
