"""What Kubernetes will do with an edit, told from a cluster's objects before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from daskgen.kubernetes.labels import COMPONENT, GROUP
from daskgen.kubernetes.objects import Object
from daskgen.layers.truth import personalize
from daskgen.paths import Path
from daskgen.review import Prepared, Totals


class Kind(IntEnum):
    """What happens, the gravest first."""

    DELETED = 0
    MOVED = 1
    RECREATED = 2
    RESTARTED = 3
    ROLLED = 4
    SCALED = 5
    UPDATED = 6
    ADDED = 7

    @property
    def word(self) -> str:
        """As people read it."""
        return "updated in place" if self is Kind.UPDATED else self.name.lower()


class Effect(NamedTuple):
    """One thing that happens: to what, and what that costs."""

    kind: Kind
    what: str
    cost: str = ""


class Change(NamedTuple):
    """A value of the spec before and after; None: not there."""

    path: Path
    before: Any
    after: Any


class ClusterPlan(NamedTuple):
    """What an edit does to one cluster."""

    name: str
    namespace: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    before: Totals
    after: Totals

    @property
    def gravest(self) -> Kind:
        """The worst of what happens."""
        return min(it.kind for it in self.effects)


LOST = "what runs, and what its workers hold in memory, is lost"


def compare(before: Prepared | None, after: Prepared | None) -> ClusterPlan | None:
    """The plan for a cluster that was there, is to be there, or both; None if nothing happens."""
    effects = sorted(_find_effects(before, after))
    it = after or before
    if not (effects and it):
        return None
    changes = find_changes(before.written.value(), after.written.value()) if before and after else ()
    totals = [side.totals if side else Totals() for side in (before, after)]
    return ClusterPlan(it.name, it.identity.namespace, tuple(changes), tuple(effects), *totals)


def find_changes(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Values that differ, as deep as both sides are alike."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from find_changes(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from find_changes(*pair, (*path, index))
    elif before != after:
        yield Change(path, before, after)


def _find_effects(before: Prepared | None, after: Prepared | None) -> Iterator[Effect]:
    if not after:
        yield Effect(Kind.DELETED, "the cluster", _describe_loss(before.resources if before else ()))
    elif not before:
        yield Effect(Kind.ADDED, f"the cluster, {after.totals.objects} objects")
    elif before.identity.namespace != after.identity.namespace:
        namespaces = f"{before.identity.namespace} to {after.identity.namespace}"
        yield Effect(Kind.MOVED, f"the cluster, from namespace {namespaces}", LOST)
    else:
        yield from _compare_objects(_index(before), _index(after))


def _describe_loss(resources: Sequence[Any]) -> str:
    kinds = {it.body["kind"] for it in resources}
    more = "; so is its namespace, with all that others have there" if "Namespace" in kinds else ""
    return f"{LOST}{more}"


def _index(prepared: Prepared) -> dict[tuple[str, str], Object]:
    """Objects as Kubernetes gets them, by kind and short name: that of a ConfigMap changes with its content."""
    truths = personalize(prepared.resources, prepared.identity)
    return {short.key: full.body for short, full in zip(prepared.resources, truths, strict=True)}


def _compare_objects(
    before: Mapping[tuple[str, str], Object], after: Mapping[tuple[str, str], Object]
) -> Iterator[Effect]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old and new:
            yield from _compare_deployments(old, new) if key[0] == "Deployment" else _update(new)
        elif old:
            yield Effect(Kind.DELETED, _title(old), DELETED.get(key[0], ""))
        elif new:
            yield Effect(Kind.ADDED, _title(new))


DELETED = {
    "Deployment": "its pods hand over what they hold and go",
    "Namespace": "with everything in it, also of others",
    "PersistentVolumeClaim": "with the data on it, unless its volume is kept",
}
"""What the deletion of an object costs, by kind."""


def _update(new: Object) -> Iterable[Effect]:
    if new["kind"] == "ConfigMap":
        return  # under a new name; the pods that read it tell the rest
    yield Effect(Kind.UPDATED, _title(new))


def _compare_deployments(old: Object, new: Object) -> Iterator[Effect]:
    title, before, after = _title(new), old["spec"], new["spec"]
    if before["selector"] != after["selector"]:
        yield Effect(Kind.RECREATED, title, "its selector cannot be changed: delete it first")
        return
    counts = before.get("replicas", 1), after.get("replicas", 1)
    if counts[0] != counts[1]:
        yield Effect(Kind.SCALED, f"{title} {counts[0]} → {counts[1]}", _describe_scaling(*counts))
    if before["template"] != after["template"]:
        yield _restart(new, title, min(counts))
    elif counts[0] == counts[1]:
        yield Effect(Kind.UPDATED, title)


def _describe_scaling(before: int, after: int) -> str:
    if after == 0:
        return "what they hold moves to other groups, or is lost where there are none"
    return "what those that go hold moves to the others first" if after < before else ""


def _restart(new: Object, title: str, replicas: int) -> Effect:
    if new["spec"]["strategy"]["type"] == "Recreate":
        return Effect(Kind.RESTARTED, title, LOST)
    if replicas == 0:
        return Effect(Kind.UPDATED, title)
    if replicas == 1:
        return Effect(
            Kind.ROLLED, title, "its one worker's data moves to other groups, or is lost where there are none"
        )
    return Effect(Kind.ROLLED, title, "a quarter of the workers at a time, each handing over what it holds first")


def _title(body: Object) -> str:
    labels = body["metadata"].get("labels", {})
    if body["kind"] == "Deployment" and COMPONENT in labels:
        return f"workers {labels[GROUP]}" if GROUP in labels else "scheduler"
    return f"{body['kind']} {body['metadata']['name']}"
