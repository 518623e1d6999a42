"""Adapt the plans of clusters to what their delivery engines do: what these delete, take over or leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from daskgen.delivery import name_engines
from daskgen.kubernetes.deletion import is_kept
from daskgen.paths import get
from daskgen.plan.cluster import describe_loss
from daskgen.plan.commands import Apply, DeleteOverlay
from daskgen.plan.delivery_edit import DeliveryEdit, Fate
from daskgen.plan.effect import CLUSTER, Aspect, Effect, EffectTarget, Kind, Scope, Shift, happen, name_pods
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.render.cluster import RenderedCluster

Held = AbstractSet[tuple[str, str]]
"""Groups, and the namespaces that are part of their overlays."""

GONE = {Kind.DELETED, Kind.REMOVED, Kind.LEFT_BEHIND}


def adapt_cluster_plan(
    plan: ClusterPlan | None,
    before: RenderedCluster | None,
    after: RenderedCluster | None,
    edit: DeliveryEdit,
    held: Held = frozenset(),
) -> ClusterPlan | None:
    """Adapt a cluster's plan to what its delivery engines do; `held` are the namespaces that exist afterwards."""
    told = plan.effects if plan else ()
    effects = tuple(_adapt_effects(told, before, after, edit, held)) if before else told
    return plan.with_effects(effects) if plan and effects else make_plan(before, after, effects)


def _adapt_effects(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster | None, edit: DeliveryEdit, held: Held
) -> Iterator[Effect]:
    if after and after.name == before.name and after.identity.namespace == before.identity.namespace:
        yield from _adapt_kept(told, before, after, edit)
    elif after:
        yield from _adapt_replaced(told, before, after, edit, held)
    else:
        yield _report_end(before, edit, _describe_loss(before, edit, held))


def _describe_loss(before: RenderedCluster, edit: DeliveryEdit, held: Held) -> tuple[Cost, ...]:
    """Report what is lost with a cluster; a namespace that another cluster of its group holds is not pruned."""
    group = edit.old.get(before.name)
    return describe_loss(before, {name for place, name in held if group and place == group.name})


def _adapt_replaced(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster, edit: DeliveryEdit, held: Held
) -> Iterator[Effect]:
    """Report what happens to a cluster that is renamed, or moved to another namespace.

    Engines identify objects by namespace and name, so they treat the old objects like those of a removed cluster.
    """
    relocation = edit.find_relocation(before.name) if before.name == after.name else None
    group = edit.old.get(before.name)
    deleters = edit.find_deleters(group) if group else []
    if deleters and not relocation:
        deleted = Cost(Fact.OLD_DELETED, (name_engines(deleters),))
        loss = _describe_loss(before, edit, held)
        yield from (effect._replace(costs=(*effect.costs, deleted, *loss)) for effect in told)
        return
    yield from told
    namespace = before.identity.namespace if before.name == after.name else ""
    place = relocation[0] if relocation else ""
    old = EffectTarget(
        Scope.CLUSTER, name=before.name if before.name != after.name else "", namespace=namespace, place=place
    )
    yield _leave(old, before, edit)


def _report_end(before: RenderedCluster, edit: DeliveryEdit, loss: tuple[Cost, ...]) -> Effect:
    """Report what happens to a cluster that is removed from Git."""
    match edit.find_fate(before.name):
        case Fate.LEFT:
            left = _leave(CLUSTER, before, edit)
            return left._replace(costs=(*left.costs, Cost(Fact.DELETED_BY_HAND), *loss))
        case Fate.BY_HAND:
            return happen(Kind.DELETED, CLUSTER, *loss)._replace(commands=(_delete_overlay(before),))
    return happen(Kind.DELETED, CLUSTER, *loss)


def _adapt_kept(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster, edit: DeliveryEdit
) -> Iterator[Effect]:
    """Report what happens to a cluster that keeps its name and its namespace."""
    name, fate = before.name, edit.find_fate(before.name)
    if fate is Fate.DELETED:
        costs = (_report_deleters(name, edit), Cost(Fact.NOT_CREATED_AGAIN), *describe_loss(before))
        yield happen(Kind.DELETED, CLUSTER, *costs)._replace(commands=(Apply(f"overlays/{name}"),))
    elif relocation := edit.find_relocation(name):
        yield from _report_relocation(before, edit, *relocation)
    elif fate is Fate.RECREATED:
        again = Cost(Fact.CREATED_AGAIN, (edit.new[name].name,))
        yield happen(Kind.RECREATED, CLUSTER, _report_deleters(name, edit), again, *describe_loss(before))
    else:
        yield from (_adapt_effect(effect, before, after, edit) for effect in told)
        yield from _report_keeper(fate, name, edit)


