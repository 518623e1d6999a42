"""Define what all ways to choose the number of workers have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from daskgen.kubernetes.objects import Resource
from daskgen.model.variants import Variant
from daskgen.parts.network import Network
from daskgen.parts.workers import WorkerGroup


class Site(NamedTuple):
    """The cluster whose workers are scaled."""

    cluster: str
    namespace: str
    network: Network
    workers: Sequence[WorkerGroup]


class Scaling(NamedTuple):
    """The objects that an autoscaler needs, and what the scheduler loads for it."""

    resources: Sequence[Resource] = ()
    preload: Sequence[str] = ()
    """Scripts that the scheduler runs when it starts."""


class Autoscaler(Variant):
    """What changes the number of workers of Deployments."""

    follows_work: ClassVar[bool] = False
    """Says that it asks the scheduler how many workers the cluster needs."""
    keeps_hours: ClassVar[bool] = False
    """Says that it starts and stops workers at the hours of `schedule`."""

    @abstractmethod
    def scales(self, group: WorkerGroup) -> bool:
        """Return whether it sets the number of workers of a group, which then is not rendered."""

    def scaling(self, site: Site) -> Scaling:
        """Build what it needs."""
        return Scaling()
