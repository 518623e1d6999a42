"""Write effects."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.plan.effect import Aspect, Effect, Kind, Shift
from daskgen.plan.say.facts import say_cost
from daskgen.plan.say.targets import name_targets
from daskgen.words import enumerate_all

SHIFTS: Mapping[Aspect, str] = {
    Aspect.NAME: ", from {0} to {1}",
    Aspect.NAMESPACE: ", from namespace {0} to {1}",
    Aspect.PLACE: ", from {0} to {1}",
    Aspect.REPLICAS: " {0} → {1}",
    Aspect.OBJECTS: ", {1} objects",
    Aspect.MAKER: ", from a {0} to a {1}",
    Aspect.IDENTITY: ", as {1} instead of {0}",
    Aspect.SOURCE: ", which reads another repository, revision or folder",
    Aspect.GROUPS: " {0} become {1}",
}

NAMES: Mapping[Kind, str] = {Kind.UPDATED: "updated in place", Kind.ROLLED: "rolled out"}
"""Names of kinds that differ from the names of the members."""


def say_kind(kind: Kind) -> str:
    """Return the name of a kind of effect."""
    return NAMES.get(kind, kind.name.lower().replace("_", " "))


def say_what(effect: Effect) -> str:
    """Name the targets of an effect, with what changes from what to what."""
    return name_targets(effect.targets) + (_say_shift(effect.shift) if effect.shift else "")


def _say_shift(shift: Shift) -> str:
    sides = (enumerate_all(side) if isinstance(side, tuple) else side for side in shift[1:])
    return SHIFTS[shift.aspect].format(*sides)


def say_costs(effect: Effect) -> str:
    """Write the consequences and causes of an effect."""
    return "; ".join(map(say_cost, effect.costs))


def say_effect(effect: Effect) -> str:
    """Write the targets of an effect, then its consequences and causes."""
    return "; ".join(filter(None, [say_what(effect), say_costs(effect)]))
