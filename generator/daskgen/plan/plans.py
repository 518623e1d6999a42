"""Define the plan of a cluster, of the operator or of delivery, and the plan of a fleet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from daskgen.kubernetes.totals import Totals, total
from daskgen.plan.changes import Change, find_changes
from daskgen.plan.diffs import Diff
from daskgen.plan.effect import Effect, Kind, Scope, Whole, order
from daskgen.plan.reach import Reach, compare_reach
from daskgen.render.operator import RenderedOperator
from daskgen.render.overlay import RenderedOverlay
from daskgen.spec.prices import Approval, Prices


class ClusterPlan(NamedTuple):
    """The effects of an edit on one cluster, or on the operator or delivery; `scope` says which."""

    name: str
    namespace: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    before: Totals
    after: Totals
    diffs: tuple[Diff, ...] = ()
    scope: Whole = Scope.CLUSTER
    reach: Reach = Reach()
    """Who reaches the cluster, if it exists before and after the edit."""

    @property
    def gravest(self) -> Kind:
        """Return the gravest kind of effect."""
        return min(effect.kind for effect in self.effects)

    @property
    def is_whole(self) -> bool:
        """Return whether an effect of the gravest kind is on the whole cluster, not only on a part."""
        return any(effect.is_whole for effect in self.effects if effect.kind is self.gravest)

    def with_effects(self, effects: Iterable[Effect]) -> ClusterPlan:
        """Return the plan with other effects; a cluster that is left behind keeps its requests."""
        found = order(effects)
        if self.after.objects or all(effect.kind is not Kind.LEFT_BEHIND for effect in found):
            return self._replace(effects=found)
        return self._replace(effects=found, after=self.before, diffs=())


class Plan(NamedTuple):
    """The plans of a fleet, and the state with which it was compared."""

    base: str
    """A revision of Git, or the Kubernetes cluster."""
    clusters: tuple[ClusterPlan, ...]
    is_live: bool = False
    """True if the fleet was compared with running objects."""
    notes: tuple[str, ...] = ()
    """Notes on what could not be compared."""
    prices: Prices | None = None
    """What requests cost, if the fleet says."""

    @property
    def before(self) -> Totals:
        """Return what the clusters of the plan request before the edit."""
        return total(cluster.before for cluster in self.clusters)

    @property
    def after(self) -> Totals:
        """Return what they request after it."""
        return total(cluster.after for cluster in self.clusters)

    @property
    def increase(self) -> float:
        """Return how much more the clusters cost a month after the edit; 0 without prices."""
        return self.prices.charge_month(self.after) - self.prices.charge_month(self.before) if self.prices else 0.0

    @property
    def approval(self) -> Approval | None:
        """Return the approval that the edit needs, if it costs more than anybody may merge alone."""
        approval = self.prices.approval if self.prices else None
        return approval if approval and self.increase > approval.above else None


def make_plan(
    before: RenderedOverlay | None,
    after: RenderedOverlay | None,
    effects: Iterable[Effect],
    diffs: Iterable[Diff] = (),
) -> ClusterPlan | None:
    """Make the plan with these effects on a cluster, or on the operator; None if there are none."""
    overlay, found = after or before, order(effects)
    if not (found and overlay):
        return None
    changes = find_changes(before.written.value(), after.written.value()) if before and after else ()
    totals_before, totals_after = (side.totals if side else Totals() for side in (before, after))
    scope: Whole = Scope.OPERATOR if isinstance(overlay, RenderedOperator) else Scope.CLUSTER
    name, namespace = overlay.name, overlay.identity.namespace
    reach = compare_reach(before, after)
    return ClusterPlan(name, namespace, tuple(changes), found, totals_before, totals_after, tuple(diffs), scope, reach)
