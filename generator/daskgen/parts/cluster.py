"""A cluster's parts put together, as an engine takes them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Resource
from daskgen.model import Variant
from daskgen.parts.exposure import Edge
from daskgen.parts.network import Network
from daskgen.parts.pods import Surroundings
from daskgen.parts.scheduler import Scheduler
from daskgen.parts.workers import WorkerGroup


class Parts(NamedTuple):
    """All that the objects of a cluster depend on, whatever the engine."""

    around: Surroundings
    scheduler: Scheduler
    workers: tuple[WorkerGroup, ...]
    network: Network
    config: Mapping[str, Any]
    edge: Edge
    notebooks: Mapping[str, str]
    """Labels of the pods that are clients by default; empty where there are none."""


class Engine(Variant):
    """A way to run the pods."""

    @abstractmethod
    def resources(self, parts: Parts) -> list[Resource]:
        """Every object of the cluster but its namespace and what exposes it."""
