"""Group clusters that are delivered together, in groups small enough to build and to reconcile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from daskgen.kubernetes.kinds import find_kind

MOST_CLUSTERS, MOST_OBJECTS = 100, 400
"""The largest group. kustomize needs 1.4 s of processor time for 375 objects, 8 s for 1,500 and 23 s for 3,000
(5.8.1, `bench/groups.py`); delivery engines allow 90 s or more."""

BITS = 256

OPERATOR = "operator"
"""Name of the operator's group, which has no other member."""

CUSTOM_GROUP = "kubernetes.dask.org"


class Scaled(NamedTuple):
    """An object whose number of pods an autoscaler sets."""

    kind: str
    name: str

    @property
    def group(self) -> str:
        """Return the API group of the object."""
        return find_kind(self.kind).group

    @property
    def pointer(self) -> str:
        """Return the JSON pointer to the number of pods."""
        return "".join(f"/{part}" for part in find_kind(self.kind).replicas)


class Chart(NamedTuple):
    """A Helm chart that the fleet's engine installs beside a cluster."""

    name: str
    """Full name of the ConfigMap with its values, and of the engine's object."""
    repository: str
    chart: str
    version: str
    release: str
    namespace: str
    values: str
    """File of its values, in the cluster's overlay."""
    tokens: tuple[str, ...] = ()
    """Entries of the Secret `hub` that the chart makes besides its usual ones."""


class Member(NamedTuple):
    """The facts about a cluster, or the operator, that delivery needs. Small, as processes exchange it."""

    name: str
    """Name of its overlay."""
    file: str
    group: str
    """The group in the spec; one that is too large is split."""
    namespace: str
    base: str
    """Name of the folder of its base."""
    objects: int
    kinds: frozenset[tuple[str, str]] = frozenset()
    """API groups and kinds of its objects."""
    scaled: tuple[Scaled, ...] = ()
    """Objects whose number of pods engines do not change."""
    charts: tuple[Chart, ...] = ()


class Group(NamedTuple):
    """Members that are delivered together."""

    name: str
    root: str
    """Name of the group before any split."""
    members: tuple[Member, ...]

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """API groups and kinds of its objects."""
        return frozenset[tuple[str, str]]().union(*(member.kinds for member in self.members))

    @property
    def is_operator(self) -> bool:
        """Return whether it is the group of the operator itself."""
        return self.root == OPERATOR

    @property
    def is_operated(self) -> bool:
        """Return whether its objects need the operator's definitions."""
        return any(group == CUSTOM_GROUP for group, _ in self.kinds)


def gather(members: Iterable[Member]) -> list[Group]:
    """Put members into groups, sorted by name; the order of members does not matter."""
    asked: dict[str, list[Member]] = defaultdict(list)
    for member in sorted(members):
        asked[member.group].append(member)
    return sorted(group for root, found in asked.items() for group in _split(root, found))


def _split(root: str, members: Sequence[Member], bits: str = "") -> Iterator[Group]:
    """Split a group that is too large by the next bit of each name's hash.

    A cluster's group depends on its own name: a new cluster moves others only if it makes their group too large.
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
