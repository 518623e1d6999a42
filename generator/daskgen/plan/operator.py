"""Plan the effects of an edit on the operator that the fleet installs, and on the clusters that use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from daskgen.delivery import list_engines, name_engines
from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.plan.commands import Delete, Named
from daskgen.plan.custom import Objects
from daskgen.plan.delivery_edit import DeliveryEdit, Fate
from daskgen.plan.diffs import diff_objects
from daskgen.plan.effect import OPERATOR, Aspect, Effect, EffectTarget, Kind, Scope, Shift, happen, remove
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.render.cluster import RenderedCluster
from daskgen.render.operator import RenderedOperator


def plan_operator(before: RenderedOperator | None, after: RenderedOperator | None) -> ClusterPlan | None:
    """Plan the edit of an operator that exists before, after, or on both sides; None if nothing happens."""
    return make_plan(before, after, _find_effects(before, after), diff_objects(_index(before), _index(after)))


def _find_effects(before: RenderedOperator | None, after: RenderedOperator | None) -> Iterator[Effect]:
    if before and after:
        yield from _compare(before, after)
    elif after:
        yield happen(Kind.ADDED, OPERATOR, shift=Shift(Aspect.OBJECTS, 0, after.totals.objects))
    elif before:
        yield happen(Kind.DELETED, OPERATOR, Fact.OPERATOR_MISSED)
        if before.operator.namespace.create:
            yield remove("Namespace", EffectTarget(Scope.OBJECT, "Namespace", before.identity.namespace))
    if before and before.operator.crds and not (after and after.operator.crds):
        kept = Cost(Fact.DEFINITIONS_KEPT, (name_engines(list_engines()),))
        yield happen(Kind.DELETED, EffectTarget(Scope.DEFINITIONS), kept)


def _compare(before: RenderedOperator, after: RenderedOperator) -> Iterator[Effect]:
    home, new_home = before.identity.namespace, after.identity.namespace
    if home != new_home:
        yield happen(Kind.MOVED, OPERATOR, Fact.OPERATOR_PAUSED, shift=Shift(Aspect.NAMESPACE, home, new_home))
        return
    yield from find_object_effects(_index(before), _index(after))


def find_object_effects(old: Objects, new: Objects) -> Iterator[Effect]:
    """Find the effects on the objects of an operator that keeps its namespace, by kind and full name."""
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield from _report(key, old.get(key), new.get(key))


def _index(operator: RenderedOperator | None) -> Objects:
    return {key_of(body): body for body in (operator.objects if operator else ())}


def _report(key: Key, old: Object | None, new: Object | None) -> Iterator[Effect]:
    kind, target = key[0], EffectTarget(Scope.OBJECT, *key)
    if not old:
        yield happen(Kind.ADDED, target)
    elif new and kind == "Deployment":
        yield happen(Kind.RESTARTED, OPERATOR, Fact.OPERATOR_PAUSED)
    elif new:
        yield happen(Kind.UPDATED, target)
    elif kind != "CustomResourceDefinition":
        yield remove(kind, target)


class OperatorEdit(NamedTuple):
    """The operator and the clusters of a fleet before and after an edit, and how they are delivered."""

    before: RenderedOperator | None
    after: RenderedOperator | None
    clusters_before: Mapping[str, RenderedCluster]
    clusters_after: Mapping[str, RenderedCluster]
    delivery: DeliveryEdit

    def find_users(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Find the clusters that are left without the operator, and those that are deleted together with it."""
        used = [name for name, cluster in self.clusters_before.items() if self.before and _uses(self.before, cluster)]
        left = tuple(name for name in used if name in self.clusters_after)
        return left, tuple(name for name in used if name not in self.clusters_after)


def adapt_operator_plan(plan: ClusterPlan | None, edit: OperatorEdit) -> ClusterPlan | None:
    """Adapt the operator's plan to its clusters, and to what its delivery engines do."""
    if edit.before and edit.after:
        return _adapt_to_relocation(plan, edit.before, edit.after, edit.delivery)
    if not (plan and edit.before):
        return plan
    is_left = edit.delivery.find_fate(edit.before.name) is Fate.LEFT
    users = tuple(_report_users(*edit.find_users()))
    return plan.with_effects(_adapt_effect(effect, edit.before, users, is_left=is_left) for effect in plan.effects)


def _adapt_to_relocation(
    plan: ClusterPlan | None, before: RenderedOperator, after: RenderedOperator, edit: DeliveryEdit
) -> ClusterPlan | None:
    """Replace the plan if the operator is delivered to another Kubernetes cluster."""
    if not (relocation := edit.find_relocation(before.name)):
        return plan
    moved = happen(Kind.MOVED, OPERATOR, Fact.STARTS_EMPTY, shift=Shift(Aspect.PLACE, *relocation))
    left = happen(Kind.LEFT_BEHIND, EffectTarget(Scope.OPERATOR, place=relocation[0]), Fact.OPERATOR_ALONE)
    return make_plan(before, after, [moved, left])


def _adapt_effect(effect: Effect, before: RenderedOperator, users: tuple[Cost, ...], *, is_left: bool) -> Effect:
    if effect.targets != (OPERATOR,):
        return effect._replace(kind=Kind.LEFT_BEHIND) if is_left else effect
    if not is_left:
        return effect._replace(costs=(*effect.costs, *users))
    names = [Named("Deployment", body["metadata"]["name"]) for body in before.objects if body["kind"] == "Deployment"]
    # Deleting the whole overlay would delete the definitions.
    commands = (Delete(before.identity.namespace, tuple(names)),)
    return Effect(Kind.LEFT_BEHIND, effect.targets, costs=(Cost(Fact.OPERATOR_KEPT), *users), commands=commands)


def _report_users(left: tuple[str, ...], going: tuple[str, ...]) -> Iterator[Cost]:
    if left:
        yield Cost(Fact.USERS_LEFT, (left,))
    if going:
        yield Cost(Fact.USERS_GO, (going,))


def _uses(operator: RenderedOperator, cluster: RenderedCluster) -> bool:
    return cluster.valid.engine.kind == "operator" and operator.operator.looks_after(cluster.identity.namespace)