def _report_relocation(before: RenderedCluster, edit: DeliveryEdit, start: str, end: str) -> Iterator[Effect]:
    """Report what happens to a cluster that is delivered to another Kubernetes cluster.

    Engines delete nothing in the previous one: https://github.com/argoproj/argo-cd/issues/9172,
    https://github.com/fluxcd/flux2/issues/5003.
    """
    shift = Shift(Aspect.PLACE, start, end)
    if edit.find_fate(before.name) is Fate.RECREATED:
        costs = (_report_deleters(before.name, edit), *describe_loss(before))
        yield happen(Kind.MOVED, CLUSTER, *costs, shift=shift)
    else:
        yield happen(Kind.MOVED, CLUSTER, Fact.STARTS_EMPTY, shift=shift)
        left = happen(Kind.LEFT_BEHIND, EffectTarget(Scope.CLUSTER, place=start), Fact.UNMANAGED)
        yield left._replace(commands=(_delete_overlay(before, start),))


def _report_keeper(fate: Fate, name: str, edit: DeliveryEdit) -> Iterator[Effect]:
    """Report a cluster of a delivered fleet that an engine stops or starts to deliver."""
    if not (edit.before.deliveries and edit.after.deliveries):
        return
    if fate is Fate.LEFT:
        yield happen(Kind.UPDATED, EffectTarget(Scope.HANDOVER), Fact.LEFT_TO_PEOPLE, edit.explain_left(name))
    elif fate is Fate.BY_HAND and name in edit.new:
        yield happen(Kind.UPDATED, EffectTarget(Scope.HANDOVER), Cost(Fact.TAKEN_OVER, (edit.after.titles,)))


def _adapt_effect(effect: Effect, before: RenderedCluster, after: RenderedCluster, edit: DeliveryEdit) -> Effect:
    """Adapt an effect on an object of a kept cluster to the engines that deliver the cluster."""
    if effect.kind is Kind.IGNORED:
        return effect._replace(commands=(*effect.commands, *edit.take_back(after.name)))
    if before.name not in edit.old or Cost(Fact.RETAINED) in effect.costs:
        return effect  # Engines leave in place what its annotations keep.
    if effect.kind in GONE:
        return _adapt_removal(effect, before, edit)
    if effect.kind is Kind.SCALED and effect.targets[0] in _find_autoscaled(before, after):
        return effect._replace(kind=Kind.UPDATED, costs=(Cost(Fact.AUTOSCALED),))
    return effect


def _adapt_removal(effect: Effect, before: RenderedCluster, edit: DeliveryEdit) -> Effect:
    deleters = edit.find_deleters(edit.old[before.name])
    if not deleters:
        costs = (Cost(Fact.UNMANAGED), edit.explain_left(before.name))
        return effect._replace(kind=Kind.LEFT_BEHIND, costs=costs)
    if effect.kind is not Kind.LEFT_BEHIND:
        return effect
    able = [engine for engine in deleters if engine.prunes_adopted()]
    if not able:
        return effect._replace(costs=(Cost(Fact.ADOPTED, (name_engines(deleters),)),))
    handed_over = [Cost(Fact.HANDED_OVER)] if effect.targets[0].scope is Scope.WORKERS else []
    return Effect(Kind.DELETED, effect.targets, costs=(Cost(Fact.PRUNED, (name_engines(able),)), *handed_over))


def _find_autoscaled(*sides: RenderedCluster) -> list[EffectTarget]:
    """Find the workers whose number an autoscaler owns on all sides: those of the DaskCluster itself."""
    if not all(any(resource.kind == "DaskAutoscaler" for resource in side.resources) for side in sides):
        return []
    clusters = (resource.body for resource in sides[-1].resources if resource.kind == "DaskCluster")
    return [name_pods(get(body, ("spec", "worker", "metadata", "labels")) or {}) for body in clusters]


def _report_deleters(name: str, edit: DeliveryEdit) -> Cost:
    group = edit.old[name]
    return Cost(Fact.DELETED_WITH_GROUP, (group.name, name_engines(edit.find_deleters(group))))


def _leave(target: EffectTarget, before: RenderedCluster, edit: DeliveryEdit) -> Effect:
    left = happen(Kind.LEFT_BEHIND, target, Fact.UNMANAGED, edit.explain_left(before.name))
    return left._replace(commands=(_delete_overlay(before, target.place),))


def _delete_overlay(cluster: RenderedCluster, place: str = "") -> DeleteOverlay:
    keeps = any(is_kept(resource.body) for resource in cluster.resources)
    return DeleteOverlay(cluster.name, place, keeps)
