"""Effects in words."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.plan.effect import Aspect, Effect, Kind, Shift
from daskgen.plan.say.facts import say_cost
from daskgen.plan.say.subjects import name_subjects
from daskgen.words import enumerate_all

SHIFTS: Mapping[Aspect, str] = {
    Aspect.NAME: ", from {0} to {1}",
    Aspect.NAMESPACE: ", from namespace {0} to {1}",
    Aspect.PLACE: ", from {0} to {1}",
    Aspect.REPLICAS: " {0} → {1}",
    Aspect.OBJECTS: ", {1} objects",
    Aspect.MAKER: ", from a {0} to a {1}",
    Aspect.IDENTITY: ", as {1} instead of {0}",
    Aspect.SOURCE: ", which reads elsewhere in Git",
    Aspect.GROUPS: " {0} become {1}",
}


NAMES: Mapping[Kind, str] = {Kind.UPDATED: "updated in place", Kind.ROLLED: "rolled out"}
"""Names of kinds that are not those of the members."""


def say_kind(kind: Kind) -> str:
    """Name what happens."""
    return NAMES.get(kind, kind.name.lower().replace("_", " "))


def say_what(effect: Effect) -> str:
    """Name what an effect happens to, and what is different afterwards."""
    return name_subjects(effect.subjects) + (_say_shift(effect.shift) if effect.shift else "")


def _say_shift(shift: Shift) -> str:
    sides = (enumerate_all(side) if isinstance(side, tuple) else side for side in shift[1:])
    return SHIFTS[shift.aspect].format(*sides)


def say_costs(effect: Effect) -> str:
    """Write what an effect costs."""
    return "; ".join(map(say_cost, effect.costs))


def say_effect(effect: Effect) -> str:
    """Write to what something happens, and what that costs."""
    return "; ".join(filter(None, [say_what(effect), say_costs(effect)]))
