"""Build custom resources of the dask-kubernetes operator, which creates a Deployment for each worker.

Its behaviour is that of dask-kubernetes 2026.3.0, dask_kubernetes/operator/controller/controller.py. It copies the
labels of a custom resource to the pods, so that selectors are those of every engine. After it has created pods it
applies only changes of `replicas`: not of the image, nor of the configuration, whose name therefore stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast, final

from pydantic import Field

from daskgen.engine import Engine, Parts
from daskgen.engine._update import CLUSTER_LABEL, Update, force, rename
from daskgen.kubernetes import ports
from daskgen.kubernetes.kinds import JOB_CLUSTER
from daskgen.kubernetes.labels import CLUSTER, INSTANCE, SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Name
from daskgen.operator.install import NAMESPACE
from daskgen.parts.config import ROUTES
from daskgen.parts.job import Job, reach_scheduler
from daskgen.parts.policies import admit, in_namespace
from daskgen.parts.service import service
from daskgen.parts.workers import DEFAULT, WorkerGroup

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        DaskAutoscaler,
        DaskCluster,
        DaskClusterSpec,
        DaskClusterSpecWorker,
        DaskJob,
        DaskJobSpecJobSpec,
        DaskWorkerGroup,
        NetworkPolicy,
        PodTemplateSpec,
    )

NAME = "dask"
"""Short name of the DaskCluster. The operator names its own Service `prod-dask-scheduler`, so that `prod-scheduler` is
free for the one that stays when the DaskCluster is recreated. `KubeCluster.adapt` looks for an autoscaler of the same
name."""

API = "distributed.http.scheduler.api"
"""Routes by which the operator reads the desired number of workers, and retires workers, which hand
over their data. They require no password."""


@final
class DaskOperator(Engine):
    """Custom resources, for which the dask-kubernetes operator creates Deployments."""

    config: ClassVar[Mapping[str, Any]] = {"distributed": {"scheduler": {"http": {"routes": [*ROUTES, API]}}}}
    restarts: ClassVar[bool] = False
    autoscaled: ClassVar[bool] = False
    several_workers: ClassVar[bool] = False

    kind: Literal["operator"] = "operator"
    namespace: Annotated[Name, Field(description="Namespace of the operator, which is admitted to the scheduler.")] = (
        NAMESPACE
    )
    update: Annotated[
        Update,
        Field(
            description="How an edit reaches running pods. manual: by commands that `daskgen plan` prints. recreate: "
            "the delivery engine, if it can, deletes and creates the cluster at every edit, of replicas too. "
            "blue-green: a cluster of another name is created beside the old."
        ),
    ] = "manual"
    idle_timeout: Annotated[
        int,
        Field(
            ge=60,
            le=(1 << 31) - 1,
            description="Seconds after which the operator deletes a cluster that a user of a hub leaves idle; for "
            "kind: JupyterHub only.",
        ),
    ] = 3600

    def pods(self, parts: Parts) -> list[Resource]:
        """Build a DaskCluster with the scheduler and the default group, and a DaskWorkerGroup for each further group.

        For a job, build a DaskJob: the operator creates its DaskCluster, and deletes that when the job ends.
        """
        own = find_default(parts.workers)
        # While two clusters run side by side, workers find their scheduler by the name that the operator gives it.
        known_by = CLUSTER_LABEL if self.update == "blue-green" or parts.template else INSTANCE
        if parts.job:
            return [_job(parts.job, parts, own, known_by)]
        if parts.template:
            return [_cluster(parts, own, known_by, self.idle_timeout)]
        return [
            _cluster(parts, own, known_by),
            *(_group(parts, index, known_by) for index in range(len(parts.workers)) if index != own),
            *_autoscaler(parts.workers[own], own),
        ]

    def apply_update(self, resources: list[Resource], name: str, image: str) -> list[Resource]:
        """Return the objects with the additions of `update`, by which an edit reaches the pods."""
        match self.update:
            case "recreate":
                return force(resources)
            case "blue-green":
                return rename(resources, name, image)
        return resources

    def claims(self) -> list[tuple[str, str]]:
        """List what the operator creates for the scheduler. It adopts an object of that name that exists already."""
        if self.update == "blue-green":
            return []  # its names have a hash that nothing else has
        return [("Deployment", f"{NAME}-scheduler"), ("Service", f"{NAME}-scheduler")]

    def policies(self, parts: Parts) -> list[NetworkPolicy]:
        """Admit the operator to the scheduler's API, on the dashboard's port, and a job to its scheduler."""
        operator = admit("operator", SCHEDULER, [in_namespace(self.namespace)], [ports.DASHBOARD.number])
        return [operator, *(reach_scheduler() if parts.job else [])]


def find_default(groups: tuple[WorkerGroup, ...]) -> int:
    """Return the index of the group that the operator creates with the DaskCluster: the default one, else the first."""
    return next((index for index, group in enumerate(groups) if group.name == DEFAULT), 0)


def _cluster(parts: Parts, own: int, known_by: str, idle_timeout: int = 0) -> Resource:
    body: DaskCluster = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskCluster",
        "metadata": metadata(NAME, CLUSTER),
        "spec": {**_describe(parts, own, known_by), "idleTimeout": idle_timeout},
    }
    made = resource(body, "cluster.yaml", "scheduler")
    return made._replace(inner=((("spec", "worker"), ("workers", own)),))


def _job(job: Job, parts: Parts, own: int, known_by: str) -> Resource:
    runner = _complete(job.pod(parts.context))
    body: DaskJob = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskJob",
        "metadata": metadata(NAME, CLUSTER),
        "spec": {
            "job": {"metadata": runner["metadata"], "spec": cast("DaskJobSpecJobSpec", runner["spec"])},
            "cluster": {"spec": _describe(parts, own, known_by)},
        },
    }
    made = resource(body, "job.yaml", "scheduler")
    return made._replace(inner=((("spec", "job"), ("job",)), ((*JOB_CLUSTER, "worker"), ("workers", own))))


def _describe(parts: Parts, own: int, known_by: str) -> DaskClusterSpec:
    endpoint = parts.endpoint
    scheduler = _complete(parts.scheduler.pod(endpoint.prefix, endpoint.certificate, parts.context))
    return {
        "idleTimeout": 0,
        "scheduler": {
            "metadata": scheduler["metadata"],
            "spec": scheduler["spec"],
            "service": _with_protocol(service(bool(endpoint.certificate), {})["spec"]),
        },
        "worker": _workers(parts, parts.workers[own], known_by),
    }


def _group(parts: Parts, index: int, known_by: str) -> Resource:
    group = parts.workers[index]
    body: DaskWorkerGroup = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskWorkerGroup",
        "metadata": metadata(group.object_name, group.labels_of_pods),
        "spec": {"cluster": NAME, "worker": _workers(parts, group, known_by)},
    }
    made = resource(body, group.file, "workers", index)
    return made._replace(inner=((("spec", "worker"), ("workers", index)),))


def _workers(parts: Parts, group: WorkerGroup, known_by: str) -> DaskClusterSpecWorker:
    template = _complete(group.pod(parts.context, cluster=known_by))
    return {"replicas": group.replicas.min, "metadata": template["metadata"], "spec": template["spec"]}


def _autoscaler(group: WorkerGroup, index: int) -> list[Resource]:
    if not group.replicas.vary:
        return []
    body: DaskAutoscaler = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskAutoscaler",
        "metadata": metadata(NAME, CLUSTER),
        "spec": {"cluster": NAME, "minimum": group.replicas.min, "maximum": group.replicas.max},
    }
    return [resource(body, "autoscaler.yaml", "workers", index, "replicas")]


def _complete(template: PodTemplateSpec) -> PodTemplateSpec:
    """Set the defaults of the custom resource definitions, so that the stored object equals the one in Git."""
    for container in (*template["spec"]["containers"], *template["spec"].get("initContainers", ())):
        _with_protocol(container)
    return template


def _with_protocol(holder: Any) -> Any:
    for port in holder.get("ports", ()):
        port["protocol"] = "TCP"
    return holder
