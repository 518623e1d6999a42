"""Find what the dask-kubernetes operator, and the engines that deliver its resources, do with an edit.

`engine/_update.py` lists the changes that the operator applies to pods. Not every delivery engine prunes objects that
the operator owns, which are worker groups and autoscalers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from daskgen.delivery import list_engines, name_engines
from daskgen.engine._update import CONFIG, RECREATE, strip_heeded
from daskgen.kubernetes.kinds import CUSTOM, find_kind
from daskgen.kubernetes.objects import Key, Object
from daskgen.parts.config import is_configuration
from daskgen.paths import get
from daskgen.plan.commands import Apply, Command, delete
from daskgen.plan.effect import CLUSTER, Effect, EffectTarget, Kind, Scope, happen, name_object, name_pods, scale
from daskgen.plan.facts import Cost, Fact

Objects = Mapping[Key, Object]


class Edit(NamedTuple):
    """A cluster of the operator before and after an edit: its objects by kind and short name."""

    name: str
    before: Objects
    after: Objects

    def pairs(self, kind: str) -> Iterator[tuple[Object | None, Object | None]]:
        """Find objects of a kind that differ before and after."""
        for key in dict.fromkeys([*self.before, *self.after]):
            old, new = self.before.get(key), self.after.get(key)
            if key[0] == kind and old != new:
                yield old, new

    def kept(self, kind: str) -> Iterator[tuple[Object, Object]]:
        """Find differing objects of a kind that keep their full name."""
        for old, new in self.pairs(kind):
            if old and new and _name(old) == _name(new):
                yield old, new

    def recreate(self, objects: Iterable[Object]) -> tuple[Command, ...]:
        """Return the commands that make the operator recreate objects."""
        return (*delete(objects), Apply(f"overlays/{self.name}"))


def unmark(objects: Objects, marks: Mapping[str, str]) -> Objects:
    """Remove the annotations `marks` from objects that have all of them."""
    return {key: _unmark(body, marks) if marks and _has(body, marks) else body for key, body in objects.items()}


def _unmark(body: Object, marks: Mapping[str, str]) -> Object:
    annotations = {key: value for key, value in body["metadata"]["annotations"].items() if key not in marks}
    return {**body, "metadata": {**body["metadata"], "annotations": annotations}}


def find_custom_effects(edit: Edit) -> Iterator[Effect]:
    """Find the effects on the cluster's custom resources and their pods."""
    for old, new in edit.pairs("DaskCluster"):
        if old and new and _name(old) != _name(new):
            effect = happen(Kind.RECREATED, CLUSTER, Fact.LOST, Cost(Fact.BESIDE_OLD, (_name_pruners(),)))
            yield effect._replace(commands=delete([old]))
            return
        if new and _has(new, RECREATE):
            yield happen(Kind.RECREATED, CLUSTER, Fact.LOST, Cost(Fact.RECREATED_BY, (_name_recreators(),)))
            return
    yield from _find_ignored(edit)
    for kind in CUSTOM:
        for pair in edit.pairs(kind):
            yield from _compare(*pair)


def _name_pruners() -> tuple[str, ...]:
    return name_engines(list_engines())


def _name_recreators() -> tuple[str, ...]:
    return name_engines(engine for engine in list_engines() if engine.recreate_marks())


def _report_adopted() -> Iterator[Cost]:
    """Report which engines prune objects that the operator owns, and which do not."""
    for fact, is_able in ((Fact.ADOPTED, False), (Fact.PRUNED, True)):
        if titles := name_engines(engine for engine in list_engines() if engine.prunes_adopted() == is_able):
            yield Cost(fact, (titles,))


