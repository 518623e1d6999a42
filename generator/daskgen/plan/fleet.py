"""What an edit does to all that a fleet has in Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from daskgen.parts.groups import gather
from daskgen.plan import delivery, effects, operator
from daskgen.plan.effects import ClusterPlan, find_namespaces
from daskgen.plan.route import Route, Transfer
from daskgen.render.cluster import RenderedCluster
from daskgen.render.entry_points import find_member, find_operator_members
from daskgen.render.operator import RenderedOperator
from daskgen.render.overlay import RenderedOverlay
from daskgen.spec.fleet import Fleet

Overlays = Sequence[RenderedOverlay]


class Side(NamedTuple):
    """A fleet before an edit, or after it."""

    overlays: Overlays = ()
    route: Route = Route()

    @property
    def operator(self) -> RenderedOperator | None:
        """The operator, if the fleet installs it."""
        return next((it for it in self.overlays if isinstance(it, RenderedOperator)), None)

    @property
    def clusters(self) -> dict[str, RenderedCluster]:
        """The clusters by name."""
        return {it.name: it for it in self.overlays if isinstance(it, RenderedCluster)}


def find_side(fleet: Fleet, overlays: Overlays) -> Side:
    """A fleet with all of its overlays, and how they are delivered."""
    installed = [it for it in overlays if isinstance(it, RenderedOperator)]
    members = [member for it in overlays if isinstance(it, RenderedCluster) for member in find_member(fleet, it)]
    return Side(overlays, Route(fleet.delivery, gather([*find_operator_members(fleet, installed), *members])))


def compare(before: Side, after: Side) -> list[ClusterPlan]:
    """The plans for delivery, the operator and the clusters to which anything happens, in this order."""
    transfer, clusters = Transfer(before.route, after.route), after.clusters
    places = {name: group.name for name, group in transfer.new.items()}
    held = {(places[name], it) for name in places.keys() & clusters for it in find_namespaces(clusters[name])}
    change = operator.Change(before.operator, after.operator, before.clusters, clusters, transfer)
    plans = [
        delivery.compare(transfer),
        operator.settle(operator.compare(before.operator, after.operator), change),
        *(
            delivery.settle(effects.compare(old, new, marked=_heeds_marks(new, transfer)), old, new, transfer, held)
            for old, new in _pair(before.clusters, clusters)
        ),
    ]
    return [it for it in plans if it]


def _heeds_marks(cluster: RenderedCluster | None, transfer: Transfer) -> bool:
    """Whether Argo CD delivers a cluster, or may do so, for all that the fleet says."""
    return not (cluster and cluster.name in transfer.new) or "argocd" in transfer.after.kinds


def _pair(
    before: Mapping[str, RenderedCluster], after: Mapping[str, RenderedCluster]
) -> Iterator[tuple[RenderedCluster | None, RenderedCluster | None]]:
    """Each cluster before and after; one that took another's place stands beside that."""
    replaced = {
        old: name
        for name, it in after.items()
        if name not in before and (old := it.valid.renamed_from) in before and old not in after
    }
    taken = set(replaced.values())
    for name in sorted({*before, *after} - taken):
        yield before.get(name), after.get(replaced.get(name, name))
