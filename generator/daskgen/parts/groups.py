"""Clusters that are delivered together, in groups that stay small enough to build and to reconcile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

MOST_CLUSTERS, MOST_OBJECTS = 100, 400
"""What a group holds at most. kustomize needs 1.4 s of processor time for 375 objects, 8 s for 1,500 and 23 s for 3,000
(5.8.1, `bench/groups.py`); engines give it 90 s or more."""

BITS = 256

OPERATOR = "operator"
"""Name of the operator's group, which has no other member."""

CUSTOM_GROUP = "kubernetes.dask.org"


class Member(NamedTuple):
    """A cluster, or the operator, as delivery sees it. Small, as it travels between processes."""

    name: str
    """Of its overlay."""
    file: str
    group: str
    """As it is asked for: what is too large is split."""
    namespace: str
    base: str
    """Name of the folder of its base."""
    objects: int
    kinds: frozenset[tuple[str, str]] = frozenset()
    """API groups and kinds of its objects."""
    scaled: tuple[str, ...] = ()
    """Names of the DaskClusters whose `replicas` an autoscaler owns."""


class Group(NamedTuple):
    """What is delivered as one."""

    name: str
    root: str
    """The name that its members asked for."""
    members: tuple[Member, ...]

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """API groups and kinds of its objects."""
        return frozenset[tuple[str, str]]().union(*(member.kinds for member in self.members))

    @property
    def is_operator(self) -> bool:
        """Return whether it is the operator's."""
        return self.root == OPERATOR

    @property
    def is_operated(self) -> bool:
        """Return whether the operator has to be there first."""
        return any(group == CUSTOM_GROUP for group, _ in self.kinds)


def gather(members: Iterable[Member]) -> list[Group]:
    """Put members into groups, sorted by name; the order of members does not matter."""
    asked: dict[str, list[Member]] = defaultdict(list)
    for member in sorted(members):
        asked[member.group].append(member)
    return sorted(group for root, found in asked.items() for group in _split(root, found))


def _split(root: str, members: Sequence[Member], bits: str = "") -> Iterator[Group]:
    """Halve what is too large by the next bit of each name's hash, so that a cluster's place depends on its name.

    A further cluster thus moves others only where it makes their own group too large.
    """
    if _fits(members) or len(bits) == BITS:
        yield Group(f"{root}-{bits}" if bits else root, root, tuple(members))
        return
    for bit in "01":
        half = [member for member in members if _hash(member.name)[len(bits)] == bit]
        if half:
            yield from _split(root, half, bits + bit)


def _fits(members: Sequence[Member]) -> bool:
    few = len(members) <= MOST_CLUSTERS and sum(member.objects for member in members) <= MOST_OBJECTS
    return few or len(members) == 1


def _hash(name: str) -> str:
    return f"{int.from_bytes(sha256(name.encode()).digest()):0{BITS}b}"
