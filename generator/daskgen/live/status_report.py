"""What is known of running clusters, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tabulate import tabulate

from daskgen.live.engines import DeliveredGroup
from daskgen.live.pods import Restart
from daskgen.live.state import ENDED, ClusterState, Drift, Group
from daskgen.words import dump_json, escape, lay_lines

HEADERS = ("CLUSTER", "NAMESPACE", "SCHEDULER", "WORKERS", "IMAGE", "RESTARTS", "DRIFT")


def format_fleet(states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = ()) -> str:
    """Write a line for each cluster, one for each thing that is wrong, and what the engines say."""
    table = tabulate(
        [[*map(escape, _make_row(state))] for state in states], headers=HEADERS, tablefmt="plain", disable_numparse=True
    )
    lines = [f"{state.name}: {trouble}" for state in states for trouble in _find_troubles(state)]
    blocks = [table.split("\n"), lines, [*map(_describe_delivery, delivered)]]
    return lay_lines([line for block in blocks if block for line in ("", *block)][1:])


def format_details(states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = ()) -> str:
    """Write every group, restart and difference of each cluster, and what the engines say."""
    said = [lay_lines(map(_describe_delivery, delivered))] if delivered else []
    return "\n\n".join([*map(_describe, states), *said])


def format_json(states: Sequence[ClusterState], delivered: Sequence[DeliveredGroup] = ()) -> str:
    """Write one document: {apiVersion, kind, clusters: [...], delivery: [...]}."""
    clusters = [_as_dict(state) for state in states]
    groups = [{**group._asdict(), "status": group.status._asdict() if group.status else None} for group in delivered]
    return dump_json({"apiVersion": "daskgen/v1", "kind": "FleetStatus", "clusters": clusters, "delivery": groups})


def _describe_delivery(group: DeliveredGroup) -> str:
    """Say what an engine says of a group in a line; its message only where that tells more than that all is well."""
    title = f"{group.engine}: {group.kind} {group.namespace}/{group.name}"
    if not group.status:
        return f"{title}: {group.problem}"
    revision = f" at {group.status.revision}" if group.status.revision else ", nothing applied yet"
    if group.status.ready:
        return f"{title}: ready{revision}"
    state = "not ready" if group.failed else "in progress"
    return f"{title}: {state}{revision}: {_cut(group.status.message)}"


def _cut(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


LONGEST = 400
"""Characters of an engine's message that are shown in a line."""


def _make_row(it: ClusterState) -> list[str]:
    if it.missing:
        return [it.name, it.namespace, "-", "-", _shorten(it.image), "-", "-"]
    if it.job in ENDED:
        return [it.name, it.namespace, f"job {it.job.lower()}", "-", _shorten(it.image), "-", _count_drift(it.drift)]
    ready = sum(group.ready for group in it.workers)
    wanted = sum(group.wanted for group in it.workers)
    restarts = sum(restart.times for group in it.groups for restart in group.restarts)
    scheduler = "ready" if it.scheduler.ready else "not ready"
    image = f"{_shorten(it.image)}{' (not on all pods)' if it.strange_images else ''}"
    return [it.name, it.namespace, scheduler, f"{ready} of {wanted}", image, str(restarts), _count_drift(it.drift)]


def _count_drift(drift: Sequence[Drift] | None) -> str:
    if drift is None:
        return "not looked at"
    return f"{len(drift)} object{'s' * (len(drift) != 1)}" if drift else "none"


def _find_troubles(it: ClusterState) -> list[str]:
    images = [f"pods run {image}, the spec says {it.image}" for image in it.strange_images]
    found = [it.missing, *it.blocked] if it.missing else [*it.troubles, *images]
    return [*found, *_describe_elsewhere(it)]


def _describe_elsewhere(state: ClusterState) -> list[str]:
    return [
        f"a cluster of this name is in namespace {namespace}, too: left behind, if this one was moved from there"
        for namespace in state.elsewhere
    ]


def _describe(it: ClusterState) -> str:
    lines = [f"{it.name} in namespace {it.namespace}, image {it.image}"]
    lines += [f"  {text}" for text in _describe_elsewhere(it)]
    if it.missing:
        return lay_lines([*lines, f"  {it.missing}"])
    lines += [f"  job: {it.job}"] * bool(it.job)
    lines += [f"  {text}" for text in it.blocked]
    now = datetime.now(UTC)
    for group in it.groups:
        lines += _describe_group(group, now)
    lines += [f"  {image} runs, too" for image in it.strange_images]
    for drift in it.drift or ():
        lines += [f"  {drift.kind}/{drift.name} has drifted:", *(f"    {line}" for line in drift.how.splitlines())]
    if it.drift is not None and not it.drift:
        lines.append("  no drift: every object is as rendered")
    return lay_lines(lines)


def _describe_group(group: Group, now: datetime) -> list[str]:
    lines = [f"  {group.title}: {group.ready} of {group.wanted} ready"]
    lines += [f"    {f'{count} pods: ' if count > 1 else ''}{what}" for what, count in group.troubles]
    return lines + [f"    {_describe_restart(restart, now)}" for restart in group.restarts]


def _describe_restart(it: Restart, now: datetime) -> str:
    when = f" {_format_age((now - it.at).total_seconds())} ago" if it.at else ""
    times = "once" if it.times == 1 else f"{it.times} times, last"
    return f"{it.pod} restarted {times}{when}: {it.reason}, code {it.code}"


def _format_age(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _shorten(image: str) -> str:
    return image.rpartition("/")[2]


def _as_dict(it: ClusterState) -> dict[str, Any]:
    groups = [{**group._asdict(), "restarts": [restart._asdict() for restart in group.restarts]} for group in it.groups]
    drift = None if it.drift is None else [change._asdict() for change in it.drift]
    return {**it._asdict(), "groups": groups, "drift": drift, "well": it.well}
