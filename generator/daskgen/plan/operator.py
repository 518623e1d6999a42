"""What Kubernetes will do with an edit of the operator that the fleet installs, and what that means for clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from daskgen.delivery import list_engines, name_engines
from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.plan.commands import Delete, Named
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import find_diffs
from daskgen.plan.effect import (
    OPERATOR,
    Aspect,
    Cost,
    Effect,
    Fact,
    Kind,
    Scope,
    Shift,
    Subject,
    happen,
    remove,
)
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.plan.route import Fate, Transfer
from daskgen.render.cluster import RenderedCluster
from daskgen.render.operator import RenderedOperator


def compare(before: RenderedOperator | None, after: RenderedOperator | None) -> ClusterPlan | None:
    """Plan for the operator that was there, is to be there, or both; None if nothing happens."""
    return make_plan(before, after, _find_effects(before, after), find_diffs(_index(before), _index(after)))


def _find_effects(before: RenderedOperator | None, after: RenderedOperator | None) -> Iterator[Effect]:
    if before and after:
        yield from _compare(before, after)
    elif after:
        yield happen(Kind.ADDED, OPERATOR, shift=Shift(Aspect.OBJECTS, 0, after.totals.objects))
    elif before:
        yield happen(Kind.DELETED, OPERATOR, Fact.OPERATOR_MISSED)
        if before.operator.namespace.create:
            yield remove("Namespace", Subject(Scope.OBJECT, "Namespace", before.identity.namespace))
    if before and before.operator.crds and not (after and after.operator.crds):
        kept = Cost(Fact.DEFINITIONS_KEPT, (name_engines(list_engines()),))
        yield happen(Kind.DELETED, Subject(Scope.DEFINITIONS), kept)


def _compare(before: RenderedOperator, after: RenderedOperator) -> Iterator[Effect]:
    home, new_home = before.identity.namespace, after.identity.namespace
    if home != new_home:
        yield happen(Kind.MOVED, OPERATOR, Fact.OPERATOR_PAUSED, shift=Shift(Aspect.NAMESPACE, home, new_home))
        return
    yield from compare_objects(_index(before), _index(after))


def compare_objects(old: Objects, new: Objects) -> Iterator[Effect]:
    """Find what happens to an operator that stays in its namespace, by kind and full name of its objects."""
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield from _tell(key, old.get(key), new.get(key))


def _index(it: RenderedOperator | None) -> Objects:
    return {key_of(body): body for body in (it.objects if it else ())}


def _tell(key: Key, old: Object | None, new: Object | None) -> Iterator[Effect]:
    kind, subject = key[0], Subject(Scope.OBJECT, *key)
    if not old:
        yield happen(Kind.ADDED, subject)
    elif new and kind == "Deployment":
        yield happen(Kind.RESTARTED, OPERATOR, Fact.OPERATOR_PAUSED)
    elif new:
        yield happen(Kind.UPDATED, subject)
    elif kind != "CustomResourceDefinition":
        yield remove(kind, subject)


class OperatorEdit(NamedTuple):
    """The operator and the clusters of a fleet before and after an edit, and how they are delivered."""

    before: RenderedOperator | None
    after: RenderedOperator | None
    clusters: Mapping[str, RenderedCluster]
    edited: Mapping[str, RenderedCluster]
    transfer: Transfer

    def find_users(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Find the clusters that are left without the operator, and those that go together with it."""
        used = [name for name, it in self.clusters.items() if self.before and _uses(self.before, it)]
        left = tuple(name for name in used if name in self.edited)
        return left, tuple(name for name in used if name not in self.edited)


def settle(plan: ClusterPlan | None, change: OperatorEdit) -> ClusterPlan | None:
    """Return the operator's plan with what becomes of its clusters, and with what delivery makes of it."""
    if change.before and change.after:
        return _carry(plan, change.before, change.after, change.transfer)
    if not (plan and change.before):
        return plan
    is_left = change.transfer.find_fate(change.before.name) is Fate.LEFT
    users = tuple(_tell_users(*change.find_users()))
    return plan.settle(_settle(effect, change.before, users, is_left=is_left) for effect in plan.effects)


def _carry(
    plan: ClusterPlan | None, before: RenderedOperator, after: RenderedOperator, transfer: Transfer
) -> ClusterPlan | None:
    """Return the plan, if the operator is not delivered to another Kubernetes cluster."""
    if not (journey := transfer.find_journey(before.name)):
        return plan
    moved = happen(Kind.MOVED, OPERATOR, Fact.STARTS_EMPTY, shift=Shift(Aspect.PLACE, *journey))
    left = happen(Kind.LEFT_BEHIND, Subject(Scope.OPERATOR, place=journey[0]), Fact.OPERATOR_ALONE)
    return make_plan(before, after, [moved, left])


def _settle(effect: Effect, before: RenderedOperator, users: tuple[Cost, ...], *, is_left: bool) -> Effect:
    if effect.subjects != (OPERATOR,):
        return effect._replace(kind=Kind.LEFT_BEHIND) if is_left else effect
    if not is_left:
        return effect._replace(costs=(*effect.costs, *users))
    names = [Named("Deployment", body["metadata"]["name"]) for body in before.objects if body["kind"] == "Deployment"]
    # Not all of its overlay, which holds the definitions.
    commands = (Delete(before.identity.namespace, tuple(names)),)
    return Effect(Kind.LEFT_BEHIND, effect.subjects, costs=(Cost(Fact.OPERATOR_KEPT), *users), commands=commands)


def _tell_users(left: tuple[str, ...], going: tuple[str, ...]) -> Iterator[Cost]:
    if left:
        yield Cost(Fact.USERS_LEFT, (left,))
    if going:
        yield Cost(Fact.USERS_GO, (going,))


def _uses(operator: RenderedOperator, cluster: RenderedCluster) -> bool:
    return cluster.valid.engine.kind == "operator" and operator.operator.looks_after(cluster.identity.namespace)
