"""What becomes of an edit on its way to Kubernetes: what Argo CD and Flux delete, and what they leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from daskgen.delivery import ENTRIES, GITOPS, Delivery
from daskgen.kubernetes.totals import Totals
from daskgen.plan.custom import HANDED_OVER
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.effects import Change, ClusterPlan, describe_loss, find_changes, make_plan
from daskgen.plan.route import Fate, Transfer, name_engines
from daskgen.render.cluster import RenderedCluster
from daskgen.words import count

UNATTENDED = "it runs on, and nobody looks after it"

ADOPTED = "Argo CD does not prune what the operator has adopted: it goes on until somebody deletes it"

PRUNED = "Flux prunes it"

OWNED = "an autoscaler owns the number, and what delivers the cluster leaves it alone unless more of it changes"


Held = AbstractSet[tuple[str, str]]
"""Groups, and the namespaces that their overlays hold."""


def compare(transfer: Transfer) -> ClusterPlan | None:
    """What happens to delivery itself: engines that come, go or are told otherwise, groups that become others."""
    changes = tuple(it for pair in transfer.pairs for it in _find_changes(*pair))
    others = (Effect(Kind.UPDATED, _name_delivery(after.kind)) for before, after in transfer.pairs if before != after)
    effects = sorted([*_compare_routes(transfer), *_compare_sources(transfer)]) or tuple(others)
    namespaces = dict.fromkeys(it.namespace for it in transfer.after.deliveries or transfer.before.deliveries)
    return ClusterPlan(GITOPS, ", ".join(namespaces), changes, tuple(effects), Totals(), Totals()) if effects else None


def _find_changes(before: Delivery, after: Delivery) -> Iterator[Change]:
    """Settings that differ."""
    old, new = (it.model_dump(by_alias=True, mode="json") for it in (before, after))
    return find_changes(old, new, ("delivery", after.kind))


def _compare_sources(transfer: Transfer) -> Iterator[Effect]:
    """What an engine that goes on calls its own objects, and from where it takes the fleet."""
    for before, after in transfer.pairs:
        if before.identity != after.identity:
            names = f"{'/'.join(after.identity)} instead of {'/'.join(before.identity)}"
            cost = "its own objects are made anew, then the old ones deleted"
            # What looks after another namespace may be another engine, which nobody has told yet.
            command = _begin(after.kind) if before.namespace != after.namespace else ""
            yield Effect(Kind.UPDATED, f"{_name_delivery(after.kind)}, as {names}", cost, command)
        if before.source != after.source:
            cost = "what is there from then on is what runs, whatever is told here"
            yield Effect(Kind.UPDATED, f"{_name_delivery(after.kind)}, which looks elsewhere in Git", cost)


def _compare_routes(transfer: Transfer) -> Iterator[Effect]:
    before, after = transfer.before.kinds, transfer.after.kinds
    for kind in (it for it in after if it not in before):
        yield Effect(Kind.ADDED, _name_delivery(kind), "it begins with this, by hand", _begin(kind))
    for kind in (it for it in before if it not in after):
        cost = "what it has delivered runs on, and so do its own objects, which do not find their folder any more"
        hint = "end it by hand first, as docs/gitops.md says"
        yield Effect(Kind.LEFT_BEHIND, _name_delivery(kind), f"{cost}: {hint}")
    for groups, others, number in transfer.find_regrouped():
        what = f"group {', '.join(groups)} goes over to {', '.join(others)}"
        yield Effect(Kind.UPDATED, what, f"{count(number, 'cluster')} taken over as they are: nothing restarts")


def _begin(kind: str) -> str:
    return f"kubectl apply --server-side -k {ENTRIES}/{kind}"


def _name_delivery(kind: str) -> str:
    return f"delivery by {name_engines([kind])}"


def settle(
    plan: ClusterPlan | None,
    before: RenderedCluster | None,
    after: RenderedCluster | None,
    transfer: Transfer,
    held: Held = frozenset(),
) -> ClusterPlan | None:
    """A cluster's plan with what delivery makes of it; `held` is what there is afterwards."""
    told = plan.effects if plan else ()
    effects = tuple(_settle(told, before, after, transfer, held)) if before else told
    return plan.settle(effects) if plan and effects else make_plan(before, after, effects)


def _settle(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster | None, transfer: Transfer, held: Held
) -> Iterator[Effect]:
    if after and after.name == before.name:
        yield from _settle_kept(told, before, after, transfer)
        return
    group = transfer.old.get(before.name)
    # Of what is in one group twice, nothing is pruned; by any other way, the namespace goes with the overlay.
    loss = describe_loss(before, {name for place, name in held if group and place == group.name})
    if not after:
        yield _tell_end(before, transfer, loss)
    else:
        yield from (it._replace(cost=f"{it.cost}; when the old is deleted, {loss}") for it in told)
        if transfer.find_fate(before.name) in {Fate.LEFT, Fate.BY_HAND}:
            yield _leave(f"the cluster {before.name}", before, transfer)


