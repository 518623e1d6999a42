"""What can happen to something that runs: values to decide on; `plan.say` makes words of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, IntEnum, auto
from typing import Any, Literal, NamedTuple, get_args

from daskgen.kubernetes.labels import COMPONENT, GROUP
from daskgen.kubernetes.objects import Object
from daskgen.paths import get
from daskgen.plan.commands import Command, cover


class Kind(IntEnum):
    """What happens, the gravest first."""

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
    """What kind of thing it happens to."""

    CLUSTER = auto()
    OPERATOR = auto()
    DELIVERY = auto()
    HANDOVER = auto()
    """Who manages a cluster."""
    DEFINITIONS = auto()
    SCHEDULER = auto()
    WORKERS = auto()
    CONFIGURATION = auto()
    METADATA = auto()
    """Labels and annotations of pods."""
    GROUP = auto()
    """Of clusters that are delivered together."""
    OBJECT = auto()


class Subject(NamedTuple):
    """Something that an effect happens to."""

    scope: Scope
    kind: str = ""
    """Of an object."""
    name: str = ""
    """Of an object, a worker group, an engine; of a cluster where it is not the plan's own."""
    namespace: str = ""
    """Where it is, if that is not the plan's own."""
    place: str = ""
    """The Kubernetes cluster where it is, if there are several."""


Whole = Literal[Scope.CLUSTER, Scope.OPERATOR, Scope.DELIVERY]
"""What a plan is about; everything else is a part of it."""

CLUSTER, OPERATOR = Subject(Scope.CLUSTER), Subject(Scope.OPERATOR)


class Aspect(Enum):
    """In what something differs afterwards."""

    NAME = auto()
    NAMESPACE = auto()
    PLACE = auto()
    REPLICAS = auto()
    OBJECTS = auto()
    """How many there are."""
    MAKER = auto()
    """The kind that everything else of a cluster belongs to."""
    IDENTITY = auto()
    """Namespace and name of an engine's own objects."""
    SOURCE = auto()
    """Where an engine reads."""
    GROUPS = auto()
    """In which clusters are delivered."""


class Shift(NamedTuple):
    """That aspect before and after."""

    aspect: Aspect
    before: Any = None
    after: Any = None


class Fact(Enum):
    """What an effect costs, or why it happens. `plan.say.facts` has the words, and says what the values are."""

    LOST = auto()
    LOST_THEN = auto()
    NAMESPACE_LOST = auto()
    CLAIMS_LOST = auto()
    POD_VOLUMES_LOST = auto()
    CLAIMS_KEPT = auto()
    CLAIMS_RETAINED = auto()
    RETAINED = auto()
    CLAIM_FIXED = auto()
    CLAIM_GROWS = auto()
    LEVEL_LOWERED = auto()
    PODS_HAND_OVER = auto()
    NAMESPACE_EMPTIED = auto()
    DATA_DELETED = auto()
    UNPROTECTED = auto()
    UNBUDGETED = auto()
    SELECTOR_FIXED = auto()
    SCALED_DOWN = auto()
    SCALED_TO_ZERO = auto()
    ROLLED_BY_QUARTERS = auto()
    ROLLED_ALONE = auto()
    STARTS_EMPTY = auto()
    OLD_DELETED = auto()
    PORT_TAKEN = auto()
    SHARED_ROUTE = auto()
    NEVER_FREED = auto()
    FREED_LATER = auto()
    FREED_BY_HAND = auto()
    DELETED_BY_HAND = auto()
    IN_TWO_COMMITS = auto()
    MAY_BE_PENDING = auto()
    UNMANAGED = auto()
    ENGINE_GONE = auto()
    GROUP_GONE = auto()
    GROUP_MOVED = auto()
    PRUNE_OFF = auto()
    MANAGED_BY_PEOPLE = auto()
    DELETED_WITH_GROUP = auto()
    CREATED_AGAIN = auto()
    NOT_CREATED_AGAIN = auto()
    TAKEN_OVER = auto()
    CLUSTERS_TAKEN_OVER = auto()
    LEFT_TO_PEOPLE = auto()
    PRUNED = auto()
    ADOPTED = auto()
    AUTOSCALED = auto()
    BESIDE_OLD = auto()
    RECREATED_BY = auto()
    HANDED_OVER = auto()
    PODS_KEPT = auto()
    CONFIGURATION_KEPT = auto()
    JOB_KEPT = auto()
    GROUP_PODS_KEPT = auto()
    BEGINS_BY_HAND = auto()
    ENDS_BY_HAND = auto()
    OWN_OBJECTS_RECREATED = auto()
    SOURCE_DECIDES = auto()
    OPERATOR_MISSED = auto()
    OPERATOR_PAUSED = auto()
    OPERATOR_KEPT = auto()
    OPERATOR_ALONE = auto()
    DEFINITIONS_KEPT = auto()
    USERS_LEFT = auto()
    USERS_GO = auto()
    BROUGHT_BY = auto()
    UNKNOWN_OWNER = auto()
    SAID_BY_SERVER = auto()


