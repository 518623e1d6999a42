"""What the dask-kubernetes operator does with an edit, and what those who bring it there do.

What the operator heeds is in `engine/update.py`. Argo CD never prunes what it has adopted, which are worker groups and
autoscalers (argo-cd 3.5, gitops-engine/pkg/cache/cluster.go); Flux does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from daskgen.engine._update import CONFIG, RECREATE, strip_heeded
from daskgen.kubernetes.kinds import CUSTOM, find_kind
from daskgen.kubernetes.objects import Key, Object
from daskgen.paths import get
from daskgen.plan.effect import LOST, Effect, Kind, name_pods, scale

Objects = Mapping[Key, Object]

EVERYTHING = "the cluster, its scheduler and all of its workers"

RENAMED = "the new one is made beside it, and Argo CD and Flux prune the old; who applies by hand deletes it"

FORCED = "by Argo CD, for a change of replicas too; Flux and kubectl only scale"

HANDED_OVER = "its workers hand over what they hold"

ADOPTED = "Argo CD does not prune what the operator has adopted; Flux does"


class Edit(NamedTuple):
    """A cluster of the operator before and after an edit: its objects by kind and short name."""

    name: str
    before: Objects
    after: Objects

    def pairs(self, kind: str) -> Iterator[tuple[Object | None, Object | None]]:
        """Objects of a kind, before and after, that are not the same."""
        for key in dict.fromkeys([*self.before, *self.after]):
            old, new = self.before.get(key), self.after.get(key)
            if key[0] == kind and old != new:
                yield old, new

    def kept(self, kind: str) -> Iterator[tuple[Object, Object]]:
        """Those of them that keep their name."""
        for old, new in self.pairs(kind):
            if old and new and _name(old) == _name(new):
                yield old, new

    def make_anew(self, objects: Iterable[Object]) -> str:
        """How to have the operator make objects from the start."""
        return f"{delete(objects)} && kubectl apply --server-side -k overlays/{self.name}"


def unmark(objects: Objects) -> Objects:
    """These without the marks that have Argo CD make them anew."""
    return {key: _unmark(it) if _is_forced(it) else it for key, it in objects.items()}


def _unmark(body: Object) -> Object:
    annotations = {key: it for key, it in body["metadata"]["annotations"].items() if key not in RECREATE}
    return {**body, "metadata": {**body["metadata"], "annotations": annotations}}


def find_effects(edit: Edit) -> Iterator[Effect]:
    """What happens to the pods, and to what they are made of."""
    for old, new in edit.pairs("DaskCluster"):
        if old and new and _name(old) != _name(new):
            yield Effect(Kind.RECREATED, EVERYTHING, f"{LOST}; {RENAMED}", delete([old]))
            return
        if new and _is_forced(new):
            yield Effect(Kind.RECREATED, EVERYTHING, f"{LOST}; {FORCED}")
            return
    yield from _find_ignored(edit)
    for kind in CUSTOM:
        for pair in edit.pairs(kind):
            yield from _compare(*pair)


def _find_ignored(edit: Edit) -> Iterator[Effect]:
    """What is stored, and reaches no pod that runs."""
    # What the operator has adopted goes with its cluster.
    command = edit.make_anew(it for key, it in edit.after.items() if key[0] in CUSTOM)
    parts = [part for pair in edit.kept("DaskCluster") for part in _find_differing_parts(*pair)]
    if parts:
        cost = f"pods stay as they were, also those added later, until the cluster is made anew; then {LOST}"
        yield Effect(Kind.IGNORED, ", ".join(parts), cost, command)
    for _, new in edit.kept("DaskJob"):
        cost = "it goes on as it is, or has ended; made anew, it runs once more"
        yield Effect(Kind.IGNORED, _title(new), cost, command)
    for _ in edit.kept("ConfigMap"):
        cost = f"pods that run keep theirs, those added later read the new, until the cluster is made anew; then {LOST}"
        yield Effect(Kind.IGNORED, "configuration", cost, command)
    yield from _find_ignored_groups(edit)


def _find_ignored_groups(edit: Edit) -> Iterator[Effect]:
    groups = [
        new for old, new in edit.kept("DaskWorkerGroup") if not _is_forced(new) and any(_find_differing_parts(old, new))
    ]
    if groups:
        cost = f"pods that run stay as they were, those added later do not; made anew, {HANDED_OVER} first"
        yield Effect(Kind.IGNORED, ", ".join(map(_title, groups)), cost, edit.make_anew(groups))


def _find_differing_parts(old: Object, new: Object) -> Iterator[str]:
    """Which parts differ in more than the operator heeds."""
    before, after = _strip(old), _strip(new)
    for part, value in after["spec"].items():
        if value != before["spec"].get(part):
            yield name_pods(get(value, ("metadata", "labels")) or {})
    if before["metadata"] != after["metadata"]:
        yield "labels and annotations"


def _compare(old: Object | None, new: Object | None) -> Iterator[Effect]:
    """What happens to an object of a cluster that stays."""
    if not (old and new):
        yield from _compare_presence(old, new)
    elif _name(old) != _name(new):
        cost = f"others are made beside them, and {HANDED_OVER} when they are pruned. {ADOPTED}"
        yield Effect(Kind.RECREATED, _title(new), cost, delete([old]))
    elif _is_forced(new):
        yield Effect(Kind.RECREATED, _title(new), f"{HANDED_OVER} first; {FORCED}")
    else:
        yield from _compare_heeded(old, new)


def _compare_presence(old: Object | None, new: Object | None) -> Iterator[Effect]:
    if new:
        yield Effect(Kind.ADDED, _title(new))
    elif old:
        yield Effect(Kind.LEFT_BEHIND, _title(old), ADOPTED, delete([old]))


def _compare_heeded(old: Object, new: Object) -> Iterator[Effect]:
    kind = find_kind(new["kind"])
    path = kind.replicas if kind.replicas in kind.applied else ()
    before, after = get(old, path), get(new, path)
    if path and before != after:
        yield scale(_title(new), before, after)
    elif not any(_find_differing_parts(old, new)):
        yield Effect(Kind.UPDATED, _title(new))


def delete(objects: Iterable[Object]) -> str:
    """How to delete custom resources, with all that was made of them, and wait until it is gone.

    The operator takes a scheduler that is still there for one that it has made.
    """
    found = list(objects)
    names = (f"{kind.path}.{kind.group}/{_name(it)}" for it in found for kind in [find_kind(it["kind"])])
    options = f"--namespace {found[0]['metadata']['namespace']} --cascade=foreground --ignore-not-found"
    return f"kubectl delete {options} {' '.join(names)}"


def _name(body: Object) -> str:
    name: str = body["metadata"]["name"]
    return name


def _title(body: Object) -> str:
    labels = get(body, ("spec", "worker", "metadata", "labels"))
    return name_pods(labels) if labels else f"{body['kind']} {_name(body)}"


def _is_forced(body: Object) -> bool:
    return RECREATE.items() <= (get(body, ("metadata", "annotations")) or {}).items()


def _strip(body: Object) -> Object:
    """What the operator does not heed, without daskgen's own marks."""
    stripped = strip_heeded(body)
    annotations = stripped["metadata"].pop("annotations", {})
    left = {key: value for key, value in annotations.items() if key not in {*RECREATE, CONFIG}}
    stripped["metadata"] |= {"annotations": left} if left else {}
    return stripped
