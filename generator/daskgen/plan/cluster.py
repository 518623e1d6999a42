"""Plan what an edit does to a cluster, from its objects before and after the edit."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from daskgen.kubernetes.deletion import Losses, find_losses
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Key, Object
from daskgen.kubernetes.pod_security import ENFORCE
from daskgen.layers.truth import index_truth
from daskgen.plan import custom
from daskgen.plan.custom import Objects
from daskgen.plan.diffs import diff_objects
from daskgen.plan.effect import CLUSTER, Aspect, Effect, Kind, Shift, happen
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.objects import compare_objects, find_lower_level
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
    yield from compare_objects(*(_leave_out(objects, reported) for objects in (before, after)))


def _leave_out(objects: Objects, kinds: Container[str]) -> dict[Key, Object]:
    return {key: body for key, body in objects.items() if key[0] not in kinds}


def _find_maker(objects: Objects) -> str:
    """Return the kind of the object that owns a cluster's pods; "" if there is none."""
    kinds = {kind for kind, _ in objects}
    # The login of the dashboard is a Deployment with every engine.
    return next((kind for kind in ("DaskCluster", "DaskJob", "Deployment") if kind in kinds), "")


RESTRICTED: Object = {"metadata": {"labels": {ENFORCE: "restricted"}}}


def _describe_new(objects: Objects) -> Iterator[Cost]:
    for (kind, _), body in objects.items():
        if kind == "Namespace":
            yield from find_lower_level(RESTRICTED, body)
