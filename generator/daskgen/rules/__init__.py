"""What a valid spec can still get wrong: one function a rule, over a cluster and the objects it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from daskgen.findings import Finding
from daskgen.kubernetes.objects import Resource
from daskgen.spec.cluster import Cluster


class Subject(NamedTuple):
    """What rules look at."""

    cluster: Cluster
    resources: Sequence[Resource]
    """Under short names, patches applied."""


Rule = Callable[[Subject], Iterator[Finding]]
