"""What becomes of an edit on its way to Kubernetes: what engines delete, and what they leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from daskgen.delivery import ENTRIES, GITOPS, Delivery, name_engines
from daskgen.kubernetes.totals import Totals
from daskgen.paths import get
from daskgen.plan.changes import Change, find_changes
from daskgen.plan.cluster import describe_loss
from daskgen.plan.commands import Apply, DeleteOverlay
from daskgen.plan.effect import (
    CLUSTER,
    Aspect,
    Cost,
    Effect,
    Fact,
    Kind,
    Scope,
    Shift,
    Subject,
    happen,
    name_pods,
    order,
)
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.plan.route import Fate, Transfer
from daskgen.render.cluster import RenderedCluster

Held = AbstractSet[tuple[str, str]]
"""Groups, and the namespaces that their overlays hold."""

GONE = {Kind.DELETED, Kind.REMOVED, Kind.LEFT_BEHIND}


def compare(transfer: Transfer, leaving: Sequence[str] = ()) -> ClusterPlan | None:
    """Plan for delivery itself: engines that come, go or change, groups that become others; not for `leaving`."""
    changes = tuple(change for pair in transfer.pairs for change in _find_changes(*pair))
    others = [happen(Kind.UPDATED, _subject(after)) for before, after in transfer.pairs if before != after]
    told = [*_compare_engines(transfer), *_compare_sources(transfer), *_compare_groups(transfer, leaving)]
    effects = order(told or others)
    namespaces = dict.fromkeys(it.namespace for it in transfer.after.deliveries or transfer.before.deliveries)
    if not effects:
        return None
    return ClusterPlan(GITOPS, ", ".join(namespaces), changes, effects, Totals(), Totals(), scope=Scope.DELIVERY)


def _find_changes(before: Delivery, after: Delivery) -> Iterator[Change]:
    """Find settings that differ."""
    old, new = (delivery.model_dump(by_alias=True, mode="json") for delivery in (before, after))
    return find_changes(old, new, ("delivery", after.kind))


def _compare_sources(transfer: Transfer) -> Iterator[Effect]:
    """Find engines that stay and name their own objects otherwise, or read another revision or folder."""
    for before, after in transfer.pairs:
        if before.identity != after.identity:
            shift = Shift(Aspect.IDENTITY, "/".join(before.identity), "/".join(after.identity))
            effect = happen(Kind.UPDATED, _subject(after), Fact.OWN_OBJECTS_RECREATED, shift=shift)
            # What runs in another namespace may be another engine, which nobody has told yet.
            yield effect._replace(commands=(_begin(after),)) if before.namespace != after.namespace else effect
        if before.source != after.source:
            shift = Shift(Aspect.SOURCE, before.source, after.source)
            yield happen(Kind.UPDATED, _subject(after), Fact.SOURCE_DECIDES, shift=shift)


def _compare_engines(transfer: Transfer) -> Iterator[Effect]:
    before, after = transfer.before, transfer.after
    for new in after.deliveries:
        if type(new) not in before.engines:
            yield happen(Kind.ADDED, _subject(new), Fact.BEGINS_BY_HAND)._replace(commands=(_begin(new),))
    for old in before.deliveries:
        if type(old) not in after.engines:
            yield happen(Kind.LEFT_BEHIND, _subject(old), Fact.ENDS_BY_HAND)


def _compare_groups(transfer: Transfer, leaving: Sequence[str]) -> Iterator[Effect]:
    for groups, others, number in transfer.find_regrouped(leaving):
        shift = Shift(Aspect.GROUPS, tuple(groups), tuple(others))
        yield happen(Kind.UPDATED, Subject(Scope.GROUP), Cost(Fact.CLUSTERS_TAKEN_OVER, (number,)), shift=shift)


def _begin(delivery: Delivery) -> Apply:
    return Apply(f"{ENTRIES}/{delivery.kind}")


def _subject(delivery: Delivery) -> Subject:
    return Subject(Scope.DELIVERY, name=delivery.title())


def settle(
    plan: ClusterPlan | None,
    before: RenderedCluster | None,
    after: RenderedCluster | None,
    transfer: Transfer,
    held: Held = frozenset(),
) -> ClusterPlan | None:
    """Return a cluster's plan with what delivery makes of it; `held` is what there is afterwards."""
    told = plan.effects if plan else ()
    effects = tuple(_settle(told, before, after, transfer, held)) if before else told
    return plan.settle(effects) if plan and effects else make_plan(before, after, effects)


