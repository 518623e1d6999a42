"""What Kubernetes will do with an edit of the operator that the fleet installs, and what that means for clusters."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.installation import Installation
from daskgen.kubernetes.objects import Object
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import find_diffs
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.effects import DELETED, ClusterPlan, find_changes
from daskgen.totals import Totals

UNATTENDED = "its clusters run on, and nobody scales or deletes them any more: delete them first"

PAUSED = "its clusters run on; nobody makes, scales or deletes any until it is back"

KEPT = "Argo CD and Flux leave them; with them, kubectl deletes every object of their kinds in all namespaces"


def compare(before: Installation | None, after: Installation | None) -> ClusterPlan | None:
    """The plan for the operator that was there, is to be there, or both; None if nothing happens."""
    effects = sorted(_find_effects(before, after))
    it = after or before
    if not (effects and it):
        return None
    changes = find_changes(before.written.value(), after.written.value()) if before and after else ()
    asked, to_ask = (side.totals if side else Totals() for side in (before, after))
    diffs = tuple(find_diffs(_index(before), _index(after)))
    return ClusterPlan(it.name, it.identity.namespace, tuple(changes), tuple(effects), asked, to_ask, diffs)


def _find_effects(before: Installation | None, after: Installation | None) -> Iterator[Effect]:
    if before and after:
        yield from _compare(before, after)
    elif after:
        yield Effect(Kind.ADDED, f"the operator, {after.totals.objects} objects")
    elif before:
        yield Effect(Kind.DELETED, "the operator", UNATTENDED)
        if before.operator.namespace.create:
            yield Effect(Kind.DELETED, f"Namespace {before.identity.namespace}", DELETED["Namespace"])
    if before and before.operator.crds and not (after and after.operator.crds):
        yield Effect(Kind.DELETED, "the definitions of its resources", KEPT)


def _compare(before: Installation, after: Installation) -> Iterator[Effect]:
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


def _index(it: Installation | None) -> Objects:
    return {(body["kind"], body["metadata"]["name"]): body for body in (it.objects if it else ())}


def _tell(key: tuple[str, str], old: Object | None, new: Object | None) -> Iterator[Effect]:
    kind, title = key[0], " ".join(key)
    if not old:
        yield Effect(Kind.ADDED, title)
    elif new and kind == "Deployment":
        yield Effect(Kind.RESTARTED, "the operator", PAUSED)
    elif new:
        yield Effect(Kind.UPDATED, title)
    elif kind != "CustomResourceDefinition":
        yield Effect(Kind.DELETED, title, DELETED.get(kind, ""))