def _find_ignored(edit: Edit) -> Iterator[Effect]:
    """Find changes that are stored, but reach no running pod."""
    # Objects that the operator owns are deleted with their cluster.
    commands = edit.recreate(body for key, body in edit.after.items() if key[0] in CUSTOM)
    parts = tuple(part for pair in edit.kept("DaskCluster") for part in _find_differing_parts(*pair))
    if parts:
        yield Effect(Kind.IGNORED, parts, None, (Cost(Fact.PODS_KEPT), Cost(Fact.LOST_THEN)), commands)
    for _, new in edit.kept("DaskJob"):
        yield happen(Kind.IGNORED, _make_target(new), Fact.JOB_KEPT)._replace(commands=commands)
    for _ in filter(is_configuration, (new for _, new in edit.kept("ConfigMap"))):
        costs = Fact.CONFIGURATION_KEPT, Fact.LOST_THEN
        yield happen(Kind.IGNORED, EffectTarget(Scope.CONFIGURATION), *costs)._replace(commands=commands)
    groups = [
        new
        for old, new in edit.kept("DaskWorkerGroup")
        if not _has(new, RECREATE) and any(_find_differing_parts(old, new))
    ]
    if groups:
        kept = Cost(Fact.GROUP_PODS_KEPT), Cost(Fact.HANDED_OVER)
        yield Effect(Kind.IGNORED, tuple(map(_make_target, groups)), None, kept, edit.recreate(groups))


def _find_differing_parts(old: Object, new: Object) -> Iterator[EffectTarget]:
    """Find the parts whose changes the operator does not apply to pods."""
    before, after = _strip(old), _strip(new)
    for part, value in after["spec"].items():
        if value != before["spec"].get(part):
            yield name_pods(get(value, ("metadata", "labels")) or {})
    if before["metadata"] != after["metadata"]:
        yield EffectTarget(Scope.METADATA)


def _compare(old: Object | None, new: Object | None) -> Iterator[Effect]:
    """Find the effects on one object of a cluster that is kept."""
    if new and not old:
        yield happen(Kind.ADDED, _make_target(new))
    elif old and not new:
        yield happen(Kind.LEFT_BEHIND, _make_target(old), *_report_adopted())._replace(commands=delete([old]))
    elif old and new:
        yield from _compare_kept(old, new)


def _compare_kept(old: Object, new: Object) -> Iterator[Effect]:
    if _name(old) != _name(new):
        effect = happen(Kind.RECREATED, _make_target(new), Fact.STARTS_EMPTY, Fact.HANDED_OVER, *_report_adopted())
        yield effect._replace(commands=delete([old]))
    elif _has(new, RECREATE):
        by = Cost(Fact.RECREATED_BY, (_name_recreators(),))
        yield happen(Kind.RECREATED, _make_target(new), Fact.HANDED_OVER, by)
    else:
        yield from _compare_heeded(old, new)


def _compare_heeded(old: Object, new: Object) -> Iterator[Effect]:
    kind = find_kind(new["kind"])
    path = kind.replicas if kind.replicas in kind.applied else ()
    before, after = get(old, path), get(new, path)
    if path and before != after:
        yield scale(_make_target(new), before, after)
    elif not any(_find_differing_parts(old, new)):
        yield happen(Kind.UPDATED, _make_target(new))


def _name(body: Object) -> str:
    name: str = body["metadata"]["name"]
    return name


def _make_target(body: Object) -> EffectTarget:
    labels = get(body, ("spec", "worker", "metadata", "labels"))
    return name_pods(labels) if labels else name_object(body)


def _has(body: Object, marks: Mapping[str, str]) -> bool:
    return marks.items() <= (get(body, ("metadata", "annotations")) or {}).items()


def _strip(body: Object) -> Object:
    """Return the fields that the operator does not apply to pods, without daskgen's own annotations."""
    stripped = strip_heeded(body)
    annotations = stripped["metadata"].pop("annotations", {})
    left = {key: value for key, value in annotations.items() if key not in {*RECREATE, CONFIG}}
    stripped["metadata"] |= {"annotations": left} if left else {}
    return stripped