def _settle(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster | None, transfer: Transfer, held: Held
) -> Iterator[Effect]:
    if after and after.name == before.name and after.identity.namespace == before.identity.namespace:
        yield from _settle_kept(told, before, after, transfer)
    elif after:
        yield from _settle_replaced(told, before, after, transfer, held)
    else:
        yield _tell_end(before, transfer, _describe_loss(before, transfer, held))


def _describe_loss(before: RenderedCluster, transfer: Transfer, held: Held) -> tuple[Cost, ...]:
    """Tell what is lost with a cluster. Of what is in one group twice, nothing is pruned: a namespace may stay."""
    group = transfer.old.get(before.name)
    return describe_loss(before, {name for place, name in held if group and place == group.name})


def _settle_replaced(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster, transfer: Transfer, held: Held
) -> Iterator[Effect]:
    """Tell what happens to a cluster in whose place another is created, by another name or in another namespace.

    Engines know objects by namespace and name, so the old ones go as those of a cluster that is removed do.
    """
    journey = transfer.find_journey(before.name) if before.name == after.name else None
    group = transfer.old.get(before.name)
    deleters = transfer.find_deleters(group) if group else []
    if deleters and not journey:
        deleted = Cost(Fact.OLD_DELETED, (name_engines(deleters),))
        loss = _describe_loss(before, transfer, held)
        yield from (effect._replace(costs=(*effect.costs, deleted, *loss)) for effect in told)
        return
    yield from told
    namespace = before.identity.namespace if before.name == after.name else ""
    place = journey[0] if journey else ""
    old = Subject(
        Scope.CLUSTER, name=before.name if before.name != after.name else "", namespace=namespace, place=place
    )
    yield _leave(old, before, transfer)


def _tell_end(before: RenderedCluster, transfer: Transfer, loss: tuple[Cost, ...]) -> Effect:
    """Tell what happens to a cluster that is not there any more."""
    match transfer.find_fate(before.name):
        case Fate.LEFT:
            left = _leave(CLUSTER, before, transfer)
            return left._replace(costs=(*left.costs, Cost(Fact.DELETED_BY_HAND), *loss))
        case Fate.BY_HAND:
            return happen(Kind.DELETED, CLUSTER, *loss)._replace(commands=(DeleteOverlay(before.name),))
    return happen(Kind.DELETED, CLUSTER, *loss)


def _settle_kept(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster, transfer: Transfer
) -> Iterator[Effect]:
    """Tell what happens to a cluster that keeps its name and its namespace."""
    name, fate = before.name, transfer.find_fate(before.name)
    if fate is Fate.DELETED:
        costs = (_tell_deleters(name, transfer), Cost(Fact.NOT_CREATED_AGAIN), *describe_loss(before))
        yield happen(Kind.DELETED, CLUSTER, *costs)._replace(commands=(Apply(f"overlays/{name}"),))
    elif journey := transfer.find_journey(name):
        yield from _tell_journey(before, transfer, *journey)
    elif fate is Fate.REMADE:
        again = Cost(Fact.CREATED_AGAIN, (transfer.new[name].name,))
        yield happen(Kind.RECREATED, CLUSTER, _tell_deleters(name, transfer), again, *describe_loss(before))
    else:
        yield from (_carry(effect, before, after, transfer) for effect in told)
        yield from _tell_keeper(fate, name, transfer)


