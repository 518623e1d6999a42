"""Rules about what only one cluster of the fleet can have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from daskgen.findings.problem import Position, Problem
from daskgen.paths import Path

PLACE = "place of the cluster"
"""What a cluster takes by `renamedFrom`."""

CODES = {
    "cluster": "DG201",
    "node port": "DG202",
    "host and path": "DG203",
    "creator of namespace": "DG208",
    PLACE: "DG239",
}


class Claimed(NamedTuple):
    """Something that a cluster takes for itself, and the field of its spec that says so."""

    what: str
    value: str
    file: str
    path: Path


Locate = Callable[[str, Path], Position]


def check_unique(claims: Iterable[Claimed], locate: Locate) -> Iterator[Problem]:
    """Everything that is claimed twice, at every claim but the first, in order of files."""
    takers: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for claim in claims:
        takers[claim.what, claim.value].append(claim)
    for (what, value), claimed in takers.items():
        if len(claimed) > 1:
            first, *others = (locate(it.file, it.path) for it in claimed)
            message = f"the {what} {value} is taken by {first.file}:{first.line}"
            for at in others:
                yield Problem(at, CODES.get(what, "DG209"), message, "only one in the fleet can have it")


def check_gone(
    names: Sequence[str], removed: Sequence[str], claims: Iterable[Claimed], file: str, locate: Locate
) -> Iterator[Problem]:
    """What is said to be gone is not one of `names`: what `file` lists as `removed`, and what clusters replace."""
    for index, name in enumerate(removed):
        if name in names:
            at, hint = locate(file, ("removed", index)), "take it out: it would let the cluster vanish by accident"
            yield Problem(at, "DG238", f"removed.{index}: {name} is still there", hint, "warning")
    for it in claims:
        if it.what == PLACE and it.value in names:
            message = f"renamedFrom: {it.value} is still there"
            hint = "take the line out, or remove the cluster that this one replaces"
            yield Problem(locate(it.file, it.path), "DG239", message, hint)
