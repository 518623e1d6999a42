"""A cluster's parts put together, and what all engines make of them alike."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from daskgen.expose import Edge
from daskgen.kubernetes.labels import CLUSTER, SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model.variants import Variant
from daskgen.parts.config import FILE, config_map
from daskgen.parts.job import Job
from daskgen.parts.network import Network
from daskgen.parts.pods import PodContext, disruption_budget
from daskgen.parts.scheduler import Scheduler, service
from daskgen.parts.workers import WorkerGroup

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy, ServiceAccount


class Parts(NamedTuple):
    """All that the objects of a cluster depend on, whatever the engine."""

    context: PodContext
    scheduler: Scheduler
    workers: tuple[WorkerGroup, ...]
    job: Job | None
    network: Network
    config: Mapping[str, Any]
    edge: Edge
    notebooks: Mapping[str, str]
    """Labels of the pods that are clients by default; empty where there are none."""


class Engine(Variant):
    """A way to run the pods. Whatever makes them, they carry the labels that `kubernetes.labels` gives them."""

    config: ClassVar[Mapping[str, Any]] = {}
    """Dask configuration that it needs."""
    restarts: ClassVar[bool] = True
    """Whether pods start anew when their configuration changes."""

    @abstractmethod
    def pods(self, parts: Parts) -> list[Resource]:
        """The objects that pods come from."""

    def settle(self, resources: list[Resource], name: str, image: str) -> list[Resource]:
        """The objects of the cluster `name`, patches applied, with what rests on how all of them turned out."""
        return resources

    def claims(self) -> list[tuple[str, str]]:
        """Kinds and short names of objects that are made of the rendered ones in their namespace, and must be free."""
        return []

    def policies(self, parts: Parts) -> list[NetworkPolicy]:
        """What lets in whoever looks after the pods, or uses them by itself."""
        return []

    def resources(self, parts: Parts) -> list[Resource]:
        """Every object of the cluster but its namespace and what exposes it."""
        config = config_map(self.config, parts.edge.config, parts.config)
        return [
            resource(_service_account(), "service-account.yaml"),
            resource(config, FILE, "config")._replace(stable=not self.restarts),
            *self.pods(parts),
            *_attend(parts),
            *self._isolate(parts),
        ]

    def _isolate(self, parts: Parts) -> Iterator[Resource]:
        for policy in parts.network.policies(parts.context.platform, parts.notebooks):
            yield resource(policy, _policy_file(policy["metadata"]["name"]), "network")
        if parts.network.isolation:
            yield from (resource(policy, "network.yaml", "engine") for policy in self.policies(parts))


def _policy_file(name: str) -> str:
    # A file is a patch or holds new objects, never both; these two are not in every base.
    return f"{name}.yaml" if name in {"monitoring", "egress"} else "network.yaml"


def _service_account() -> ServiceAccount:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata("dask", CLUSTER),
        "automountServiceAccountToken": False,
    }


def _attend(parts: Parts) -> Iterator[Resource]:
    """What stands beside the pods: the scheduler's name, and how many pods a drain may take at a time."""
    name = service(bool(parts.edge.certificate), dict(parts.edge.service_annotations))
    yield resource(name, "scheduler.yaml", "scheduler")
    # A budget that forbade it would only hold up the drain, not save the scheduler's state.
    yield resource(disruption_budget("scheduler", SCHEDULER, 1), "scheduler.yaml", "scheduler")
    for index, group in enumerate(parts.workers):
        # A quarter at a time, so that the rest can take over its data.
        budget = disruption_budget(group.object_name, group.labels_of_pods, "25%")
        yield resource(budget, group.file, "workers", index)
