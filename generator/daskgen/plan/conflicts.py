"""What a new object asks for while another still has it: a node port, or a host and its path.

The API server refuses a Service whose node port another Service has. Engines apply all of a group before they delete
what is gone from it (Flux: https://fluxcd.io/flux/components/kustomize/kustomizations/#prune; Argo CD with PruneLast:
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#prune-last), so that within a group a port that goes
from one Service to another is never free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from daskgen.delivery import name_engines
from daskgen.kubernetes.claims import NODE_PORT, Claim, Unique, find_claims
from daskgen.plan.effect import CLUSTER, Cost, Effect, Fact, Kind, Scope, Subject, happen
from daskgen.plan.route import Transfer
from daskgen.render.cluster import RenderedCluster

Clusters = Mapping[str, RenderedCluster]


class Holder(NamedTuple):
    """The object that has something of which there is one."""

    cluster: str
    namespace: str
    kind: str
    name: str


Holders = Mapping[tuple[Unique, str], Holder]


def find_holders(clusters: Clusters) -> Holders:
    """Find what the objects of clusters have."""
    return {
        (claim.unique, claim.value): Holder(name, cluster.identity.namespace, claim.kind, claim.name)
        for name, cluster in clusters.items()
        for claim in _find_claims(cluster)
    }


def find_effects(name: str, cluster: RenderedCluster, holders: Holders, transfer: Transfer) -> Iterator[Effect]:
    """Find the objects of a cluster that ask for what an object of another name or namespace had before the edit."""
    for claim in _find_claims(cluster):
        mine = Holder(name, cluster.identity.namespace, claim.kind, claim.name)
        holder = holders.get((claim.unique, claim.value), mine)
        if holder[1:] != mine[1:] and not transfer.find_journey(name):
            yield _tell(claim, mine, holder, transfer)


def _tell(claim: Claim, mine: Holder, holder: Holder, transfer: Transfer) -> Effect:
    subject = Subject(Scope.OBJECT, claim.kind, claim.name)
    what = Subject(Scope.CLUSTER, name=holder.cluster, namespace=holder.namespace)
    if claim.unique != NODE_PORT:
        return happen(Kind.UPDATED, subject, Cost(Fact.SHARED_ROUTE, (claim.value, what)))
    taken = Cost(Fact.PORT_TAKEN, (claim.value, what))
    return happen(Kind.REFUSED, subject, taken, _tell_end(mine, holder, transfer), Fact.IN_TWO_COMMITS)


def _tell_end(mine: Holder, holder: Holder, transfer: Transfer) -> Cost:
    """Tell when the other object goes, or gives up what it has."""
    old, new = transfer.old.get(holder.cluster), transfer.new.get(mine.cluster)
    deleters = transfer.find_deleters(old) if old else []
    if not deleters:
        return Cost(Fact.FREED_BY_HAND)
    if old and new and old.name == new.name:
        return Cost(Fact.NEVER_FREED, (name_engines(deleters), old.name))
    return Cost(Fact.FREED_LATER, (name_engines(deleters),))


def find_pending(before: RenderedCluster, after: RenderedCluster, transfer: Transfer) -> Iterator[Effect]:
    """Find a rename that may have waited for a node port, which the cluster asks for no more.

    Git does not tell whether the rename has been carried out, and with the port goes what held it back.
    """
    former = before.valid.renamed_from
    freed = _find_ports(before) - _find_ports(after)
    group = transfer.old.get(before.name)
    if former and former == after.valid.renamed_from and freed and group and transfer.find_deleters(group):
        yield happen(Kind.PENDING, CLUSTER, Cost(Fact.MAY_BE_PENDING, (former,)), Fact.LOST)


def _find_ports(cluster: RenderedCluster) -> set[str]:
    return {claim.value for claim in _find_claims(cluster) if claim.unique == NODE_PORT}


def _find_claims(cluster: RenderedCluster) -> Iterator[Claim]:
    return find_claims(full.body for full in cluster.truth)
