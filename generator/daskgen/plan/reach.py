"""Find who reaches a cluster, before and after an edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from daskgen.connect import describe_peer, find_connection
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay

EVERYONE = "everyone in Kubernetes"


class Edge(NamedTuple):
    """One way to a cluster: the pods or addresses that its policies admit, or an address outside Kubernetes."""

    source: str
    target: Literal["scheduler", "dashboard"]


class Reach(NamedTuple):
    """The ways to a cluster before and after an edit."""

    before: tuple[Edge, ...] = ()
    after: tuple[Edge, ...] = ()

    @property
    def changes(self) -> bool:
        """Return whether somebody else reaches the cluster after the edit."""
        return set(self.before) != set(self.after)


def compare_reach(before: RenderedOverlay | None, after: RenderedOverlay | None) -> Reach:
    """Find the ways to a cluster that exists on both sides; none for one that is added or deleted."""
    if not (isinstance(before, RenderedCluster) and isinstance(after, RenderedCluster)):
        return Reach()
    return Reach(tuple(_find_edges(before)), tuple(_find_edges(after)))


def _find_edges(rendered: RenderedCluster) -> Iterator[Edge]:
    if not rendered.cluster or rendered.cluster.is_template:
        return
    found = find_connection(rendered.cluster)
    peers = (EVERYONE,) if found.clients is None else (describe_peer(peer, found.namespace) for peer in found.clients)
    for source in dict.fromkeys(peers):
        yield Edge(source, "scheduler")
        yield Edge(source, "dashboard")
    if found.scheduler_outside:
        yield Edge(found.scheduler_outside, "scheduler")
    if found.dashboard_outside:
        yield Edge(found.dashboard_outside, "dashboard")
