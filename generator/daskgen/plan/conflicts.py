"""Find conflicts: a new object claims a node port, or a host and path, that another object still has.

The API server refuses a Service whose node port another Service has. Engines apply all of a group before they prune
(Flux: https://fluxcd.io/flux/components/kustomize/kustomizations/#prune; Argo CD with PruneLast:
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#prune-last), so a port that moves from one Service to
another of the same group is never released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from daskgen.delivery import name_engines
from daskgen.kubernetes.claims import NODE_PORT, Claim, Unique, find_claims
from daskgen.plan.delivery_edit import DeliveryEdit
from daskgen.plan.effect import CLUSTER, Effect, EffectTarget, Kind, Scope, happen
from daskgen.plan.facts import Cost, Fact
from daskgen.render.cluster import RenderedCluster

Clusters = Mapping[str, RenderedCluster]


class Holder(NamedTuple):
    """The object that has something that only one object can have."""

    cluster: str
    namespace: str
    kind: str
    name: str


Holders = Mapping[tuple[Unique, str], Holder]


def find_holders(clusters: Clusters) -> Holders:
    """Find the holders of everything that the objects of clusters claim."""
    return {
        (claim.unique, claim.value): Holder(name, cluster.identity.namespace, claim.kind, claim.name)
        for name, cluster in clusters.items()
        for claim in _find_claims(cluster)
    }


def find_conflicts(name: str, cluster: RenderedCluster, holders: Holders, edit: DeliveryEdit) -> Iterator[Effect]:
    """Find the claims of a cluster that an object of another name or namespace held before the edit."""
    for claim in _find_claims(cluster):
        mine = Holder(name, cluster.identity.namespace, claim.kind, claim.name)
        holder = holders.get((claim.unique, claim.value), mine)
        if holder[1:] != mine[1:] and not edit.find_relocation(name):
            yield _report(claim, mine, holder, edit)


def _report(claim: Claim, mine: Holder, holder: Holder, edit: DeliveryEdit) -> Effect:
    target = EffectTarget(Scope.OBJECT, claim.kind, claim.name)
    other = EffectTarget(Scope.CLUSTER, name=holder.cluster, namespace=holder.namespace)
    if claim.unique != NODE_PORT:
        return happen(Kind.UPDATED, target, Cost(Fact.SHARED_ROUTE, (claim.value, other)))
    taken = Cost(Fact.PORT_TAKEN, (claim.value, other))
    return happen(Kind.REFUSED, target, taken, _explain_release(mine, holder, edit), Fact.IN_TWO_COMMITS)


def _explain_release(mine: Holder, holder: Holder, edit: DeliveryEdit) -> Cost:
    """Explain when the other object is deleted or releases its port."""
    old, new = edit.old.get(holder.cluster), edit.new.get(mine.cluster)
    deleters = edit.find_deleters(old) if old else []
    if not deleters:
        return Cost(Fact.FREED_BY_HAND)
    if old and new and old.name == new.name:
        return Cost(Fact.NEVER_FREED, (name_engines(deleters), old.name))
    return Cost(Fact.FREED_LATER, (name_engines(deleters),))


def find_pending(before: RenderedCluster, after: RenderedCluster, edit: DeliveryEdit) -> Iterator[Effect]:
    """Find a rename that may have been blocked by a node port, which this edit removes.

    Git does not show whether the rename has been applied; without the port, nothing blocks it any more.
    """
    former = before.valid.renamed_from
    freed = _find_ports(before) - _find_ports(after)
    group = edit.old.get(before.name)
    if former and former == after.valid.renamed_from and freed and group and edit.find_deleters(group):
        yield happen(Kind.PENDING, CLUSTER, Cost(Fact.MAY_BE_PENDING, (former,)), Fact.LOST)


def _find_ports(cluster: RenderedCluster) -> set[str]:
    return {claim.value for claim in _find_claims(cluster) if claim.unique == NODE_PORT}


def _find_claims(cluster: RenderedCluster) -> Iterator[Claim]:
    return find_claims(full.body for full in cluster.truth)
