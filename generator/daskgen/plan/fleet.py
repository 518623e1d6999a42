"""What an edit does to all that a fleet has in Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from daskgen.delivery import list_engines
from daskgen.parts.groups import gather
from daskgen.plan import cluster, conflicts, delivery, operator
from daskgen.plan.cluster import find_namespaces
from daskgen.plan.conflicts import Holders
from daskgen.plan.effect import Effect
from daskgen.plan.plans import ClusterPlan, make_plan
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
    """Find how a fleet with all of its overlays is delivered."""
    installed = [it for it in overlays if isinstance(it, RenderedOperator)]
    members = [member for it in overlays if isinstance(it, RenderedCluster) for member in find_member(fleet, it)]
    return Side(overlays, Route(fleet.delivery, gather([*find_operator_members(fleet, installed), *members])))


def compare(before: Side, after: Side) -> list[ClusterPlan]:
    """Plan for delivery, the operator and the clusters to which anything happens, in this order."""
    transfer = Transfer(before.route, after.route)
    old, new = before.clusters, after.clusters
    change = operator.OperatorEdit(before.operator, after.operator, old, new, transfer)
    plans = [
        delivery.compare(transfer, [name for name in old.keys() & new.keys() if _is_moved(old[name], new[name])]),
        operator.settle(operator.compare(before.operator, after.operator), change),
        *_compare_clusters(old, new, transfer),
    ]
    return [plan for plan in plans if plan]


def _compare_clusters(
    old: Mapping[str, RenderedCluster], new: Mapping[str, RenderedCluster], transfer: Transfer
) -> Iterator[ClusterPlan | None]:
    places = {name: group.name for name, group in transfer.new.items()}
    held = {(places[name], it) for name in places.keys() & new.keys() for it in find_namespaces(new[name])}
    holders = conflicts.find_holders(old)
    for before, after in _pair(old, new):
        plan = cluster.compare(before, after, _find_unheeded(after, transfer))
        settled = delivery.settle(plan, before, after, transfer, held)
        more = [*_find_more(before, after, holders, transfer)]
        found = [*(settled.effects if settled else ()), *more]
        yield settled.settle(found) if settled and more else settled or make_plan(before, after, more)


def _find_more(
    before: RenderedCluster | None, after: RenderedCluster | None, holders: Holders, transfer: Transfer
) -> Iterator[Effect]:
    """Find what other clusters, or former edits, have to do with an edit."""
    if after and after is not before:
        yield from conflicts.find_effects(after.name, after, holders, transfer)
        if before and before.name == after.name:
            yield from conflicts.find_pending(before, after, transfer)


def _is_moved(before: RenderedCluster, after: RenderedCluster) -> bool:
    return before.identity.namespace != after.identity.namespace


def _find_unheeded(after: RenderedCluster | None, transfer: Transfer) -> dict[str, str]:
    """Find the marks that no engine heeds which delivers a cluster; people may apply it in any way."""
    if not (after and after.name in transfer.new):
        return {}
    known = [mark for engine in transfer.after.engines for mark in engine.recreate_marks().items()]
    return {
        key: value
        for engine in list_engines()
        for key, value in engine.recreate_marks().items()
        if (key, value) not in known
    }


def _pair(
    before: Mapping[str, RenderedCluster], after: Mapping[str, RenderedCluster]
) -> Iterator[tuple[RenderedCluster | None, RenderedCluster | None]]:
    """Pair each cluster before and after; one that took another's place stands beside that."""
    replaced = {
        old: name
        for name, it in after.items()
        if name not in before and (old := it.valid.renamed_from) in before and old not in after
    }
    taken = set(replaced.values())
    for name in sorted({*before, *after} - taken):
        yield before.get(name), after.get(replaced.get(name, name))
