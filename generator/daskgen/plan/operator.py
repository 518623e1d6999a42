"""What Kubernetes will do with an edit of the operator that the fleet installs, and what that means for clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import find_diffs
from daskgen.plan.effect import Effect, Kind, remove
from daskgen.plan.effects import ClusterPlan, make_plan
from daskgen.plan.route import Fate, Transfer
from daskgen.render.cluster import RenderedCluster
from daskgen.render.operator import RenderedOperator

UNATTENDED = "its clusters run on, and nobody scales or deletes them any more: delete them first"

LEFT = "it runs on, and nobody looks after it, as its group goes and takes nothing along; delete it after its clusters"

ALONE = "it runs on, and nobody looks after it: delete it after its clusters"

TITLE = "the operator"

PAUSED = "its clusters run on; nobody makes, scales or deletes any until it is back"

KEPT = "Argo CD and Flux leave them; with them, kubectl deletes every object of their kinds in all namespaces"


def compare(before: RenderedOperator | None, after: RenderedOperator | None) -> ClusterPlan | None:
    """The plan for the operator that was there, is to be there, or both; None if nothing happens."""
    return make_plan(before, after, _find_effects(before, after), find_diffs(_index(before), _index(after)))


def _find_effects(before: RenderedOperator | None, after: RenderedOperator | None) -> Iterator[Effect]:
    if before and after:
        yield from _compare(before, after)
    elif after:
        yield Effect(Kind.ADDED, f"the operator, {after.totals.objects} objects")
    elif before:
        yield Effect(Kind.DELETED, TITLE, UNATTENDED)
        if before.operator.namespace.create:
            yield remove("Namespace", f"Namespace {before.identity.namespace}")
    if before and before.operator.crds and not (after and after.operator.crds):
        yield Effect(Kind.DELETED, "the definitions of its resources", KEPT)


def _compare(before: RenderedOperator, after: RenderedOperator) -> Iterator[Effect]:
    home, new_home = before.identity.namespace, after.identity.namespace
    if home != new_home:
        yield Effect(Kind.MOVED, f"the operator, from namespace {home} to {new_home}", PAUSED)
        return
    yield from compare_objects(_index(before), _index(after))


def compare_objects(old: Objects, new: Objects) -> Iterator[Effect]:
    """What happens to an operator that stays in its namespace, by kind and full name of its objects."""
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield from _tell(key, old.get(key), new.get(key))


def _index(it: RenderedOperator | None) -> Objects:
    return {key_of(body): body for body in (it.objects if it else ())}


def _tell(key: Key, old: Object | None, new: Object | None) -> Iterator[Effect]:
    kind, title = key[0], " ".join(key)
    if not old:
        yield Effect(Kind.ADDED, title)
    elif new and kind == "Deployment":
        yield Effect(Kind.RESTARTED, "the operator", PAUSED)
    elif new:
        yield Effect(Kind.UPDATED, title)
    elif kind != "CustomResourceDefinition":
        yield remove(kind, title)


class Change(NamedTuple):
    """The operator and the clusters of a fleet before and after an edit, and how they are delivered."""

    before: RenderedOperator | None
    after: RenderedOperator | None
    clusters: Mapping[str, RenderedCluster]
    edited: Mapping[str, RenderedCluster]
    transfer: Transfer

    def find_users(self) -> tuple[list[str], list[str]]:
        """The clusters that are left without the operator, and those that go together with it."""
        used = [name for name, it in self.clusters.items() if self.before and _uses(self.before, it)]
        return [it for it in used if it in self.edited], [it for it in used if it not in self.edited]


def settle(plan: ClusterPlan | None, change: Change) -> ClusterPlan | None:
    """The operator's plan with what becomes of its clusters, and with what delivery makes of it, if it is to go."""
    if change.before and change.after:
        return _carry(plan, change.before, change.after, change.transfer)
    if not (plan and change.before):
        return plan
    users = _describe_users(*change.find_users())
    delivered = change.transfer.find_fate(change.before.name) is Fate.LEFT
    return plan.settle(_settle(plan, change.before, users, delivered=delivered))


def _carry(
    plan: ClusterPlan | None, before: RenderedOperator, after: RenderedOperator, transfer: Transfer
) -> ClusterPlan | None:
    """The plan, if the operator is not delivered to another Kubernetes cluster."""
    if not (journey := transfer.find_journey(before.name)):
        return plan
    start, end = journey
    moved = Effect(Kind.MOVED, f"the operator, from {start} to {end}", "made there")
    return make_plan(before, after, [moved, Effect(Kind.LEFT_BEHIND, f"the operator on {start}", ALONE)])


def _settle(plan: ClusterPlan, before: RenderedOperator, users: str, *, delivered: bool) -> Iterator[Effect]:
    for it in plan.effects:
        if not delivered:
            yield it._replace(cost=f"{it.cost}{users}") if it.what == TITLE else it
        elif it.what == TITLE:
            names = [body["metadata"]["name"] for body in before.objects if body["kind"] == "Deployment"]
            # Not all of its overlay, which holds the definitions.
            command = f"kubectl delete --namespace {before.identity.namespace} deployment {' '.join(names)}"
            yield Effect(Kind.LEFT_BEHIND, it.what, f"{LEFT}{users}", command)
        else:
            yield it._replace(kind=Kind.LEFT_BEHIND)


def _describe_users(left: list[str], going: list[str]) -> str:
    words = [f"its clusters: {', '.join(left)}"] if left else []
    if going:
        words.append(f"in one merge with {', '.join(going)}: let these go first, or they hang at its finalizer")
    return "".join(f"; {it}" for it in words)


def _uses(operator: RenderedOperator, cluster: RenderedCluster) -> bool:
    return cluster.valid.engine.kind == "operator" and operator.operator.looks_after(cluster.identity.namespace)
