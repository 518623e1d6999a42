"""Rules about what only one cluster of the fleet can have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from daskgen.paths import Path
from daskgen.problems import Position, Problem

CODES = {"cluster": "DG201", "node port": "DG202", "host and path": "DG203", "creator of namespace": "DG208"}


class Claimed(NamedTuple):
    """Something that a cluster takes for itself, and the field of its spec that says so."""

    what: str
    value: str
    file: str
    path: Path


def check_unique(claims: Iterable[Claimed], locate: Callable[[str, Path], Position]) -> Iterator[Problem]:
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
