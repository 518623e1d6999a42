"""Rules about what must be unique in the fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes.claims import Unique
from daskgen.paths import Path

NAME = Unique("cluster", "DG201")

NAMESPACE = Unique("creator of namespace", "DG208")

REPLACED = Unique("place of the cluster", "DG239")
"""The name that a cluster takes over by `renamedFrom`."""


class Claimed(NamedTuple):
    """Something that a cluster claims, and the field of its spec for it."""

    unique: Unique
    value: str
    file: str
    path: Path


Locate = Callable[[str, Path], Position]


def check_unique(claims: Iterable[Claimed], locate: Locate) -> Iterator[Problem]:
    """Find everything that is claimed twice: at every claim but the first, in order of files."""
    takers: dict[tuple[Unique, str], list[Claimed]] = defaultdict(list)
    for claim in claims:
        takers[claim.unique, claim.value].append(claim)
    for (unique, value), claimed in takers.items():
        if len(claimed) > 1:
            first, *others = (locate(claim.file, claim.path) for claim in claimed)
            message = f"the {unique.title} {value} is taken by {first.file}:{first.line}"
            for at in others:
                yield Problem(at, unique.code, message, "only one in the fleet can have it")


def check_gone(
    names: Sequence[str], removed: Sequence[str], claims: Iterable[Claimed], file: str, locate: Locate
) -> Iterator[Problem]:
    """Find clusters that still exist although `file` lists them as removed, or another cluster replaces them."""
    for index, name in enumerate(removed):
        if name in names:
            at, hint = locate(file, ("removed", index)), "remove it: it would allow to delete the cluster by accident"
            yield Problem(at, "DG238", f"removed.{index}: {name} still exists", hint, "warning")
    for claim in claims:
        if claim.unique == REPLACED and claim.value in names:
            message = f"renamedFrom: {claim.value} still exists"
            hint = "remove the line, or the cluster that this one replaces"
            yield Problem(locate(claim.file, claim.path), "DG239", message, hint)
