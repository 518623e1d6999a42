"""Plan what an edit does to the delivery, the operator and the clusters of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from daskgen.delivery import list_engines
from daskgen.parts.groups import gather
from daskgen.plan import cluster, conflicts, delivery, operator
from daskgen.plan.cluster import find_namespaces
from daskgen.plan.conflicts import Holders
from daskgen.plan.delivery_edit import DeliveryEdit, DeliverySetup
from daskgen.plan.effect import Effect
from daskgen.plan.engines import plan_delivery
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.render.cluster import RenderedCluster
from daskgen.render.entry_points import find_members, find_operator_members
from daskgen.render.operator import RenderedOperator
from daskgen.render.overlay import RenderedOverlay
from daskgen.spec.fleet import Fleet

Overlays = Sequence[RenderedOverlay]


class Side(NamedTuple):
    """A fleet before or after an edit."""

    overlays: Overlays = ()
    delivery: DeliverySetup = DeliverySetup()

    @property
    def operator(self) -> RenderedOperator | None:
        """Return the operator, if the fleet installs it."""
        return next((overlay for overlay in self.overlays if isinstance(overlay, RenderedOperator)), None)

    @property
    def clusters(self) -> dict[str, RenderedCluster]:
        """Return the clusters by name."""
        return {overlay.name: overlay for overlay in self.overlays if isinstance(overlay, RenderedCluster)}


def make_side(fleet: Fleet, overlays: Overlays) -> Side:
    """Make one side of an edit from a fleet and all of its overlays."""
    installed = [overlay for overlay in overlays if isinstance(overlay, RenderedOperator)]
    clusters = [overlay for overlay in overlays if isinstance(overlay, RenderedCluster)]
    members = [member for cluster in clusters for member in find_members(fleet, cluster)]
    groups = gather([*find_operator_members(fleet, installed), *members])
    return Side(overlays, DeliverySetup(fleet.delivery, groups, fleet.openshift.connection_type))


def plan_fleet(before: Side, after: Side) -> list[ClusterPlan]:
    """Plan delivery, the operator and the clusters, in this order; those to which nothing happens have no plan."""
    edit = DeliveryEdit(before.delivery, after.delivery)
    old, new = before.clusters, after.clusters
    operator_edit = operator.OperatorEdit(before.operator, after.operator, old, new, edit)
    plans = [
        plan_delivery(edit, [name for name in old.keys() & new.keys() if _is_moved(old[name], new[name])]),
        operator.adapt_operator_plan(operator.plan_operator(before.operator, after.operator), operator_edit),
        *_compare_clusters(old, new, edit),
    ]
    return [plan for plan in plans if plan]


def _compare_clusters(
    old: Mapping[str, RenderedCluster], new: Mapping[str, RenderedCluster], edit: DeliveryEdit
) -> Iterator[ClusterPlan | None]:
    places = {name: group.name for name, group in edit.new.items()}
    members = places.keys() & new.keys()
    held = {(places[name], namespace) for name in members for namespace in find_namespaces(new[name])}
    holders = conflicts.find_holders(old)
    for before, after in _pair(old, new):
        plan = cluster.plan_cluster(before, after, _find_unheeded(after, edit))
        adapted = delivery.adapt_cluster_plan(plan, before, after, edit, held)
        more = [*_find_more(before, after, holders, edit)]
        found = [*(adapted.effects if adapted else ()), *more]
        yield adapted.with_effects(found) if adapted and more else adapted or make_plan(before, after, more)


def _find_more(
    before: RenderedCluster | None, after: RenderedCluster | None, holders: Holders, edit: DeliveryEdit
) -> Iterator[Effect]:
    """Find effects that follow from other clusters, or from earlier edits."""
    if after and after is not before:
        yield from conflicts.find_conflicts(after.name, after, holders, edit)
        if before and before.name == after.name:
            yield from conflicts.find_pending(before, after, edit)


def _is_moved(before: RenderedCluster, after: RenderedCluster) -> bool:
    return before.identity.namespace != after.identity.namespace


def _find_unheeded(after: RenderedCluster | None, edit: DeliveryEdit) -> dict[str, str]:
    """Find annotations that recreate objects, but not with the engines of this cluster; none without an engine."""
    if not (after and after.name in edit.new):
        return {}
    known = [mark for engine in edit.after.engines for mark in engine.recreate_marks().items()]
    return {
        key: value
        for engine in list_engines()
        for key, value in engine.recreate_marks().items()
        if (key, value) not in known
    }


def _pair(
    before: Mapping[str, RenderedCluster], after: Mapping[str, RenderedCluster]
) -> Iterator[tuple[RenderedCluster | None, RenderedCluster | None]]:
    """Pair each cluster before and after; a renamed cluster is paired with its previous name."""
    replaced = {
        old: name
        for name, cluster in after.items()
        if name not in before and (old := cluster.valid.renamed_from) in before and old not in after
    }
    taken = set(replaced.values())
    for name in sorted({*before, *after} - taken):
        yield before.get(name), after.get(replaced.get(name, name))
