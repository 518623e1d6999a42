"""How a fleet gets to Kubernetes before and after an edit, and what that alone does to its clusters.

Both engines were seen to do so: docs/gitops.md, "Groups".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from daskgen.delivery import Delivery
from daskgen.parts.groups import Group

TITLES: Mapping[str, str] = {"argocd": "Argo CD", "flux": "Flux"}


class Fate(Enum):
    """What delivery does to a cluster, whatever else is edited."""

    KEPT = auto()
    """Nothing: it stays in its group."""
    BY_HAND = auto()
    """Nothing: people looked after it."""
    TAKEN_OVER = auto()
    """Nothing: another group has it now, and the old one is gone and took nothing along."""
    REMADE = auto()
    """The old group deletes it, another makes it anew."""
    DELETED = auto()
    """Its group deletes it, and no other makes it."""
    LEFT = auto()
    """It runs on, and nobody looks after it."""


class Route(NamedTuple):
    """The engines that deliver a fleet, and the groups in which they do."""

    deliveries: Sequence[Delivery] = ()
    groups: Sequence[Group] = ()

    @property
    def kinds(self) -> list[str]:
        """The engines."""
        return [it.kind for it in self.deliveries]

    def find_places(self) -> dict[str, Group]:
        """Cluster to group."""
        return {member.name: it for it in self.groups for member in it.members}


@dataclass(frozen=True)
class Transfer:
    """The routes before and after an edit."""

    before: Route
    after: Route

    @cached_property
    def old(self) -> Mapping[str, Group]:
        """Cluster to its group before."""
        return self.before.find_places()

    @cached_property
    def new(self) -> Mapping[str, Group]:
        """Cluster to its group after."""
        return self.after.find_places()

    @cached_property
    def pairs(self) -> list[tuple[Delivery, Delivery]]:
        """Engines that are there before and after."""
        return [
            (it, other) for it in self.before.deliveries for other in self.after.deliveries if it.kind == other.kind
        ]

    def find_fate(self, name: str) -> Fate:
        """What becomes of a cluster that was there before."""
        old, new = self.old.get(name), self.new.get(name)
        if old is None:
            return Fate.BY_HAND
        if new and old.name == new.name and all(self._keeps(*it, old) for it in self.pairs):
            return Fate.KEPT
        if self.find_deleters(old):
            return Fate.REMADE if new else Fate.DELETED
        return Fate.TAKEN_OVER if new else Fate.LEFT

    def find_deleters(self, group: Group) -> list[str]:
        """Engines that delete what is not in a group any more; `prune` counts if it is set on either side."""
        return [it.kind for it, other in self.pairs if self._deletes(it, other, group)]

    def find_journey(self, name: str) -> tuple[str, str] | None:
        """From where to where a cluster, or the operator, goes, if that is to another Kubernetes cluster."""
        old, new = self.old.get(name), self.new.get(name)
        places = ((it.find_place(old), other.find_place(new)) for it, other in self.pairs if old and new)
        return next((it for it in places if it[0] != it[1]), None)

    def explain_left(self, name: str) -> str:
        """Why nobody deletes what is gone of a cluster from Git."""
        group = self.old[name]
        if not self.pairs:
            return "what delivered it does not any more"
        if group.name not in self._groups:
            return f"its group {group.name} goes, and takes nothing along"
        moves = any(self._moves(*it, group) for it in self.pairs)
        return f"its group {group.name} goes elsewhere" if moves else "prune is false"

    def take_back(self, name: str) -> Iterator[str]:
        """What is to be run once a cluster was made by hand, for the engines to prune it one day."""
        if group := self.new.get(name):
            yield from filter(None, (it.take_back(group) for it in self.after.deliveries))

    def find_regrouped(self) -> Iterator[tuple[list[str], list[str], int]]:
        """Groups that become others, which others, and how many clusters go over; nothing restarts."""
        targets: dict[str, set[str]] = defaultdict(set)
        counts: dict[str, int] = defaultdict(int)
        for name, old in self.old.items():
            stays = self.find_fate(name) is Fate.TAKEN_OVER and not self.find_journey(name)
            if stays and self.new[name].name != old.name:
                targets[old.name].add(self.new[name].name)
                counts[old.name] += 1
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for group, others in sorted(targets.items()):
            alike[tuple(sorted(others))].append(group)
        for names, groups in sorted(alike.items()):
            yield groups, list(names), sum(counts[it] for it in groups)

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        """Groups there are after the edit, by name."""
        return {it.name: it for it in self.after.groups}

    def _keeps(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Whether what an engine has of a group stays, and is changed at most."""
        return group.name in self._groups and before.becomes(after)

    def _deletes(self, before: Delivery, after: Delivery, group: Group) -> bool:
        if not self._keeps(before, after, group):
            # What is set of a group that goes is what was set.
            return before.cascades and not group.is_operator
        # An engine that is told to go elsewhere forgets where it was.
        return not self._moves(before, after, group) and (before.prune or after.prune)

    def _moves(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Whether a group that stays is made in another Kubernetes cluster from now on."""
        return before.find_place(group) != after.find_place(self._groups[group.name])


def name_engines(kinds: Sequence[str]) -> str:
    """Engines as people call them."""
    return " and ".join(TITLES[it] for it in kinds)
