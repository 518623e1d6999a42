"""Plan what an edit of delivery does: engines, sources and groups that are added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daskgen.delivery import ENTRIES, GITOPS, OPENSHIFT_AI, Delivery
from daskgen.kubernetes.totals import Totals
from daskgen.notebook._connection import TYPE
from daskgen.plan.changes import Change, find_changes
from daskgen.plan.commands import Apply, Delete, DeleteOverlay, Named
from daskgen.plan.delivery_edit import DeliveryEdit
from daskgen.plan.effect import Aspect, Effect, EffectTarget, Kind, Scope, Shift, happen, order
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan


def plan_delivery(edit: DeliveryEdit, leaving: Sequence[str] = ()) -> ClusterPlan | None:
    """Plan the edit of delivery itself: engines and groups that are added, removed or changed.

    Clusters of `leaving` are not counted as taken over by another group.
    """
    changes = tuple(change for pair in edit.pairs for change in _find_changes(*pair))
    others = [happen(Kind.UPDATED, _make_target(after)) for before, after in edit.pairs if before != after]
    found = [*_compare_engines(edit), *_compare_sources(edit), *_compare_groups(edit, leaving), *_compare_types(edit)]
    effects = order(found or others)
    namespaces = dict.fromkeys(engine.namespace for engine in edit.after.deliveries or edit.before.deliveries)
    if not effects:
        return None
    types = (edit.after.connection_type, edit.before.connection_type)
    namespaces = namespaces or dict.fromkeys(filter(None, types[:1] if types[0] else types))
    return ClusterPlan(GITOPS, ", ".join(namespaces), changes, effects, Totals(), Totals(), scope=Scope.DELIVERY)


def _find_changes(before: Delivery, after: Delivery) -> Iterator[Change]:
    """Find settings that differ."""
    old, new = (delivery.model_dump(by_alias=True, mode="json") for delivery in (before, after))
    return find_changes(old, new, ("delivery", after.kind))


def _compare_sources(edit: DeliveryEdit) -> Iterator[Effect]:
    """Find engines whose own objects get other names, or that read another repository, revision or folder."""
    for before, after in edit.pairs:
        if before.identity != after.identity:
            shift = Shift(Aspect.IDENTITY, "/".join(before.identity), "/".join(after.identity))
            effect = happen(Kind.UPDATED, _make_target(after), Fact.OWN_OBJECTS_RECREATED, shift=shift)
            # In another namespace another instance of the engine may run, to which nothing has been applied yet.
            yield effect._replace(commands=(_begin(after),)) if before.namespace != after.namespace else effect
        if before.source != after.source:
            shift = Shift(Aspect.SOURCE, before.source, after.source)
            yield happen(Kind.UPDATED, _make_target(after), Fact.SOURCE_DECIDES, shift=shift)


def _compare_engines(edit: DeliveryEdit) -> Iterator[Effect]:
    before, after = edit.before, edit.after
    for new in after.deliveries:
        if type(new) not in before.engines:
            yield happen(Kind.ADDED, _make_target(new), Fact.BEGINS_BY_HAND)._replace(commands=(_begin(new),))
    for old in before.deliveries:
        if type(old) not in after.engines:
            ends = Cost(Fact.APPLIES_ON, (after.titles,)) if old in edit.leaving else Cost(Fact.ENDS_BY_HAND)
            cascades = [Cost(Fact.CASCADES)] if old.cascades else []
            left = happen(Kind.LEFT_BEHIND, _make_target(old), ends, *cascades)
            yield left._replace(commands=(DeleteOverlay(f"{GITOPS}/{old.kind}"),))


def _compare_groups(edit: DeliveryEdit, leaving: Sequence[str]) -> Iterator[Effect]:
    for groups, others, number in edit.find_regrouped(leaving):
        shift = Shift(Aspect.GROUPS, tuple(groups), tuple(others))
        yield happen(Kind.UPDATED, EffectTarget(Scope.GROUP), Cost(Fact.CLUSTERS_TAKEN_OVER, (number,)), shift=shift)


def _compare_types(edit: DeliveryEdit) -> Iterator[Effect]:
    """Find a type of connection that administrators of OpenShift AI apply, or have applied."""
    old, new = edit.before.connection_type, edit.after.connection_type
    target = EffectTarget(Scope.OBJECT, "ConfigMap", TYPE)
    if new and new != old:
        yield happen(Kind.ADDED, target._replace(namespace=new), Fact.BEGINS_BY_HAND)._replace(
            commands=(Apply(f"{ENTRIES}/{OPENSHIFT_AI}"),)
        )
    if old and new != old:
        left = happen(Kind.LEFT_BEHIND, target._replace(namespace=old), Fact.STILL_OFFERED)
        yield left._replace(commands=(Delete(old, (Named("ConfigMap", TYPE),)),))


def _begin(delivery: Delivery) -> Apply:
    return Apply(f"{ENTRIES}/{delivery.kind}")


def _make_target(delivery: Delivery) -> EffectTarget:
    return EffectTarget(Scope.DELIVERY, name=delivery.title())
