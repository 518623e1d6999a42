"""Plan what an edit does to a cluster, from its objects before and after the edit."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from daskgen.kubernetes import quantity
from daskgen.kubernetes.deletion import Losses, find_losses, is_kept
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.labels import QUEUE
from daskgen.kubernetes.objects import Key, Object
from daskgen.kubernetes.pod_security import ENFORCE, LEVELS
from daskgen.kubernetes.replicas import count_replicas, read_range
from daskgen.kubernetes.totals import CLAIM
from daskgen.layers.truth import index_truth
from daskgen.parts.config import is_configuration
from daskgen.paths import get, put
from daskgen.plan import custom
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import diff_objects
from daskgen.plan.effect import (
    CLUSTER,
    Aspect,
    Cost,
    Effect,
    Fact,
    Kind,
    Scope,
    Shift,
    happen,
    name_object,
    remove,
    scale,
)
from daskgen.plan.plans import ClusterPlan, make_plan
from daskgen.render.cluster import RenderedCluster


def plan_cluster(
    before: RenderedCluster | None, after: RenderedCluster | None, unheeded: Mapping[str, str] | None = None
) -> ClusterPlan | None:
    """Plan the edit of a cluster that exists before, after, or on both sides; None if nothing happens.

    `unheeded` are annotations that request to recreate an object, which the engines of this cluster do not support.
    """
    if before is after:
        return None
    old, new = (_index(side) if side else {} for side in (before, after))
    heeded = (custom.unmark(objects, unheeded or {}) for objects in (old, new))
    return make_plan(before, after, _find_effects(before, after, *heeded), diff_objects(old, new))


def _find_effects(
    before: RenderedCluster | None, after: RenderedCluster | None, old: Objects, new: Objects
) -> Iterator[Effect]:
    if not after:
        yield happen(Kind.DELETED, CLUSTER, *(describe_loss(before) if before else ()))
    elif not before:
        shift = Shift(Aspect.OBJECTS, 0, after.totals.objects)
        yield happen(Kind.ADDED, CLUSTER, *_describe_new(new), *_describe_kept(after), shift=shift)
    elif before.name != after.name:
        yield happen(Kind.RENAMED, CLUSTER, Fact.STARTS_EMPTY, shift=Shift(Aspect.NAME, before.name, after.name))
    elif before.identity.namespace != after.identity.namespace:
        namespaces = before.identity.namespace, after.identity.namespace
        yield happen(Kind.MOVED, CLUSTER, Fact.STARTS_EMPTY, shift=Shift(Aspect.NAMESPACE, *namespaces))
    else:
        yield from _compare_encryption(before, after)
        yield from find_object_effects(after.name, old, new)


def _compare_encryption(before: RenderedCluster, after: RenderedCluster) -> Iterator[Effect]:
    """Report what people who use the cluster have to do when its TLS changes."""
    was, will = (side.cluster.tls if side.cluster else None for side in (before, after))
    kept = [] if was and was.renewal == "keep" else [*_describe_kept(after)]
    if bool(was) != bool(will):
        yield happen(Kind.UPDATED, CLUSTER, Fact.CLIENTS_ENCRYPT if will else Fact.CLIENTS_PLAIN, *kept)
    elif kept:
        yield happen(Kind.UPDATED, CLUSTER, *kept)


def _describe_kept(cluster: RenderedCluster) -> Iterator[Cost]:
    """Say how long a scheduler that takes no renewed certificate may run, where that is known."""
    tls = cluster.cluster.tls if cluster.cluster else None
    if tls and tls.renewal == "keep" and tls.issuer.duration:
        yield Cost(Fact.CERTIFICATE_KEPT, (tls.issuer.duration,))


def describe_loss(cluster: RenderedCluster, kept: Container[str] = ()) -> tuple[Cost, ...]:
    """Find what is lost with a deleted cluster; `kept` are namespaces that are not deleted with it."""
    return (Cost(Fact.LOST), *_describe_losses(find_losses([full.body for full in cluster.truth], kept)))


def _describe_losses(losses: Losses) -> Iterator[Cost]:
    if losses.namespace:
        yield Cost(Fact.NAMESPACE_LOST)
    for fact, names in (
        (Fact.CLAIMS_LOST, losses.claims),
        (Fact.POD_VOLUMES_LOST, losses.pod_volumes),
        (Fact.CLAIMS_KEPT, losses.kept_claims),
        (Fact.CLAIMS_RETAINED, losses.retained),
    ):
        if names:
            yield Cost(fact, (names,))


def find_namespaces(cluster: RenderedCluster) -> set[str]:
    """Find the Namespaces that are part of a cluster's overlay."""
    return {cluster.identity.namespace for resource in cluster.resources if resource.kind == "Namespace"}


def _index(cluster: RenderedCluster) -> Objects:
    """Index rendered objects by kind and short name, as the full name of a ConfigMap changes with its content."""
    return index_truth(cluster.resources, cluster.identity)


def find_object_effects(name: str, before: Objects, after: Objects) -> Iterator[Effect]:
    """Find the effects on the objects of a cluster that keeps its name and namespace."""
    maker = _find_maker(after)
    former = _find_maker(before) or maker
    if former != maker:
        yield happen(Kind.RECREATED, CLUSTER, Fact.LOST, shift=Shift(Aspect.MAKER, former, maker))
    elif maker != "Deployment":
        yield from custom.find_custom_effects(custom.Edit(name, before, after))
    reported = CUSTOM if former == maker else {*CUSTOM, "Deployment"}
    yield from _compare_each(*(_leave_out(objects, reported) for objects in (before, after)))


def _leave_out(objects: Objects, kinds: Container[str]) -> dict[Key, Object]:
    return {key: body for key, body in objects.items() if key[0] not in kinds}


def _find_maker(objects: Objects) -> str:
    """Return the kind of the object that owns a cluster's pods; "" if there is none."""
    kinds = {kind for kind, _ in objects}
    # The login of the dashboard is a Deployment with every engine.
    return next((kind for kind in ("DaskCluster", "DaskJob", "Deployment") if kind in kinds), "")


def _compare_each(before: Objects, after: Objects) -> Iterator[Effect]:
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


RESTRICTED: Object = {"metadata": {"labels": {ENFORCE: "restricted"}}}


def _describe_new(objects: Objects) -> Iterator[Cost]:
    for (kind, _), body in objects.items():
        if kind == "Namespace":
            yield from find_lower_level(RESTRICTED, body)


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
        leaves = [] if had else [Fact.NUMBER_REMOVED]
        yield happen(Kind.UPDATED, target, Cost(Fact.NUMBER_AUTOSCALED, (after.text,)), *leaves)
    elif had:
        yield happen(Kind.UPDATED, target, Cost(Fact.NUMBER_FIXED, (after.text,)))
    else:
        yield scale(target, before.least, after.least)


def _compare_notebooks(old: Object, new: Object) -> Iterable[Effect]:
    """Compare the StatefulSet of a notebook, whose one pod is recreated with its template."""
    if old["spec"]["template"] != new["spec"]["template"]:
        return [happen(Kind.RESTARTED, name_object(new), Fact.KERNELS_LOST)]
    return [happen(Kind.UPDATED, name_object(new))]


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
}
"""Comparisons of objects that create pods, by kind."""
