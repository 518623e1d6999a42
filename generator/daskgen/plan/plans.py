"""What happens to each cluster of a fleet, to the operator and to delivery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from daskgen.kubernetes.totals import Totals
from daskgen.plan.changes import Change, find_changes
from daskgen.plan.diffs import Diff
from daskgen.plan.effect import Effect, Kind, Scope, Whole, order
from daskgen.render.operator import RenderedOperator
from daskgen.render.overlay import RenderedOverlay


class ClusterPlan(NamedTuple):
    """What an edit does to one cluster; or to the operator, or to delivery, as `scope` says."""

    name: str
    namespace: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    before: Totals
    after: Totals
    diffs: tuple[Diff, ...] = ()
    scope: Whole = Scope.CLUSTER

    @property
    def gravest(self) -> Kind:
        """The worst of what happens."""
        return min(effect.kind for effect in self.effects)

    @property
    def is_whole(self) -> bool:
        """Whether the worst happens to all of it, and not only to a part."""
        return any(effect.is_whole for effect in self.effects if effect.kind is self.gravest)

    def settle(self, effects: Iterable[Effect]) -> ClusterPlan:
        """Return the plan with other effects; what is left behind keeps running, and asks for what it did."""
        found = order(effects)
        if self.after.objects or all(effect.kind is not Kind.LEFT_BEHIND for effect in found):
            return self._replace(effects=found)
        return self._replace(effects=found, after=self.before, diffs=())


class Plan(NamedTuple):
    """All that happens to a fleet, against what it was compared with."""

    base: str
    """A revision of Git, or where the fleet runs."""
    clusters: tuple[ClusterPlan, ...]
    is_live: bool = False
    """Whether `base` is what runs."""
    notes: tuple[str, ...] = ()
    """What could not be looked at."""


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
    asked, to_ask = (side.totals if side else Totals() for side in (before, after))
    scope: Whole = Scope.OPERATOR if isinstance(overlay, RenderedOperator) else Scope.CLUSTER
    name, namespace = overlay.name, overlay.identity.namespace
    return ClusterPlan(name, namespace, tuple(changes), found, asked, to_ask, tuple(diffs), scope)
