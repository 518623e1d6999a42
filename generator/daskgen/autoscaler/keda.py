"""Have KEDA follow the work: a ScaledObject for each group that varies, with what the scheduler says it needs.

The scheduler answers at /api/v1/adaptive_target, as Dask's own route of that name does, on a port of its own. Dask's
routes are on the dashboard's port, where others could stop workers at /api/v1/retire_workers.
https://keda.sh/docs/2.20/reference/scaledobject-spec/, https://keda.sh/docs/2.20/scalers/metrics-api/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.autoscaler import Autoscaler, Scaling, Site
from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import CLUSTER, SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Name
from daskgen.parts.network import Network
from daskgen.parts.policies import admit, in_namespace
from daskgen.parts.schedule import Schedule
from daskgen.parts.workers import WorkerGroup

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Service

NAME = "autoscaler"

FILE = "autoscaler.yaml"

TARGET = "/api/v1/adaptive_target"

SERVE = f"""\
from distributed.http.scheduler.api import AdaptiveTargetHandler
from tornado.web import Application


async def dask_setup(scheduler):
    routes = [("{TARGET}", AdaptiveTargetHandler, {{"dask_server": scheduler}})]
    Application(routes).listen({ports.AUTOSCALER.number})
"""
"""Script of the scheduler (distributed 2026.8.0): the one route that KEDA reads, on a port that has no other."""

Seconds = Annotated[int, Field(ge=1, le=86_400)]


@final
class Keda(Autoscaler):
    """KEDA, which is installed in the Kubernetes cluster."""

    follows_work: ClassVar[bool] = True
    keeps_hours: ClassVar[bool] = True

    kind: Literal["keda"] = "keda"
    namespace: Annotated[Name, Field(description="Namespace of KEDA, which is admitted to the scheduler.")] = "keda"
    polling_interval: Annotated[
        Seconds | None, Field(description="Seconds between two questions to the scheduler; 30 by KEDA's default.")
    ] = None
    cooldown_period: Annotated[
        Seconds | None,
        Field(description="Seconds without work before the last worker goes, with min 0; 300 by KEDA's default."),
    ] = None
    stabilization_window_seconds: Annotated[
        int | None,
        Field(
            ge=0, le=3600, description="Seconds for which fewer workers have to suffice before some go; 300 at first."
        ),
    ] = None

    def scales(self, group: WorkerGroup) -> bool:
        """Scale groups with a range or with hours."""
        return group.replicas.vary or group.schedule is not None

    def scaling(self, site: Site) -> Scaling:
        """Build a ScaledObject for each group, and the way by which KEDA reaches the scheduler."""
        scaled = [
            resource(self._scale(group, site), FILE, "workers", index, "replicas")
            for index, group in enumerate(site.workers)
            if self.scales(group)
        ]
        if not any(group.replicas.vary for group in site.workers):
            return Scaling(scaled)
        return Scaling([*scaled, *self._reach(site)], [SERVE])

    def _reach(self, site: Site) -> Iterator[Resource]:
        yield resource(_serve(site.network), FILE, "autoscaler")
        if site.network.isolation:
            policy = admit(NAME, SCHEDULER, [in_namespace(self.namespace)], [ports.AUTOSCALER.number])
            yield resource(policy, FILE, "autoscaler")

    def _scale(self, group: WorkerGroup, site: Site) -> Any:
        spec: dict[str, Any] = {
            # The full name, since kustomize does not know the kind.
            "scaleTargetRef": {"name": f"{site.cluster}-{group.object_name}"},
            "minReplicaCount": group.least,
            "maxReplicaCount": group.replicas.max,
            **self._pace(),
            "triggers": list(_trigger(group, site)),
        }
        meta = metadata(group.object_name, group.labels_of_pods)
        return {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": meta, "spec": spec}

    def _pace(self) -> dict[str, Any]:
        window = self.stabilization_window_seconds
        behavior = {"scaleDown": {"stabilizationWindowSeconds": window}}
        pace = {
            "pollingInterval": self.polling_interval,
            "cooldownPeriod": self.cooldown_period,
            "advanced": None if window is None else {"horizontalPodAutoscalerConfig": {"behavior": behavior}},
        }
        return {key: value for key, value in pace.items() if value is not None}


def _serve(network: Network) -> Service:
    """Build a Service without an address of its own: its name leads to the scheduler's pod once that is ready."""
    port = ports.AUTOSCALER
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(NAME, CLUSTER),
        "spec": {
            "clusterIP": "None",
            **network.describe_families(),  # type: ignore[typeddict-item]
            "selector": dict(SCHEDULER),
            "ports": [{"name": port.name, "port": port.number, "targetPort": port.number}],
        },
    }


def _trigger(group: WorkerGroup, site: Site) -> Iterator[dict[str, Any]]:
    """Build the triggers of a group; KEDA takes the one that asks for the most workers."""
    if group.replicas.vary:
        host = f"{site.cluster}-{NAME}.{site.namespace}.svc:{ports.AUTOSCALER.number}"
        # The scheduler counts workers, and KEDA pods.
        target = {"url": f"http://{host}{TARGET}", "valueLocation": "workers", "targetValue": str(group.count)}
        yield {"type": "metrics-api", "metadata": target}
    if group.schedule:
        yield {"type": "cron", "metadata": _keep_hours(group.schedule, group.replicas.min)}


def _keep_hours(schedule: Schedule, replicas: int) -> dict[str, str]:
    hours = {"timezone": schedule.time_zone, "start": schedule.start, "end": schedule.end}
    return {**hours, "desiredReplicas": str(replicas)}
