"""Gather clusters whose plans are equal once their own names and namespaces are replaced by placeholders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from daskgen.kubernetes.totals import Totals, total
from daskgen.plan.changes import Change
from daskgen.plan.commands import Command
from daskgen.plan.diffs import Diff
from daskgen.plan.effect import Effect, EffectTarget, Kind, Scope
from daskgen.plan.plans import ClusterPlan

NAME, NAMESPACE = "{cluster}", "{namespace}"
"""Placeholders for the names of clusters in a shared plan. No name of an object has braces."""

T = TypeVar("T")


class SameDiffs(NamedTuple):
    """Clusters whose objects change by the same lines, and the diffs of the first of them."""

    names: tuple[str, ...]
    diffs: tuple[Diff, ...]


class Alike(NamedTuple):
    """Plans of clusters that are equal but for the clusters' own names, in their order."""

    plans: tuple[ClusterPlan, ...]

    @property
    def first(self) -> ClusterPlan:
        """Return the first plan, which represents all of them."""
        return self.plans[0]

    @property
    def gravest(self) -> Kind:
        """Return the gravest kind of effect."""
        return self.first.gravest

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the clusters."""
        return tuple(plan.name for plan in self.plans)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Return the namespaces of the clusters, each once."""
        return tuple(dict.fromkeys(plan.namespace for plan in self.plans))

    @property
    def before(self) -> Totals:
        """Return the sum of the requests before the edit."""
        return total(plan.before for plan in self.plans)

    @property
    def after(self) -> Totals:
        """Return the sum of the requests after the edit."""
        return total(plan.after for plan in self.plans)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Return the effects, the gravest first; of several clusters, with placeholders for their names."""
        return self._hide(self.first.effects)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return the changes of the specs."""
        return self._hide(self.first.changes)

    @property
    def commands(self) -> tuple[tuple[Command, ...], ...]:
        """Return the commands to run for all clusters, each once."""
        return tuple(
            dict.fromkeys(effect.commands for plan in self.plans for effect in plan.effects if effect.commands)
        )

    @property
    def same_diffs(self) -> tuple[SameDiffs, ...]:
        """Return the clusters, gathered by the lines that change in their objects."""
        alike: dict[Any, list[ClusterPlan]] = defaultdict(list)
        for plan in self.plans:
            lines = tuple((diff.kind, "\n".join(diff.changed)) for diff in plan.diffs)
            alike[hide(plan, lines)].append(plan)
        return tuple(SameDiffs(tuple(plan.name for plan in plans), plans[0].diffs) for plans in alike.values())

    def _hide(self, value: T) -> T:
        if len(self.plans) == 1:
            return value
        return hide(self.first, value, NAMESPACE if len(self.namespaces) > 1 else self.first.namespace)


def gather(plans: Iterable[ClusterPlan]) -> list[Alike]:
    """Gather equal plans, the gravest first, then those of the most clusters."""
    alike: dict[str, list[ClusterPlan]] = defaultdict(list)
    for plan in plans:
        alike[_find_key(plan)].append(plan)
    groups = [Alike(tuple(found)) for found in alike.values()]
    return sorted(groups, key=lambda group: (group.gravest, -len(group.plans), group.names[0]))


def hide(plan: ClusterPlan, value: T, namespace: str = NAMESPACE) -> T:
    """Replace a cluster's own names by `NAME` and `namespace` in the values of its plan, the longer name first.

    Two values that become equal differ only in these names.
    """
    others = {plan.namespace: namespace, plan.name: NAME}
    names = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{names})(?![0-9A-Za-z])")
    hidden: T = _map_names(value, lambda text: pattern.sub(lambda match: others[match[0]], text))
    return hidden


def _map_names(value: Any, rename: Callable[[str], str]) -> Any:
    """Rename all texts in a value except those that never hold a cluster's name: fields of the spec, worker groups."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return rename(value)
    if isinstance(value, dict):
        return {key: _map_names(inner, rename) for key, inner in value.items()}
    if isinstance(value, EffectTarget) and value.scope is Scope.WORKERS:
        return value
    if isinstance(value, Change):
        return value._replace(
            **{part: _map_names(getattr(value, part), rename) for part in ("before", "after", "owner")}
        )
    if isinstance(value, list | tuple):
        mapped = [_map_names(inner, rename) for inner in value]
        return type(value)(*mapped) if hasattr(value, "_fields") else type(value)(mapped)
    return value


def _find_key(plan: ClusterPlan) -> str:
    """Return a key that equal plans share; it is text, as values of specs cannot be keys of a dict."""
    sides = bool(plan.before.clusters), bool(plan.after.clusters)
    return repr((plan.scope, sides, hide(plan, plan.effects), hide(plan, plan.changes)))
