"""What a valid spec can still get wrong: one function a rule, over a cluster and the objects it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from daskgen.delivery import Delivery
from daskgen.findings.finding import Finding
from daskgen.kubernetes.objects import Resource
from daskgen.layers.trace import find_origin
from daskgen.operator.install import Operator
from daskgen.paths import Path
from daskgen.spec.cluster import Cluster
from daskgen.spec.written import Written


class Subject(NamedTuple):
    """What rules look at."""

    cluster: Cluster
    resources: Sequence[Resource]
    """Under short names, patches applied."""
    written: Written
    """What the spec says, and where."""
    operator: Operator
    """As the fleet installs it, if it does."""
    deliveries: Sequence[Delivery] = ()
    """What gets it to Kubernetes, if anything does."""

    def origin(self, resource: Resource, *path: str | int) -> Path:
        """The field of the spec that gave the place `path` of an object."""
        return find_origin(resource, path, self.cluster.patches, self.written.value())


Rule = Callable[[Subject], Iterator[Finding]]
