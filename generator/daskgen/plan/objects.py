"""Find the effects of an edit on single objects of a cluster that keeps its name, namespace and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from daskgen.kubernetes import quantity
from daskgen.kubernetes.deletion import is_kept
from daskgen.kubernetes.labels import QUEUE
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.pod_security import ENFORCE, LEVELS
from daskgen.kubernetes.replicas import count_replicas, read_range
from daskgen.kubernetes.totals import CLAIM
from daskgen.notebook._workbench import STOPPED
from daskgen.parts.config import is_configuration
from daskgen.paths import get, put
from daskgen.plan.commands import Command, KeepReplicas
from daskgen.plan.custom import Objects
from daskgen.plan.effect import Effect, Kind, Scope, happen, name_object, remove, scale
from daskgen.plan.facts import Cost, Fact


def compare_objects(before: Objects, after: Objects) -> Iterator[Effect]:
    """Find the effects on each object that is added, removed or changed."""
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old and new:
            yield from COMPARE.get(key[0], _update)(old, new)
        elif old:
            yield _remove(old)
        elif new:
            yield happen(Kind.ADDED, name_object(new))


def _remove(old: Object) -> Effect:
    if is_kept(old):
        return happen(Kind.LEFT_BEHIND, name_object(old), Fact.RETAINED)
    return remove(old["kind"], name_object(old))


def _update(old: Object, new: Object) -> Iterable[Effect]:
    match new["kind"]:
        case "ConfigMap" if is_configuration(new):
            return []  # The change is reported with the pods that read it.
        case "PersistentVolumeClaim":
            return [_update_claim(old, new)]
        case "Service" if _is_family_fixed(old, new):
            return [happen(Kind.REFUSED, name_object(new), Fact.FAMILY_FIXED)]
        case "Namespace":
            return [happen(Kind.UPDATED, name_object(new), *find_lower_level(old, new))]
    return [happen(Kind.UPDATED, name_object(new))]


def _is_family_fixed(old: Object, new: Object) -> bool:
    """Return whether the API server refuses the edit, because the first IP family of a Service is another."""
    before, after = (get(body, ("spec", "ipFamilies")) or [] for body in (old, new))
    return bool(before and after) and before[0] != after[0]


def _update_claim(old: Object, new: Object) -> Effect:
    """Report whether the API server accepts a change of a claim: only its size can change, and only grow."""
    before, after = (quantity.parse(str(get(body, (*CLAIM, "storage")) or 0)) for body in (old, new))
    rest = [put(body, (*CLAIM, "storage"), "")["spec"] for body in (old, new)]
    if rest[0] != rest[1] or after < before:
        return happen(Kind.REFUSED, name_object(new), Fact.CLAIM_FIXED)
    return happen(Kind.UPDATED, name_object(new), *([Fact.CLAIM_GROWS] if after > before else []))


def find_lower_level(old: Object, new: Object) -> Iterator[Cost]:
    """Report a namespace that enforces a lower level of Pod Security than before."""
    before, after = ((get(body, ("metadata", "labels")) or {}).get(ENFORCE, "privileged") for body in (old, new))
    if after in LEVELS and before in LEVELS and LEVELS.index(after) < LEVELS.index(before):
        yield Cost(Fact.LEVEL_LOWERED, (after, before))


def _compare_deployments(old: Object, new: Object) -> Iterator[Effect]:
    before, after = old["spec"], new["spec"]
    if before["selector"] != after["selector"]:
        yield happen(Kind.RECREATED, name_object(new), Fact.SELECTOR_FIXED)
        return
    if _is_queue_fixed(old, new):
        yield happen(Kind.REFUSED, name_object(new), Fact.QUEUE_FIXED)
        return
    scaled = list(_compare_numbers(old, new))
    yield from scaled
    if before["template"] != after["template"]:
        yield _restart(new, min(count_replicas(body).most for body in (old, new)))
    elif not scaled:
        yield happen(Kind.UPDATED, name_object(new))


def _is_queue_fixed(old: Object, new: Object) -> bool:
    """Return whether Kueue refuses the edit: pods of another queue may be ready, or the queue is left out."""
    before, after = ((get(body, ("metadata", "labels")) or {}).get(QUEUE) for body in (old, new))
    return before not in (None, after) and (after is None or count_replicas(old).most > 0)


def _compare_numbers(old: Object, new: Object) -> Iterator[Effect]:
    """Find what happens to the number of pods, which the Deployment holds or an autoscaler sets."""
    target, (before, after) = name_object(new), (count_replicas(body) for body in (old, new))
    had, has = (read_range(body) is not None for body in (old, new))
    if before == after and had == has:
        return
    if has:
        drops = not had and before.least != 1
        costs = [Cost(Fact.NUMBER_AUTOSCALED, (after.text,)), *([Cost(Fact.NUMBER_REMOVED)] if drops else [])]
        commands = (_keep_replicas(new, before.least),) if drops else ()
        yield Effect(Kind.UPDATED, (target,), None, tuple(costs), commands)
    elif had:
        yield happen(Kind.UPDATED, target, Cost(Fact.NUMBER_FIXED, (after.text,)))
    else:
        yield scale(target, before.least, after.least)


def _keep_replicas(body: Object, replicas: int) -> Command:
    return KeepReplicas(body["metadata"]["namespace"], body["metadata"]["name"], replicas)


def _compare_notebooks(old: Object, new: Object) -> Iterable[Effect]:
    """Compare the StatefulSet of a notebook, whose one pod is recreated with its template."""
    if old["spec"]["template"] != new["spec"]["template"]:
        return [happen(Kind.RESTARTED, name_object(new), Fact.KERNELS_LOST)]
    return [happen(Kind.UPDATED, name_object(new))]


def _compare_workbenches(old: Object, new: Object) -> Iterable[Effect]:
    """Compare the Notebook of a workbench, whose pod also ends when it is stopped."""
    is_stopped, was_stopped = (STOPPED in body["metadata"].get("annotations", {}) for body in (new, old))
    if is_stopped and not was_stopped:
        return [happen(Kind.UPDATED, name_object(new), Fact.KERNELS_LOST)]
    return _compare_notebooks(old, new)


def _restart(new: Object, replicas: int) -> Effect:
    target = name_object(new)
    if target.scope is Scope.LOGIN:
        return happen(Kind.UPDATED, target, Fact.SESSIONS_KEPT)
    if new["spec"]["strategy"]["type"] == "Recreate":
        return happen(Kind.RESTARTED, target, Fact.LOST)
    if replicas == 0:
        return happen(Kind.UPDATED, target)
    return happen(Kind.ROLLED, target, Fact.ROLLED_ALONE if replicas == 1 else Fact.ROLLED_BY_QUARTERS)


COMPARE: Mapping[str, Callable[[Object, Object], Iterable[Effect]]] = {
    "Deployment": _compare_deployments,
    "StatefulSet": _compare_notebooks,
    "Notebook": _compare_workbenches,
}
"""Comparisons of objects that create pods, by kind."""