class Cost(NamedTuple):
    """A fact, and the names and numbers that it is about."""

    fact: Fact
    values: tuple[Any, ...] = ()


class Effect(NamedTuple):
    """One thing that happens: to what, what that costs, and what one runs because of it."""

    kind: Kind
    subjects: tuple[Subject, ...]
    shift: Shift | None = None
    costs: tuple[Cost, ...] = ()
    commands: tuple[Command, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it happens to all that the plan is about."""
        return any(subject.scope in get_args(Whole) for subject in self.subjects)

    @property
    def rank(self) -> tuple[Kind, tuple[Subject, ...]]:
        """Where it stands among others: the gravest first."""
        return self.kind, self.subjects


def happen(kind: Kind, subject: Subject, *costs: Cost | Fact, shift: Shift | None = None) -> Effect:
    """Make an effect on one thing; a fact without values may stand for its cost."""
    return Effect(kind, (subject,), shift, tuple(Cost(it) if isinstance(it, Fact) else it for it in costs))


def order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Sort effects, the gravest first, and leave out commands that those of another effect run, too."""
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
    "Namespace": Fact.NAMESPACE_EMPTIED,
    "PersistentVolumeClaim": Fact.DATA_DELETED,
}
"""What the deletion of an object costs, by kind."""

SLIGHT = {"NetworkPolicy": Fact.UNPROTECTED, "PodDisruptionBudget": Fact.UNBUDGETED}
"""The same of kinds without which everything runs on; of other kinds there is nothing to say."""


def remove(kind: str, subject: Subject) -> Effect:
    """Tell that an object goes from what stays."""
    if kind in GRAVE:
        return happen(Kind.DELETED, subject, GRAVE[kind])
    return happen(Kind.REMOVED, subject, *([SLIGHT[kind]] if kind in SLIGHT else []))


def scale(subject: Subject, before: int, after: int) -> Effect:
    """Tell that there are to be so many pods instead of others."""
    costs = [Fact.SCALED_TO_ZERO] if after == 0 else [Fact.SCALED_DOWN] if after < before else []
    return happen(Kind.SCALED, subject, *costs, shift=Shift(Aspect.REPLICAS, before, after))


def name_pods(labels: dict[str, str]) -> Subject:
    """Name the pods that carry these labels: a group of workers, or the scheduler."""
    return Subject(Scope.WORKERS, name=labels[GROUP]) if GROUP in labels else Subject(Scope.SCHEDULER)


def name_object(body: Object) -> Subject:
    """Name an object; a Deployment of ours is known by its pods."""
    labels = get(body, ("metadata", "labels")) or {}
    if body["kind"] == "Deployment" and COMPONENT in labels:
        return name_pods(labels)
    return Subject(Scope.OBJECT, body["kind"], body["metadata"]["name"])
