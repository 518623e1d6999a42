"""Read what the delivery engines report about the groups of a fleet."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from daskgen.delivery import Delivery
from daskgen.live.namespaces import explain_namespace
from daskgen.outside.git import Standing
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.parts.delivered import EngineStatus, OwnObject
from daskgen.parts.groups import Group, gather
from daskgen.render.cluster import RenderedCluster
from daskgen.render.entry_points import find_members, find_operator_members
from daskgen.render.operator import RenderedOperator
from daskgen.spec.fleet import Fleet


class DeliveredGroup(NamedTuple):
    """A group of clusters, the engine's object that delivers it, and the status of that object.

    What leads to the groups, such as a source, has no clusters of its own.
    """

    engine: str
    kind: str
    name: str
    namespace: str
    clusters: tuple[str, ...]
    status: EngineStatus | None = None
    """None if it cannot be read."""
    problem: str = ""
    """The reason why the status cannot be read."""
    commit: str = ""
    """The commit of Git that the engine has applied; "" if that is not known."""
    standing: Standing | None = None
    """How that commit relates to the one checked out here; None if the fleet is in no repository here."""
    uncommitted: tuple[str, ...] = ()
    """Clusters whose overlays at the commit checked out here are not as rendered."""

    @property
    def failed(self) -> bool:
        """Return whether the engine reports that it could not apply the group, or that the group is not healthy."""
        return self.status is not None and self.status.ready is False

    @property
    def paused(self) -> bool:
        """Return whether a person has stopped the engine from applying it."""
        return self.status is not None and self.status.paused


def gather_groups(
    fleet: Fleet, clusters: Iterable[RenderedCluster], operators: Iterable[RenderedOperator]
) -> list[Group]:
    """Gather the clusters and the operator in the groups in which they are delivered."""
    members = [member for cluster in clusters for member in find_members(fleet, cluster)]
    return gather([*find_operator_members(fleet, operators), *members])


async def ask_engines(
    api: Api, deliveries: Iterable[Delivery], groups: Iterable[Group], names: Container[str] = ()
) -> list[DeliveredGroup]:
    """Read the status of each group of each engine; with `names`, only of groups with these clusters.

    What leads to the groups is returned, before them, if the engine cannot read it, or a person has paused it.
    """
    chosen = [group for group in groups if not names or any(member.name in names for member in group.members)]
    asked = [_ask_all(api, delivery, chosen) for delivery in deliveries]
    return [group for answers in await asyncio.gather(*asked) for group in answers]


async def _ask_all(api: Api, delivery: Delivery, groups: Sequence[Group]) -> list[DeliveredGroup]:
    if not groups:
        return []
    entries = await asyncio.gather(*(_ask(api, delivery, own, ()) for own in delivery.find_entry_points()))
    delivered = await asyncio.gather(*(_ask_group(api, delivery, group) for group in groups))
    return [*(entry for entry in entries if entry.failed or entry.paused), *delivered]


async def _ask_group(api: Api, delivery: Delivery, group: Group) -> DeliveredGroup:
    found = await _ask(api, delivery, delivery.find_own(group), tuple(member.name for member in group.members))
    if found.status or found.problem:
        return found
    return found._replace(problem=await _explain_absence(api, delivery, group))


async def _ask(api: Api, delivery: Delivery, own: OwnObject, clusters: tuple[str, ...]) -> DeliveredGroup:
    """Read the status of an object of the engine; it has neither a status nor a problem if it does not exist."""
    version, kind, namespace, name = own
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    found = DeliveredGroup(delivery.title(), kind, name, namespace, clusters)
    try:
        live = await api.get(body)
    except AccessError as error:
        if error.status != 403:
            raise
        return found._replace(problem=f"its status cannot be read: {error}")
    if not live:
        return found
    status = delivery.read_status(live)
    return found._replace(status=status, commit=_find_commit(status.revision))


def _find_commit(revision: str) -> str:
    """Find the hash in the revision that an engine reports: `HASH`, `main@sha1:HASH`, or an artifact without one."""
    found = re.search(r"(?:^|sha1:|sha256:)([0-9a-f]{40}|[0-9a-f]{64})$", revision)
    return found[1] if found else ""


async def _explain_absence(api: Api, delivery: Delivery, group: Group) -> str:
    if reason := await explain_namespace(api, delivery.namespace):
        return f"does not exist, and {delivery.title()} does not run here: {reason}"
    return f"does not exist: apply overlays/gitops/{delivery.kind} once, or push group {group.name}"
