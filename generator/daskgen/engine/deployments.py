"""Plain Deployments: one for the scheduler and one for each group of workers. Nothing else has to be installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from daskgen.kubernetes.labels import CLUSTER, SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.parts.cluster import Engine, Parts
from daskgen.parts.config import FILE, config_map
from daskgen.parts.pods import Pod, disruption_budget
from daskgen.parts.scheduler import service
from daskgen.parts.workers import WorkerGroup

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Deployment, PodTemplateSpec, ServiceAccount


class Variant(Engine):
    """Deployments, made and kept by Kubernetes itself."""

    kind: Literal["deployments"] = "deployments"

    def resources(self, parts: Parts) -> list[Resource]:
        """Service account, configuration, scheduler, workers, policies."""
        groups = [it for index, group in enumerate(parts.workers) for it in _workers(parts, group, index)]
        policies = parts.network.policies(parts.around.platform, parts.notebooks)
        return [
            resource(_service_account(), "service-account.yaml"),
            resource(config_map(parts.edge.config, parts.config), FILE, "config"),
            *_scheduler(parts),
            *groups,
            *(resource(policy, _policy_file(policy["metadata"]["name"]), "network") for policy in policies),
        ]


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


def _scheduler(parts: Parts) -> list[Resource]:
    scheduler, edge = parts.scheduler, parts.edge
    template = scheduler.pod(edge.prefix, edge.certificate, parts.around)
    # Two schedulers at once would each have half of the workers.
    deployment = _deployment("scheduler", scheduler, SCHEDULER, template, 1, {"type": "Recreate"})
    objects: list[Mapping[str, Any]] = [
        deployment,
        service(bool(edge.certificate), dict(edge.service_annotations)),
        # A budget that forbade it would only hold up the drain, not save the scheduler's state.
        disruption_budget("scheduler", SCHEDULER, 1),
    ]
    return [resource(it, "scheduler.yaml", "scheduler") for it in objects]


def _workers(parts: Parts, group: WorkerGroup, index: int) -> list[Resource]:
    name, labels = group.object_name, group.labels_of_pods
    # No surge: a worker's room is often all there is, and its data goes to the others.
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}}
    deployment = _deployment(name, group, labels, group.pod(parts.around), group.replicas, strategy)
    # A quarter at a time, so that the rest can take over its data.
    objects: list[Mapping[str, Any]] = [deployment, disruption_budget(name, labels, "25%")]
    return [resource(it, f"{name}.yaml", "workers", index) for it in objects]


def _deployment(
    name: str, pod: Pod, labels: dict[str, str], template: PodTemplateSpec, replicas: int, strategy: Any
) -> Deployment:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, {**labels, **pod.labels}, pod.annotations),
        "spec": {
            "replicas": replicas,
            "strategy": strategy,
            "selector": {"matchLabels": dict(labels)},
            "template": template,
        },
    }
