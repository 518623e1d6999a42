"""Compare what the delivery engines have applied with the commit that is checked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from daskgen.live.engines import DeliveredGroup
from daskgen.outside.git import GitError, read_checkout
from daskgen.render.cluster import RenderedCluster
from daskgen.render.tree import write_cluster
from daskgen.spec.load import Settings


def add_checkout(
    root: Path, settings: Settings, delivered: Sequence[DeliveredGroup], clusters: Iterable[RenderedCluster]
) -> list[DeliveredGroup]:
    """Add how the applied commits relate to HEAD, and which overlays of the groups are not committed as rendered.

    A fleet that is in no repository is delivered from elsewhere: nothing is added.
    """
    named = {name for group in delivered for name in group.clusters}
    if not delivered:
        return []
    written = {
        f"overlays/{cluster.name}": write_cluster(settings, cluster) for cluster in clusters if cluster.name in named
    }
    try:
        checkout = read_checkout(root, {group.commit for group in delivered if group.commit}, written)
    except GitError:
        return list(delivered)
    differing = {
        cluster.name
        for folder, cluster in written.items()
        if checkout.folders[folder] != {name: text.encode() for name, text in cluster.files.items()}
    }
    return [
        group._replace(
            standing=checkout.standings.get(group.commit),
            uncommitted=tuple(name for name in group.clusters if name in differing),
        )
        for group in delivered
    ]
