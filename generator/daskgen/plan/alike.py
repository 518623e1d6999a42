"""Clusters to which the same happens, told once.

Two plans are alike if their values are equal once the cluster's own name and namespace are left out.
"""

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
from daskgen.plan.effect import Effect, Kind, Scope, Subject
from daskgen.plan.plans import ClusterPlan

NAME, NAMESPACE = "{cluster}", "{namespace}"
"""What stands for the names of clusters that are told of together. No name has braces."""

T = TypeVar("T")


class SameDiffs(NamedTuple):
    """Clusters whose objects change by the same lines, and those changes as the first of them has them."""

    names: tuple[str, ...]
    diffs: tuple[Diff, ...]


class Alike(NamedTuple):
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
        return tuple(plan.name for plan in self.plans)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Those in which they are, each once."""
        return tuple(dict.fromkeys(plan.namespace for plan in self.plans))

    @property
    def before(self) -> Totals:
        """What all of them ask for now."""
        return total(plan.before for plan in self.plans)

    @property
    def after(self) -> Totals:
        """What all of them will ask for."""
        return total(plan.after for plan in self.plans)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What happens, the gravest first, with `NAME` for a cluster's own name where there are several."""
        return self._hide(self.first.effects)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changes in their specs."""
        return self._hide(self.first.changes)

    @property
    def commands(self) -> tuple[tuple[Command, ...], ...]:
        """What one runs because of it, for every cluster, each once."""
        return tuple(
            dict.fromkeys(effect.commands for plan in self.plans for effect in plan.effects if effect.commands)
        )

    @property
    def same_diffs(self) -> tuple[SameDiffs, ...]:
        """Its clusters by what changes in their objects."""
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
    """Gather like plans, the gravest first, then the most clusters."""
    alike: dict[str, list[ClusterPlan]] = defaultdict(list)
    for plan in plans:
        alike[_find_key(plan)].append(plan)
    groups = [Alike(tuple(found)) for found in alike.values()]
    return sorted(groups, key=lambda group: (group.gravest, -len(group.plans), group.names[0]))


def hide(plan: ClusterPlan, value: T, namespace: str = NAMESPACE) -> T:
    """Put `NAME` and `namespace` for a cluster's own names in the values of its plan, the longer first.

    Nothing is lost: where two values become the same, each is the other under its own names.
    """
    others = {plan.namespace: namespace, plan.name: NAME}
    names = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{names})(?![0-9A-Za-z])")
    hidden: T = _map_names(value, lambda text: pattern.sub(lambda match: others[match[0]], text))
    return hidden


def _map_names(value: Any, rename: Callable[[str], str]) -> Any:
    """Rename all texts in a value but those that are no names of objects: words of the spec, and worker groups."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return rename(value)
    if isinstance(value, dict):
        return {key: _map_names(inner, rename) for key, inner in value.items()}
    if isinstance(value, Subject) and value.scope is Scope.WORKERS:
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
    """Write what plans that are told of together have in common; values of specs cannot be keys themselves."""
    sides = bool(plan.before.clusters), bool(plan.after.clusters)
    return repr((plan.scope, sides, hide(plan, plan.effects), hide(plan, plan.changes)))
