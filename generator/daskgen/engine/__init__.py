"""Combine the parts of a cluster, and build the objects that are the same with every engine."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, resource
from daskgen.model.variants import Variant
from daskgen.parts.config import FILE, config_map
from daskgen.parts.context import PodContext
from daskgen.parts.endpoint import Endpoint
from daskgen.parts.installing import build_objects
from daskgen.parts.job import Job
from daskgen.parts.network import Network
from daskgen.parts.pods import disruption_budget
from daskgen.parts.scheduler import Scheduler
from daskgen.parts.workers import WorkerGroup, list_ranges

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy


class Parts(NamedTuple):
    """The input of an engine: all that the objects of a cluster depend on."""

    context: PodContext
    scheduler: Scheduler
    workers: tuple[WorkerGroup, ...]
    job: Job | None
    network: Network
    config: Mapping[str, Any]
    endpoint: Endpoint
    scaled: frozenset[str]
    """Names of the groups whose number of workers an autoscaler sets."""
    notebooks: Mapping[str, str]
    """Labels of the pods that are clients by default; empty where there are none."""
    template: bool = False
    """True if users of a hub create such clusters, each with a Service of its own."""


class Engine(Variant):
    """A way to run the pods. With every engine, pods have the labels of `kubernetes.labels`."""

    config: ClassVar[Mapping[str, Any]] = {}
    """Dask configuration that it needs."""
    restarts: ClassVar[bool] = True
    """True if pods restart when their configuration changes."""

    autoscaled: ClassVar[bool] = True
    """True if `autoscaler` may set the number of workers of its groups."""

    several_workers: ClassVar[bool] = True
    """True if a pod may run several workers."""

    @abstractmethod
    def pods(self, parts: Parts) -> list[Resource]:
        """Build the objects that create the pods."""

    def apply_update(self, resources: list[Resource], name: str, image: str) -> list[Resource]:
        """Return the patched objects of the cluster `name`, with additions by which an edit reaches the pods.

        `image` is the image of the pods, which the overlay sets."""
        return resources

    def claims(self) -> list[tuple[str, str]]:
        """List kinds and short names of objects that a controller creates for the cluster: they must be free."""
        return []

    def policies(self, parts: Parts) -> list[NetworkPolicy]:
        """Build the NetworkPolicies that admit the engine's own controller and jobs."""
        return []

    def resources(self, parts: Parts) -> list[Resource]:
        """Build every object of the cluster except its namespace and its exposures."""
        encryption = parts.context.encryption
        more = encryption.configure(parts.config) if encryption else parts.config
        config = config_map(self.config, parts.endpoint.config, more)
        return [
            *parts.context.account.resources(),
            resource(config, FILE, "config")._replace(stable=not self.restarts),
            *self._install(parts),
            *self.pods(parts),
            *_build_service(parts),
            *_build_budgets(parts),
            *self._isolate(parts),
        ]

    def _install(self, parts: Parts) -> list[Resource]:
        packages = parts.context.packages
        return build_objects(packages, parts.network.isolation, not self.restarts) if packages else []

    def _isolate(self, parts: Parts) -> Iterator[Resource]:
        more = list_ranges(parts.workers)
        platform, existing = parts.context.platform, parts.context.existing
        if existing:
            policies = parts.network.join(platform, existing.peers, existing.port, more)
        else:
            policies = parts.network.policies(platform, parts.notebooks, more)
        for policy in policies:
            name = policy["metadata"]["name"]
            yield resource(policy, _policy_file(name), "network", inner=parts.network.find_origins(name))
        if parts.network.isolation:
            yield from (resource(policy, "network.yaml", "engine") for policy in self.policies(parts))


def _policy_file(name: str) -> str:
    # A file is a patch or holds new objects, never both; these two are not in every base.
    return f"{name}.yaml" if name in {"monitoring", "egress"} else "network.yaml"


def _build_service(parts: Parts) -> Iterator[Resource]:
    """Build the scheduler's Services and its budget, unless workers join another scheduler."""
    if parts.context.existing:
        return
    service, secure = parts.scheduler.service, bool(parts.endpoint.certificate)
    if not parts.template:
        yield resource(service.build(secure, parts.endpoint.service_annotations), "scheduler.yaml", "scheduler")
        yield from service.build_aliases(secure)
    # A budget that allows no eviction would only block the drain, and not save the scheduler's state.
    yield resource(disruption_budget("scheduler", SCHEDULER, 1), "scheduler.yaml", "scheduler")


def _build_budgets(parts: Parts) -> Iterator[Resource]:
    """Build the budgets that limit how many workers a drain evicts at a time."""
    for index, group in enumerate(parts.workers):
        # A quarter at a time, so that the others can take over its data.
        budget = disruption_budget(group.object_name, group.labels_of_pods, "25%")
        yield resource(budget, group.file, "workers", index)
