"""Define the effects of an edit, as values to decide on; `plan.say` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, IntEnum, auto
from typing import Any, Literal, NamedTuple, get_args

from daskgen.kubernetes.labels import COMPONENT, GROUP
from daskgen.kubernetes.labels import LOGIN as LOGIN_LABELS
from daskgen.kubernetes.objects import Object
from daskgen.paths import get
from daskgen.plan.commands import Command, cover
from daskgen.plan.facts import Cost, Fact


class Kind(IntEnum):
    """Kinds of effects, the gravest first."""

    DELETED = 0
    MOVED = 1
    RENAMED = 2
    PENDING = 3
    RECREATED = 4
    RESTARTED = 5
    ROLLED = 6
    REFUSED = 7
    IGNORED = 8
    LEFT_BEHIND = 9
    SCALED = 10
    REMOVED = 11
    UPDATED = 12
    ADDED = 13


class Scope(IntEnum):
    """Kinds of targets."""

    CLUSTER = auto()
    OPERATOR = auto()
    DELIVERY = auto()
    HANDOVER = auto()
    """The engines, or people, that manage a cluster."""
    DEFINITIONS = auto()
    SCHEDULER = auto()
    LOGIN = auto()
    WORKERS = auto()
    CONFIGURATION = auto()
    METADATA = auto()
    """The labels and annotations of pods."""
    GROUP = auto()
    """A group of clusters that are delivered together."""
    OBJECT = auto()


class EffectTarget(NamedTuple):
    """One thing that an effect concerns."""

    scope: Scope
    kind: str = ""
    """Kind of an object."""
    name: str = ""
    """Name of an object, a worker group, an engine, or a cluster other than that of the plan."""
    namespace: str = ""
    """Namespace, if it is not that of the plan."""
    place: str = ""
    """Kubernetes cluster, if the fleet uses several."""


Whole = Literal[Scope.CLUSTER, Scope.OPERATOR, Scope.DELIVERY]
"""Scopes of a whole plan; all other scopes are parts of these."""

CLUSTER, OPERATOR = EffectTarget(Scope.CLUSTER), EffectTarget(Scope.OPERATOR)


class Aspect(Enum):
    """Properties of a target that an effect changes."""

    NAME = auto()
    NAMESPACE = auto()
    PLACE = auto()
    REPLICAS = auto()
    OBJECTS = auto()
    """The number of objects."""
    MAKER = auto()
    """The kind of the object that owns a cluster's pods."""
    IDENTITY = auto()
    """Namespace and name of an engine's own objects."""
    SOURCE = auto()
    """Repository, revision and folder that an engine reads."""
    GROUPS = auto()
    """Groups in which clusters are delivered."""


class Shift(NamedTuple):
    """A property before and after."""

    aspect: Aspect
    before: Any = None
    after: Any = None


class Effect(NamedTuple):
    """One effect of an edit: its targets, its consequences and causes, and the commands that it requires."""

    kind: Kind
    targets: tuple[EffectTarget, ...]
    shift: Shift | None = None
    costs: tuple[Cost, ...] = ()
    commands: tuple[Command, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether the effect is on the whole cluster, operator or delivery."""
        return any(target.scope in get_args(Whole) for target in self.targets)

    @property
    def rank(self) -> tuple[Kind, tuple[EffectTarget, ...]]:
        """Return the key by which effects are sorted, the gravest first."""
        return self.kind, self.targets


def happen(kind: Kind, target: EffectTarget, *costs: Cost | Fact, shift: Shift | None = None) -> Effect:
    """Make an effect on one target; a fact without values may be given as it is."""
    return Effect(kind, (target,), shift, tuple(Cost(cost) if isinstance(cost, Fact) else cost for cost in costs))


def order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Sort effects, the gravest first, and leave out commands that another effect has too."""
    found = sorted(effects, key=lambda effect: effect.rank)
    return tuple(
        effect._replace(commands=()) if _is_covered(effect, found[:index], found[index + 1 :]) else effect
        for index, effect in enumerate(found)
    )


def _is_covered(effect: Effect, earlier: Sequence[Effect], later: Sequence[Effect]) -> bool:
    mine = effect.commands
    return any(cover(other.commands, mine) for other in earlier) or any(
        cover(other.commands, mine) and not cover(mine, other.commands) for other in later
    )


GRAVE = {
    "Deployment": Fact.PODS_HAND_OVER,
    "StatefulSet": Fact.KERNELS_LOST,
    "Notebook": Fact.KERNELS_LOST,
    "Namespace": Fact.NAMESPACE_EMPTIED,
    "PersistentVolumeClaim": Fact.DATA_DELETED,
}
"""The consequence of deleting an object, by kind."""

SLIGHT = {"NetworkPolicy": Fact.UNPROTECTED, "PodDisruptionBudget": Fact.UNBUDGETED}
"""The consequence of deleting an object without which pods keep running, by kind; other kinds have none."""


def remove(kind: str, target: EffectTarget) -> Effect:
    """Make the effect of removing one object."""
    if target.scope is Scope.LOGIN:
        return happen(Kind.REMOVED, target, Fact.LOGIN_REMOVED)
    if kind in GRAVE:
        return happen(Kind.DELETED, target, GRAVE[kind])
    return happen(Kind.REMOVED, target, *([SLIGHT[kind]] if kind in SLIGHT else []))


def scale(target: EffectTarget, before: int, after: int) -> Effect:
    """Make the effect of changing the number of pods."""
    none_left = Fact.LOST if target.scope is Scope.SCHEDULER else Fact.SCALED_TO_ZERO
    costs = [none_left] if after == 0 else [Fact.SCALED_DOWN] if after < before else []
    return happen(Kind.SCALED, target, *costs, shift=Shift(Aspect.REPLICAS, before, after))


def name_pods(labels: dict[str, str]) -> EffectTarget:
    """Return the target of pods with these labels: a worker group, the login of the dashboard, or the scheduler."""
    if labels.get(COMPONENT) == LOGIN_LABELS[COMPONENT]:
        return EffectTarget(Scope.LOGIN)
    return EffectTarget(Scope.WORKERS, name=labels[GROUP]) if GROUP in labels else EffectTarget(Scope.SCHEDULER)


def name_object(body: Object) -> EffectTarget:
    """Return the target of an object; for a rendered Deployment, that of its pods."""
    labels = get(body, ("metadata", "labels")) or {}
    if body["kind"] == "Deployment" and COMPONENT in labels:
        return name_pods(labels)
    return EffectTarget(Scope.OBJECT, body["kind"], body["metadata"]["name"])