def _tell_end(before: RenderedCluster, transfer: Transfer, loss: str) -> Effect:
    """What happens to a cluster that is not there any more."""
    match transfer.find_fate(before.name):
        case Fate.LEFT:
            left = _leave("the cluster", before, transfer)
            return left._replace(cost=f"{left.cost}; deleted by hand, {loss}")
        case Fate.BY_HAND:
            return Effect(Kind.DELETED, "the cluster", loss, _delete(before))
    return Effect(Kind.DELETED, "the cluster", loss)


def _settle_kept(
    told: Sequence[Effect], before: RenderedCluster, after: RenderedCluster, transfer: Transfer
) -> Iterator[Effect]:
    """What happens to a cluster that keeps its name."""
    name, fate = before.name, transfer.find_fate(before.name)
    moved = any(it.kind is Kind.MOVED for it in told)
    if fate is Fate.DELETED:
        cost = f"{_tell_deleters(name, transfer)}, and nobody makes it anew; {describe_loss(before)}"
        yield Effect(Kind.DELETED, "the cluster", cost, f"kubectl apply --server-side -k overlays/{name}")
        return
    if not moved and (journey := transfer.find_journey(name)):
        yield from _tell_journey(before, transfer, *journey)
        return
    if fate is Fate.REMADE and not moved:
        cost = (
            f"{_tell_deleters(name, transfer)}, and made anew with {transfer.new[name].name}; {describe_loss(before)}"
        )
        yield Effect(Kind.RECREATED, "the cluster", cost)
        return
    yield from (_carry(it, before, after, transfer) for it in told)
    if moved and fate is not Fate.BY_HAND and not transfer.find_deleters(transfer.old[name]):
        yield _leave(f"the cluster in namespace {before.identity.namespace}", before, transfer)
    elif not moved:
        yield from _tell_keeper(fate, name, transfer)


def _tell_journey(before: RenderedCluster, transfer: Transfer, start: str, end: str) -> Iterator[Effect]:
    """What happens to a cluster that goes to another Kubernetes cluster.

    Neither engine looks at the former again: argoproj/argo-cd#9172, fluxcd/flux2#5003.
    """
    what = f"the cluster, from {start} to {end}"
    if transfer.find_fate(before.name) is Fate.REMADE:
        yield Effect(Kind.MOVED, what, f"{_tell_deleters(before.name, transfer)}; {describe_loss(before)}")
    else:
        yield Effect(Kind.MOVED, what, "made there, and empty")
        yield Effect(Kind.LEFT_BEHIND, f"the cluster on {start}", UNATTENDED, f"{_delete(before)}, on {start}")


def _tell_keeper(fate: Fate, name: str, transfer: Transfer) -> Iterator[Effect]:
    """Who looks after a cluster from now on, if that is somebody else, of a fleet that is delivered."""
    if not (transfer.before.deliveries and transfer.after.deliveries):
        return
    if fate is Fate.LEFT:
        yield Effect(Kind.UPDATED, "its delivery", f"it runs on, left to people: {transfer.explain_left(name)}")
    elif fate is Fate.BY_HAND and name in transfer.new:
        cost = f"taken over by {name_engines(transfer.after.kinds)} as it is: nothing restarts"
        yield Effect(Kind.UPDATED, "its delivery", cost)


def _carry(it: Effect, before: RenderedCluster, after: RenderedCluster, transfer: Transfer) -> Effect:
    """An effect on an object of a cluster that stays, as what delivers the cluster has it."""
    if it.kind is Kind.IGNORED:
        return it._replace(command=" && ".join([it.command, *transfer.take_back(after.name)]))
    if before.name not in transfer.old:
        return it
    deleters = transfer.find_deleters(transfer.old[before.name])
    if it.kind in {Kind.DELETED, Kind.REMOVED, Kind.LEFT_BEHIND} and not deleters:
        return it._replace(kind=Kind.LEFT_BEHIND, cost=f"{UNATTENDED}: {transfer.explain_left(before.name)}")
    if it.kind is Kind.LEFT_BEHIND:
        pruned = f"{PRUNED}; {HANDED_OVER}" if it.what.startswith("workers ") else PRUNED
        return Effect(Kind.DELETED, it.what, pruned) if "flux" in deleters else it._replace(cost=ADOPTED)
    if it.kind is Kind.SCALED and it.what.startswith("workers default ") and _are_autoscaled(before, after):
        return it._replace(kind=Kind.UPDATED, cost=OWNED)
    return it


def _are_autoscaled(*sides: RenderedCluster) -> bool:
    return all(any(it.key[0] == "DaskAutoscaler" for it in side.resources) for side in sides)


def _tell_deleters(name: str, transfer: Transfer) -> str:
    group = transfer.old[name]
    return f"deleted with group {group.name} by {name_engines(transfer.find_deleters(group))}"


def _leave(what: str, before: RenderedCluster, transfer: Transfer) -> Effect:
    why = transfer.explain_left(before.name) if before.name in transfer.old else "people look after it"
    return Effect(Kind.LEFT_BEHIND, what, f"{UNATTENDED}: {why}", _delete(before))


def _delete(before: RenderedCluster) -> str:
    return f"kubectl delete -k overlays/{before.name}  # of the commit before"
