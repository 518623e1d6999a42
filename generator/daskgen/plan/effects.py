"""What Kubernetes will do with an edit, told from a cluster's objects before and after it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from daskgen.kubernetes.deletion import describe_losses
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.labels import COMPONENT
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.totals import Totals
from daskgen.layers.truth import index_truth
from daskgen.paths import Path
from daskgen.plan import custom
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import Diff, find_diffs
from daskgen.plan.effect import LOST, Effect, Kind, name_pods, remove, scale
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay


class Change(NamedTuple):
    """A value before and after, None: not there. Of the spec; or of an object that runs, and who has set it there."""

    path: Path
    before: Any
    after: Any
    by: str = ""


class ClusterPlan(NamedTuple):
    """What an edit does to one cluster."""

    name: str
    namespace: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    before: Totals
    after: Totals
    diffs: tuple[Diff, ...] = ()

    @property
    def gravest(self) -> Kind:
        """The worst of what happens."""
        return min(it.kind for it in self.effects)

    def settle(self, effects: Iterable[Effect]) -> ClusterPlan:
        """The plan with other effects; what is left behind goes on, and asks for what it did."""
        found = tuple(sorted(effects))
        if self.after.objects or all(it.kind is not Kind.LEFT_BEHIND for it in found):
            return self._replace(effects=found)
        return self._replace(effects=found, after=self.before, diffs=())


def compare(
    before: RenderedCluster | None, after: RenderedCluster | None, *, marked: bool = True
) -> ClusterPlan | None:
    """The plan for a cluster that was there, is to be there, or both; None if nothing happens.

    `marked` is false where what delivers the cluster does not heed marks for it to be made anew.
    """
    if before is after:
        return None
    old, new = (_index(side) if side else {} for side in (before, after))
    heeded = (old, new) if marked else (custom.unmark(old), custom.unmark(new))
    return make_plan(before, after, _find_effects(before, after, *heeded), find_diffs(old, new))


def make_plan(
    before: RenderedOverlay | None,
    after: RenderedOverlay | None,
    effects: Iterable[Effect],
    diffs: Iterable[Diff] = (),
) -> ClusterPlan | None:
    """The plan with these effects on a cluster, or on the operator; None if there are none."""
    it, found = after or before, tuple(sorted(effects))
    if not (found and it):
        return None
    changes = find_changes(before.written.value(), after.written.value()) if before and after else ()
    asked, to_ask = (side.totals if side else Totals() for side in (before, after))
    return ClusterPlan(it.name, it.identity.namespace, tuple(changes), found, asked, to_ask, tuple(diffs))


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


def _find_effects(
    before: RenderedCluster | None, after: RenderedCluster | None, old: Objects, new: Objects
) -> Iterator[Effect]:
    if not after:
        yield Effect(Kind.DELETED, "the cluster", describe_loss(before) if before else "")
    elif not before:
        yield Effect(Kind.ADDED, f"the cluster, {after.totals.objects} objects")
    elif before.name != after.name:
        cost = "the new one is made beside the old, and starts empty"
        yield Effect(Kind.RENAMED, f"the cluster, from {before.name} to {after.name}", cost)
    elif before.identity.namespace != after.identity.namespace:
        namespaces = f"{before.identity.namespace} to {after.identity.namespace}"
        yield Effect(Kind.MOVED, f"the cluster, from namespace {namespaces}", LOST)
    else:
        yield from compare_objects(after.name, old, new)


def describe_loss(it: RenderedCluster, kept: Container[str] = ()) -> str:
    """What is lost with a cluster that is deleted; `kept` are namespaces that stay all the same."""
    return "; ".join([LOST, *describe_losses([full.body for full in it.truth], kept)])


def find_namespaces(it: RenderedCluster) -> set[str]:
    """The namespaces that an overlay holds."""
    return {it.identity.namespace for resource in it.resources if resource.key[0] == "Namespace"}


def _index(prepared: RenderedCluster) -> Objects:
    return index_truth(prepared.resources, prepared.identity)


def compare_objects(name: str, before: Objects, after: Objects) -> Iterator[Effect]:
    """What happens to a cluster that stays in its namespace; what its pods hang on may not be there yet."""
    maker = _find_maker(after)
    former = _find_maker(before) or maker
    if former != maker:
        yield Effect(Kind.RECREATED, "the cluster, by another engine or as another kind", LOST)
    elif maker != "Deployment":
        yield from custom.find_effects(custom.Edit(name, before, after))
    told = CUSTOM if former == maker else {*CUSTOM, "Deployment"}
    yield from _compare_each(*({key: it for key, it in one.items() if key[0] not in told} for one in (before, after)))


def _find_maker(objects: Objects) -> str:
    """The kind that all else of a cluster's pods hangs on; "" if there is none."""
    return next((kind for kind, _ in objects if kind in ("DaskCluster", "DaskJob", "Deployment")), "")


def _compare_each(before: Objects, after: Objects) -> Iterator[Effect]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old and new:
            yield from _compare_deployments(old, new) if key[0] == "Deployment" else _update(new)
        elif old:
            yield remove(key[0], describe(old))
        elif new:
            yield Effect(Kind.ADDED, describe(new))


def _update(new: Object) -> Iterable[Effect]:
    if new["kind"] == "ConfigMap":
        return  # the pods that read it tell the rest
    yield Effect(Kind.UPDATED, describe(new))


def _compare_deployments(old: Object, new: Object) -> Iterator[Effect]:
    title, before, after = describe(new), old["spec"], new["spec"]
    if before["selector"] != after["selector"]:
        yield Effect(Kind.RECREATED, title, "its selector cannot be changed: delete it first")
        return
    counts = before.get("replicas", 1), after.get("replicas", 1)
    if counts[0] != counts[1]:
        yield scale(title, *counts)
    if before["template"] != after["template"]:
        yield _restart(new, title, min(counts))
    elif counts[0] == counts[1]:
        yield Effect(Kind.UPDATED, title)


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


def describe(body: Object) -> str:
    """What people call an object."""
    labels = body["metadata"].get("labels", {})
    if body["kind"] == "Deployment" and COMPONENT in labels:
        return name_pods(labels)
    return f"{body['kind']} {body['metadata']['name']}"
