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

from daskgen.delivery import Delivery, name_engines
from daskgen.parts.groups import Group
from daskgen.plan.commands import Command, Shell
from daskgen.plan.effect import Cost, Fact


class Fate(Enum):
    """What delivery does to a cluster, whatever else is edited."""

    KEPT = auto()
    """Nothing: it stays in its group."""
    BY_HAND = auto()
    """Nothing: people managed it."""
    TAKEN_OVER = auto()
    """Nothing: another group has it now, and the old one is gone and took nothing along."""
    REMADE = auto()
    """The old group deletes it, another creates it again."""
    DELETED = auto()
    """Its group deletes it, and no other creates it."""
    LEFT = auto()
    """It keeps running, and nothing manages it."""


class Route(NamedTuple):
    """The engines that deliver a fleet, and the groups in which they do."""

    deliveries: Sequence[Delivery] = ()
    groups: Sequence[Group] = ()

    @property
    def engines(self) -> list[type[Delivery]]:
        """The engines."""
        return [type(delivery) for delivery in self.deliveries]

    @property
    def titles(self) -> tuple[str, ...]:
        """Their names."""
        return name_engines(self.engines)

    def find_places(self) -> dict[str, Group]:
        """Find the group of each cluster."""
        return {member.name: group for group in self.groups for member in group.members}


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
        """Engines that deliver before and after."""
        return [
            (one, other)
            for one in self.before.deliveries
            for other in self.after.deliveries
            if type(one) is type(other)
        ]

    def find_fate(self, name: str) -> Fate:
        """Find what becomes of a cluster that was there before."""
        old, new = self.old.get(name), self.new.get(name)
        if old is None:
            return Fate.BY_HAND
        if new and old.name == new.name and all(self._keeps(*pair, old) for pair in self.pairs):
            return Fate.KEPT
        if self.find_deleters(old):
            return Fate.REMADE if new else Fate.DELETED
        return Fate.TAKEN_OVER if new else Fate.LEFT

    def find_deleters(self, group: Group) -> list[type[Delivery]]:
        """Find engines that delete what is not in a group any more; `prune` counts if it is set on either side."""
        return [type(before) for before, after in self.pairs if self._deletes(before, after, group)]

    def find_journey(self, name: str) -> tuple[str, str] | None:
        """Find from where to where a cluster, or the operator, goes, if that is to another Kubernetes cluster."""
        old, new = self.old.get(name), self.new.get(name)
        places = ((before.find_place(old), after.find_place(new)) for before, after in self.pairs if old and new)
        return next((pair for pair in places if pair[0] != pair[1]), None)

    def explain_left(self, name: str) -> Cost:
        """Explain why nothing deletes what is gone of a cluster from Git."""
        group = self.old.get(name)
        if not group:
            return Cost(Fact.MANAGED_BY_PEOPLE)
        if not self.pairs:
            return Cost(Fact.ENGINE_GONE)
        if group.name not in self._groups:
            return Cost(Fact.GROUP_GONE, (group.name,))
        moves = any(self._moves(*pair, group) for pair in self.pairs)
        return Cost(Fact.GROUP_MOVED, (group.name,)) if moves else Cost(Fact.PRUNE_OFF)

    def take_back(self, name: str) -> tuple[Command, ...]:
        """Return what to run once a cluster was created by hand, for the engines to prune it one day."""
        group = self.new.get(name)
        texts = [delivery.take_back(group) for delivery in self.after.deliveries] if group else []
        return tuple(Shell(text) for text in texts if text)

    def find_regrouped(self, leaving: Sequence[str] = ()) -> Iterator[tuple[list[str], list[str], int]]:
        """Find groups that become others, which others, and how many clusters go over without a restart.

        `leaving` are clusters that are not taken over whatever their groups: others are created in their place.
        """
        targets: dict[str, set[str]] = defaultdict(set)
        counts: dict[str, int] = defaultdict(int)
        for name, old in self.old.items():
            stays = self.find_fate(name) is Fate.TAKEN_OVER and not self.find_journey(name) and name not in leaving
            if stays and self.new[name].name != old.name:
                targets[old.name].add(self.new[name].name)
                counts[old.name] += 1
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for group, others in sorted(targets.items()):
            alike[tuple(sorted(others))].append(group)
        for names, groups in sorted(alike.items()):
            yield groups, list(names), sum(counts[group] for group in groups)

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        """Groups there are after the edit, by name."""
        return {group.name: group for group in self.after.groups}

    def _keeps(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Return whether what an engine has of a group stays, and is changed at most."""
        return group.name in self._groups and before.keeps_objects(after)

    def _deletes(self, before: Delivery, after: Delivery, group: Group) -> bool:
        if not self._keeps(before, after, group):
            # What is set of a group that goes is what was set.
            return before.cascades and not group.is_operator
        # An engine that is told to go elsewhere forgets where it was.
        return not self._moves(before, after, group) and (before.prune or after.prune)

    def _moves(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Return whether a group that stays is created in another Kubernetes cluster from now on."""
        return before.find_place(group) != after.find_place(self._groups[group.name])
