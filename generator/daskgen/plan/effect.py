"""What can happen to something that runs, in words."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from daskgen.kubernetes.labels import GROUP


class Kind(IntEnum):
    """What happens, the gravest first."""

    DELETED = 0
    MOVED = 1
    RENAMED = 2
    RECREATED = 3
    RESTARTED = 4
    ROLLED = 5
    REFUSED = 6
    IGNORED = 7
    LEFT_BEHIND = 8
    SCALED = 9
    REMOVED = 10
    UPDATED = 11
    ADDED = 12

    @property
    def word(self) -> str:
        """As people read it."""
        return "updated in place" if self is Kind.UPDATED else self.name.lower().replace("_", " ")


class Effect(NamedTuple):
    """One thing that happens: to what, and what that costs; and what one does about it, in a shell."""

    kind: Kind
    what: str
    cost: str = ""
    command: str = ""


GRAVE = {
    "Deployment": "its pods hand over what they hold and go",
    "Namespace": "with everything in it, also of others",
    "PersistentVolumeClaim": "with the data on it, unless its volume is kept",
}
"""What the deletion of an object costs, by kind."""

SLIGHT = {
    "NetworkPolicy": "it keeps nobody out any more",
    "PodDisruptionBudget": "nobody waits for it any more",
}
"""The same of kinds without which everything runs on; of other kinds there is nothing to say."""


def remove(kind: str, title: str) -> Effect:
    """An object goes from what stays."""
    return (
        Effect(Kind.DELETED, title, GRAVE[kind]) if kind in GRAVE else Effect(Kind.REMOVED, title, SLIGHT.get(kind, ""))
    )


LOST = "what runs, and what its workers hold in memory, is lost"


def name_pods(labels: dict[str, str]) -> str:
    """What people call the pods that carry `labels`: workers default, scheduler."""
    return f"workers {labels[GROUP]}" if GROUP in labels else "scheduler"


def scale(title: str, before: int, after: int) -> Effect:
    """So many pods of `title` instead of others."""
    return Effect(Kind.SCALED, f"{title} {before} → {after}", _describe_scaling(before, after))


def _describe_scaling(before: int, after: int) -> str:
    if after == 0:
        return "what they hold moves to other groups, or is lost where there are none"
    return "what those that go hold moves to the others first" if after < before else ""
