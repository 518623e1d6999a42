"""Compare the delivery of a fleet before and after an edit, and find its effects on clusters.

Both engines were observed to behave like this: docs/gitops.md, "Groups".
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
from daskgen.plan.facts import Cost, Fact


class Fate(Enum):
    """Consequences of delivery for a cluster, regardless of other edits."""

    KEPT = auto()
    """Nothing happens: the cluster stays in its group."""
    BY_HAND = auto()
    """Nothing happens: no engine delivered the cluster."""
    TAKEN_OVER = auto()
    """Nothing happens: the old group was removed without deleting its objects, another group has them now."""
    RECREATED = auto()
    """The old group deletes the cluster, another group creates it again."""
    DELETED = auto()
    """The group deletes the cluster, and no other creates it."""
    LEFT = auto()
    """The cluster keeps running, but nothing manages it."""


class DeliverySetup(NamedTuple):
    """The engines that deliver a fleet, and the groups in which they do."""

    deliveries: Sequence[Delivery] = ()
    groups: Sequence[Group] = ()
    connection_type: str | None = None
    """Namespace for which the type of connection of OpenShift AI is rendered."""

    @property
    def engines(self) -> list[type[Delivery]]:
        """Return the engines."""
        return [type(delivery) for delivery in self.deliveries]

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the names of the engines."""
        return name_engines(self.engines)

    def find_places(self) -> dict[str, Group]:
        """Find the group of each cluster."""
        return {member.name: group for group in self.groups for member in group.members}


@dataclass(frozen=True)
class DeliveryEdit:
    """The delivery of a fleet before and after an edit."""

    before: DeliverySetup
    after: DeliverySetup

    @cached_property
    def old(self) -> Mapping[str, Group]:
        """Return the groups before the edit, by cluster."""
        return self.before.find_places()

    @cached_property
    def new(self) -> Mapping[str, Group]:
        """Return the groups after the edit, by cluster."""
        return self.after.find_places()

    @cached_property
    def pairs(self) -> list[tuple[Delivery, Delivery]]:
        """Return the engines that deliver both before and after."""
        return [
            (one, other)
            for one in self.before.deliveries
            for other in self.after.deliveries
            if type(one) is type(other)
        ]

    @cached_property
    def leaving(self) -> list[Delivery]:
        """Return the engines that are removed while another delivers the fleet.

        Their own objects stay until somebody deletes them, and go on applying and pruning the groups that there are.
        """
        removed = [old for old in self.before.deliveries if type(old) not in self.after.engines]
        return removed if self.after.deliveries else []

    def find_fate(self, name: str) -> Fate:
        """Find what delivery does to a cluster that existed before."""
        old, new = self.old.get(name), self.new.get(name)
        if old is None:
            return Fate.BY_HAND
        if new and old.name == new.name and all(self._keeps(*pair, old) for pair in self.pairs):
            return Fate.KEPT
        if self.find_deleters(old):
            return Fate.RECREATED if new else Fate.DELETED
        return Fate.TAKEN_OVER if new else Fate.LEFT

    def find_deleters(self, group: Group) -> list[type[Delivery]]:
        """Find engines that delete objects removed from a group; `prune` counts if it is set on either side."""
        leaving = [old for old in self.leaving if old.prune and group.name in self._groups]
        return [*(type(one) for one, other in self.pairs if self._deletes(one, other, group)), *map(type, leaving)]

    def find_relocation(self, name: str) -> tuple[str, str] | None:
        """Find the old and new Kubernetes cluster of a cluster, or of the operator; None if they are the same."""
        old, new = self.old.get(name), self.new.get(name)
        places = ((before.find_place(old), after.find_place(new)) for before, after in self.pairs if old and new)
        return next((pair for pair in places if pair[0] != pair[1]), None)

    def explain_left(self, name: str) -> Cost:
        """Explain why no engine deletes objects of a cluster that are removed from Git."""
        group = self.old.get(name)
        if not group:
            return Cost(Fact.MANAGED_BY_PEOPLE)
        if not (self.pairs or self.leaving):
            return Cost(Fact.ENGINE_GONE)
        if group.name not in self._groups:
            return Cost(Fact.GROUP_GONE, (group.name,))
        moves = any(self._moves(*pair, group) for pair in self.pairs)
        return Cost(Fact.GROUP_MOVED, (group.name,)) if moves else Cost(Fact.PRUNE_OFF)

    def take_back(self, name: str) -> tuple[Command, ...]:
        """Return the commands that make the engines manage a cluster created by hand, so that they can prune it."""
        group = self.new.get(name)
        texts = [delivery.take_back(group) for delivery in self.after.deliveries] if group else []
        return tuple(Shell(text) for text in texts if text)

    def find_regrouped(self, leaving: Sequence[str] = ()) -> Iterator[tuple[list[str], list[str], int]]:
        """Find groups whose clusters other groups take over, these groups, and the number of the clusters.

        Clusters of `leaving` are not taken over: they move to another namespace, where new ones are created.
        """
        targets: dict[str, set[str]] = defaultdict(set)
        counts: dict[str, int] = defaultdict(int)
        for name, old in self.old.items():
            stays = self.find_fate(name) is Fate.TAKEN_OVER and not self.find_relocation(name) and name not in leaving
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
        """Return the groups after the edit, by name."""
        return {group.name: group for group in self.after.groups}

    def _keeps(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Return whether an engine's object for a group is kept, or updated in place."""
        return group.name in self._groups and before.keeps_objects(after)

    def _deletes(self, before: Delivery, after: Delivery, group: Group) -> bool:
        if not self._keeps(before, after, group):
            # An object that is removed has the settings from before the edit.
            return before.cascades and not group.is_operator
        # An engine whose destination changes does not return to the old one.
        return not self._moves(before, after, group) and (before.prune or after.prune)

    def _moves(self, before: Delivery, after: Delivery, group: Group) -> bool:
        """Return whether a kept group is delivered to another Kubernetes cluster from now on."""
        return before.find_place(group) != after.find_place(self._groups[group.name])