def _tell_journey(before: RenderedCluster, transfer: Transfer, start: str, end: str) -> Iterator[Effect]:
    """Tell what happens to a cluster that goes to another Kubernetes cluster.

    No engine looks at the former again: https://github.com/argoproj/argo-cd/issues/9172,
    https://github.com/fluxcd/flux2/issues/5003.
    """
    shift = Shift(Aspect.PLACE, start, end)
    if transfer.find_fate(before.name) is Fate.REMADE:
        costs = (_tell_deleters(before.name, transfer), *describe_loss(before))
        yield happen(Kind.MOVED, CLUSTER, *costs, shift=shift)
    else:
        yield happen(Kind.MOVED, CLUSTER, Fact.STARTS_EMPTY, shift=shift)
        left = happen(Kind.LEFT_BEHIND, Subject(Scope.CLUSTER, place=start), Fact.UNMANAGED)
        yield left._replace(commands=(DeleteOverlay(before.name, start),))


def _tell_keeper(fate: Fate, name: str, transfer: Transfer) -> Iterator[Effect]:
    """Tell who manages a cluster from now on, if that is somebody else, of a fleet that is delivered."""
    if not (transfer.before.deliveries and transfer.after.deliveries):
        return
    if fate is Fate.LEFT:
        yield happen(Kind.UPDATED, Subject(Scope.HANDOVER), Fact.LEFT_TO_PEOPLE, transfer.explain_left(name))
    elif fate is Fate.BY_HAND and name in transfer.new:
        yield happen(Kind.UPDATED, Subject(Scope.HANDOVER), Cost(Fact.TAKEN_OVER, (transfer.after.titles,)))


def _carry(effect: Effect, before: RenderedCluster, after: RenderedCluster, transfer: Transfer) -> Effect:
    """Return an effect on an object of a cluster that stays, as what delivers the cluster has it."""
    if effect.kind is Kind.IGNORED:
        return effect._replace(commands=(*effect.commands, *transfer.take_back(after.name)))
    if before.name not in transfer.old:
        return effect
    if effect.kind in GONE:
        return _carry_gone(effect, before, transfer)
    if effect.kind is Kind.SCALED and effect.subjects[0] in _find_autoscaled(before, after):
        return effect._replace(kind=Kind.UPDATED, costs=(Cost(Fact.AUTOSCALED),))
    return effect


def _carry_gone(effect: Effect, before: RenderedCluster, transfer: Transfer) -> Effect:
    deleters = transfer.find_deleters(transfer.old[before.name])
    if not deleters:
        costs = (Cost(Fact.UNMANAGED), transfer.explain_left(before.name))
        return effect._replace(kind=Kind.LEFT_BEHIND, costs=costs)
    if effect.kind is not Kind.LEFT_BEHIND:
        return effect
    able = [engine for engine in deleters if engine.prunes_adopted()]
    if not able:
        return effect._replace(costs=(Cost(Fact.ADOPTED, (name_engines(deleters),)),))
    handed_over = [Cost(Fact.HANDED_OVER)] if effect.subjects[0].scope is Scope.WORKERS else []
    return Effect(Kind.DELETED, effect.subjects, costs=(Cost(Fact.PRUNED, (name_engines(able),)), *handed_over))


def _find_autoscaled(*sides: RenderedCluster) -> list[Subject]:
    """Find the workers whose number an autoscaler owns on all sides: those that belong to the DaskCluster itself."""
    if not all(any(resource.key[0] == "DaskAutoscaler" for resource in side.resources) for side in sides):
        return []
    clusters = (resource.body for resource in sides[-1].resources if resource.key[0] == "DaskCluster")
    return [name_pods(get(body, ("spec", "worker", "metadata", "labels")) or {}) for body in clusters]


def _tell_deleters(name: str, transfer: Transfer) -> Cost:
    group = transfer.old[name]
    return Cost(Fact.DELETED_WITH_GROUP, (group.name, name_engines(transfer.find_deleters(group))))


def _leave(subject: Subject, before: RenderedCluster, transfer: Transfer) -> Effect:
    left = happen(Kind.LEFT_BEHIND, subject, Fact.UNMANAGED, transfer.explain_left(before.name))
    return left._replace(commands=(DeleteOverlay(before.name, subject.place),))
