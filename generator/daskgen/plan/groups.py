"""Clusters to which the same happens, told once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes.totals import Totals, total
from daskgen.paths import format_path
from daskgen.plan.diffs import Diff
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.effects import Change, ClusterPlan
from daskgen.words import show_value

Rename = Callable[[str], str]

CLUSTER, NAMESPACE = "{cluster}", "{namespace}"
"""What stands for the names of clusters that are told of together."""


class Plan(NamedTuple):
    """All that happens to a fleet, against what it was compared with."""

    base: str
    """A revision of Git, or where the fleet runs."""
    clusters: tuple[ClusterPlan, ...]
    is_live: bool = False
    """Whether `base` is what runs."""
    notes: tuple[str, ...] = ()
    """What could not be looked at."""


class Variant(NamedTuple):
    """Clusters whose objects change by the same lines, and those changes as the first of them has them."""

    names: tuple[str, ...]
    diffs: tuple[Diff, ...]


class Group(NamedTuple):
    """Clusters whose specs change alike, to which the same happens, but for their own names; in their order."""

    plans: tuple[ClusterPlan, ...]

    @property
    def first(self) -> ClusterPlan:
        """One that stands for all of them."""
        return self.plans[0]

    @property
    def gravest(self) -> Kind:
        """The worst of what happens."""
        return self.first.gravest

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the clusters."""
        return tuple(it.name for it in self.plans)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Those in which they are, each once."""
        return tuple(dict.fromkeys(it.namespace for it in self.plans))

    @property
    def before(self) -> Totals:
        """What all of them ask for now."""
        return total(it.before for it in self.plans)

    @property
    def after(self) -> Totals:
        """What all of them will ask for."""
        return total(it.after for it in self.plans)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What happens, the gravest first, with `CLUSTER` for a name where there are several."""
        rename = self._generalize()
        return tuple(it._replace(what=rename(it.what), cost=rename(it.cost)) for it in self.first.effects)

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """What changes, in words, and the change itself."""
        rename = self._generalize()
        return tuple((rename(describe_change(it)), it) for it in self.first.changes)

    @property
    def commands(self) -> tuple[str, ...]:
        """What one does about it, for every cluster, each once."""
        return tuple(dict.fromkeys(it.command for plan in self.plans for it in plan.effects if it.command))

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Its clusters by what changes in their objects."""
        alike: dict[Any, list[ClusterPlan]] = defaultdict(list)
        for it in self.plans:
            rename = _replace_names(it, "\0", "\1")
            alike[tuple((diff.kind, rename("\n".join(diff.changed))) for diff in it.diffs)].append(it)
        return tuple(Variant(tuple(it.name for it in one), one[0].diffs) for one in alike.values())

    def _generalize(self) -> Rename:
        if len(self.plans) == 1:
            return str
        return _replace_names(self.first, CLUSTER, NAMESPACE if len(self.namespaces) > 1 else self.first.namespace)


def gather(plans: Iterable[ClusterPlan]) -> list[Group]:
    """Groups of like plans, the gravest first, then the largest."""
    alike: dict[Any, list[ClusterPlan]] = defaultdict(list)
    for it in plans:
        alike[_find_key(it)].append(it)
    groups = [Group(tuple(it)) for it in alike.values()]
    return sorted(groups, key=lambda it: (it.gravest, -len(it.plans), it.names[0]))


def describe_change(it: Change) -> str:
    """A change in a line."""
    if it.by:
        thing, *place = it.path
        return f"{thing} {format_path(tuple(place))}: {show_value(it.before)}, set by {it.by} → {show_value(it.after)}"
    return f"{format_path(it.path)}: {show_value(it.before)} → {show_value(it.after)}"


def _find_key(plan: ClusterPlan) -> Any:
    """What plans that are told of together have in common."""
    rename = _replace_names(plan, "\0", "\1")
    effects = sorted((it.kind, *map(rename, it[1:])) for it in plan.effects)
    return bool(plan.before.clusters), bool(plan.after.clusters), tuple(effects), _rename_all(rename, plan.changes)


def _rename_all(rename: Rename, changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(rename(describe_change(it)) for it in changes)


def _replace_names(plan: ClusterPlan, cluster: str, namespace: str) -> Rename:
    """Put something else for a cluster's own names, the longer first.

    Nothing is lost: where two texts become the same, each is the other under its own names.
    """
    others = {plan.namespace: namespace, plan.name: cluster}
    names = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{names})(?![0-9A-Za-z])")
    return lambda text: pattern.sub(lambda match: others[match[0]], text)
