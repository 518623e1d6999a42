"""Report what the delivery engines have applied, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from daskgen.live.engines import DeliveredGroup
from daskgen.outside.git import Standing
from daskgen.words import count

LONGEST = 400
"""Longest message of an engine in a line, in characters."""

SHORT = 8
"""Number of digits of a commit's hash that are shown."""


def describe_deliveries(groups: Iterable[DeliveredGroup]) -> list[str]:
    """Write what the engines report: a line for each group, and one with the clusters that are not committed."""
    return [line for group in groups for line in _describe(group)]


def as_dict(group: DeliveredGroup) -> dict[str, Any]:
    """Return the values of a group for JSON."""
    nested = {key: value and value._asdict() for key, value in (("status", group.status), ("standing", group.standing))}
    return group._asdict() | nested


def _describe(group: DeliveredGroup) -> Iterator[str]:
    title = f"{group.engine}: {group.kind} {group.namespace}/{group.name}"
    yield f"{title}: {_describe_status(group)}"
    if group.uncommitted:
        names = ", ".join(group.uncommitted)
        steps = f"{group.engine} applies it after `daskgen render`, a commit and a push"
        yield f"  not committed as rendered: {names}; {steps}"


def _describe_status(group: DeliveredGroup) -> str:
    if not group.status:
        return group.problem
    state = "paused, " * group.paused + _describe_state(group)
    message = "" if group.status.ready else f": {_cut(group.status.message)}"
    return f"{state}{_describe_revision(group)}{message}"


def _describe_state(group: DeliveredGroup) -> str:
    if group.failed:
        return "not ready"
    return "ready" if group.status and group.status.ready else "in progress"


def _describe_revision(group: DeliveredGroup) -> str:
    if not group.commit or not group.standing or not group.status:
        return f" at {group.status.revision}" if group.status and group.status.revision else ", nothing applied yet"
    return f" at {group.commit[:SHORT]}{_describe_standing(group.standing)}"


def _describe_standing(standing: Standing) -> str:
    if not standing.known:
        return ", which is not in this clone: run git fetch"
    sides = ((standing.behind, "behind"), (standing.ahead, "ahead of"))
    said = " and ".join(f"{count(number, 'commit')} {side}" for number, side in sides if number)
    return f", {said} HEAD ({standing.head[:SHORT]})" if said else " (HEAD)"


def _cut(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
