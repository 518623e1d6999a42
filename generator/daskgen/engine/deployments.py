"""Run pods by plain Deployments: one for the scheduler and one for each group of workers.

They need no other controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, final

from daskgen.engine import Engine, Parts
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.replicas import write_range
from daskgen.parts.environment import from_field
from daskgen.parts.workers import WorkerGroup

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Deployment, PodTemplateSpec


@final
class Deployments(Engine):
    """Deployments, which Kubernetes itself reconciles."""

    kind: Literal["deployments"] = "deployments"

    def pods(self, parts: Parts) -> list[Resource]:
        """Build a Deployment for the scheduler, and one for each group."""
        workers = [
            resource(_run_workers(parts, group), group.file, "workers", index)
            for index, group in enumerate(parts.workers)
        ]
        own = not parts.context.existing
        return [*([resource(_run_scheduler(parts), "scheduler.yaml", "scheduler")] if own else []), *workers]


def _run_scheduler(parts: Parts) -> Deployment:
    scheduler, endpoint = parts.scheduler, parts.endpoint
    template = scheduler.pod(endpoint.prefix, endpoint.certificate, parts.context)
    # Of two schedulers at a time, each would have half of the workers.
    return _deployment("scheduler", SCHEDULER, template, scheduler.replicas, {"type": "Recreate"})


def _run_workers(parts: Parts, group: WorkerGroup) -> Deployment:
    template = group.pod(parts.context, from_field("DASK_WORKER_NAME", "metadata.name"))
    # No surge: there is often no room for one more worker, and its data goes to the others.
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}}
    deployment = _deployment(group.object_name, group.labels_of_pods, template, group.replicas.min, strategy)
    return _leave_replicas(deployment, group) if group.name in parts.scaled else deployment


def _leave_replicas(deployment: Deployment, group: WorkerGroup) -> Deployment:
    """Leave the number of pods to an autoscaler: applying one would undo what it has set."""
    del deployment["spec"]["replicas"]
    annotations = deployment["metadata"].get("annotations", {})
    deployment["metadata"]["annotations"] = {**annotations, **write_range(group.least, group.replicas.max)}
    return deployment


def _deployment(
    name: str, labels: dict[str, str], template: PodTemplateSpec, replicas: int, strategy: Any
) -> Deployment:
    pods = template["metadata"]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, pods["labels"], pods.get("annotations")),
        "spec": {
            "replicas": replicas,
            "strategy": strategy,
            "selector": {"matchLabels": dict(labels)},
            "template": template,
        },
    }
