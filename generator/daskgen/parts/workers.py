"""Build groups of workers: pods that compute and hold data, and hand it over before they end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from daskgen.kubernetes import labels, quantity
from daskgen.kubernetes.ports import EPHEMERAL, FIRST_PORT, PortRange
from daskgen.model import FromNumber, Items, Name, ObjectName, Quantity, refuse
from daskgen.parts.context import PodContext
from daskgen.parts.environment import from_amount
from daskgen.parts.placement import Spread, check_constraints, keep_apart, spread_evenly
from daskgen.parts.places import At
from daskgen.parts.pods import Pod, probe
from daskgen.parts.process import WorkerProcess
from daskgen.parts.queue import QueueField
from daskgen.parts.replicas import MOST, Replicas
from daskgen.parts.resources import AT_MEMORY, AT_SCRATCH, CPU, MEMORY
from daskgen.parts.retire import choose_grace, retire, time_hand_over
from daskgen.parts.schedule import Schedule
from daskgen.parts.scratch import ScratchField
from daskgen.parts.service import worker_dashboard
from daskgen.parts.storage import SCRATCH
from daskgen.parts.tls import MOUNT, Role, serve_by_https

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        Affinity,
        Container,
        EnvVar,
        ObjectMeta,
        PodSpec,
        PodTemplateSpec,
    )

DEFAULT = "default"

SPILL_SHARE = 0.9
"""Fraction of the scratch volume that Dask may fill with spilled data; a pod that fills all of it is evicted."""


class WorkerGroup(Pod, WorkerProcess):
    """A group of workers with the same options."""

    role: ClassVar[Role] = "worker"

    name: Annotated[Name, Field(max_length=30, description="Name of the group, part of its objects' names.")] = DEFAULT
    replicas: Annotated[
        Replicas,
        FromNumber(0, MOST, lambda number: {"min": number, "max": number}),
        Field(
            description="Number of workers; or a range that follows the work, by `autoscaler` or with engine operator.",
            json_schema_extra={"default": 1},
        ),
        At("replicas", "spec.minimum", "spec.maximum"),
    ] = Replicas.model_construct(min=1, max=1)
    from_hardware_profile: Annotated[
        ObjectName | None,
        Field(
            description="HardwareProfile of OpenShift AI in daskgen.yaml, whose nodes or queue the group takes, too."
        ),
    ] = None
    queue: Annotated[
        QueueField | None,
        Field(
            description="LocalQueue of Kueue in which the workers wait for their quota: its name, or "
            "{name, priorityClass}. The scheduler stays outside."
        ),
    ] = None
    schedule: Annotated[
        Schedule | None,
        Field(
            description="Hours in which `replicas`, or `min` of a range, run at least; outside of them none, or as "
            "many as a range needs for its work."
        ),
    ] = None
    memory: Annotated[
        Quantity | None,
        AT_MEMORY,
        Field(description="Memory: request and limit, and Dask's own limit.", json_schema_extra={"default": "4Gi"}),
    ] = None
    scratch: Annotated[
        ScratchField | None,
        AT_SCRATCH,
        Field(
            description="Size of the scratch volume, of which Dask spills into nine tenths; or {size, storageClass}.",
            json_schema_extra={"default": "10Gi"},
        ),
    ] = None
    spill: Annotated[
        Quantity | None, Field(description="Most that Dask may spill; nine tenths of scratch by default.")
    ] = None
    threads: Annotated[
        int | None, Field(ge=1, le=1024, description="Number of threads; one for each core by default.")
    ] = None
    grace_period: Annotated[
        int | None,
        Field(
            ge=30,
            le=86_400,
            description="Seconds to hand data over before the pod is killed; 80, or more where memory is over 25Gi. "
            "A shorter name of terminationGracePeriodSeconds.",
        ),
    ] = None
    spread: Annotated[
        Literal["preferred", "required", "none"],
        Field(description="Spread workers over hosts; with `required`, a worker without a free host waits."),
    ] = "preferred"
    topology_spread_constraints: Annotated[
        Items[Spread],
        At("spec.topologySpreadConstraints"),
        AfterValidator(check_constraints),
        Field(description="Topology spread constraints, instead of those of `spread`."),
    ] = ()

    @model_validator(mode="after")
    def _check_grace(self) -> WorkerGroup:
        if self.grace_period and self.termination_grace_period_seconds:
            raise refuse("gracePeriod and terminationGracePeriodSeconds are the same", "write one of them")
        return self

    @model_validator(mode="after")
    def _check_schedule(self) -> WorkerGroup:
        if self.schedule and not self.replicas.min:
            raise refuse("schedule has no effect: no worker runs in its hours", "set replicas, or the min of its range")
        return self

    @property
    def least(self) -> int:
        """Return the least number of pods at any time."""
        return 0 if self.schedule else self.replicas.min

    @property
    def grace(self) -> int:
        """Return the seconds that pods get to end: `gracePeriod`, or 80 doubled until they suffice for the memory."""
        return self.termination_grace_period_seconds or self.grace_period or choose_grace(self.hand_over_time)

    @property
    def hand_over_time(self) -> int:
        """Return the seconds that it takes to hand over a full memory."""
        return time_hand_over(int(quantity.parse(self.row(MEMORY).amount)))

    @property
    def object_name(self) -> str:
        """Return the short name of the group's objects."""
        return "worker" if self.name == DEFAULT else f"worker-{self.name}"

    @property
    def file(self) -> str:
        """Return the file that holds them."""
        return f"{self.object_name}.yaml"

    @property
    def labels_of_pods(self) -> dict[str, str]:
        """Return the labels that select the group's pods."""
        return labels.worker_group(self.name)

    def pod(self, context: PodContext, *variables: EnvVar, cluster: str = labels.INSTANCE) -> PodTemplateSpec:
        """Build a worker's pod. It needs DASK_WORKER_NAME, in `variables` unless the operator sets it.

        `cluster` is the label that names the cluster, for the Service of its scheduler.
        """
        return self.template(self.labels_of_pods, self._container(variables, cluster, context), self.grace, context)

    def metadata(self, labels: Mapping[str, str]) -> ObjectMeta:
        """Return the metadata of the pods, with the labels of their queue."""
        return super().metadata({**labels, **(self.queue.labels if self.queue else {})})

    def placement(self, labels: dict[str, str]) -> PodSpec:
        """Return where the pods may run, and how they are spread."""
        spec = super().placement(labels)
        if self.topology_spread_constraints:
            spec["topologySpreadConstraints"] = [
                spread.constraint(labels) for spread in self.topology_spread_constraints
            ]
        elif self.spread != "none":
            spec["topologySpreadConstraints"] = spread_evenly(labels)
        if self.spread == "required":
            affinity: Affinity = {**spec.get("affinity", {})}
            affinity["podAntiAffinity"] = keep_apart(labels, affinity.get("podAntiAffinity", {}))
            spec["affinity"] = affinity
        return spec

    def _container(self, variables: Sequence[EnvVar], cluster: str, context: PodContext) -> Container:
        secure = context.encryption is not None
        dashboard, scheme = worker_dashboard(secure), "HTTPS" if secure else "HTTP"
        return {
            "name": "worker",
            "args": [
                *self.command(),
                *context.listen(),
                *context.open_dashboard(dashboard.number),
                *("--local-directory", SCRATCH, "--death-timeout", "60"),
                *self.worker_options(self.gpus, secure),
                *self.more(),
            ],
            "env": [*(serve_by_https(MOUNT) if secure else []), *self._environment(variables, cluster, context)],
            "ports": [{"name": port.name, "containerPort": port.number} for port in self.ports(dashboard)],
            "startupProbe": probe("/health", dashboard.name, period=3, failures=60, scheme=scheme),
            "readinessProbe": probe("/health", dashboard.name, period=10, failures=3, scheme=scheme),
            # A task that holds the interpreter's lock keeps the worker from answering; Dask itself waits five minutes.
            "livenessProbe": probe("/health", dashboard.name, period=30, failures=10, timeout=10, scheme=scheme),
            "lifecycle": {"preStop": {"exec": {"command": ["python", "-c", retire(self.count)]}}},
        }

    def _environment(self, variables: Sequence[EnvVar], cluster: str, context: PodContext) -> list[EnvVar]:
        taken = quantity.parse(context.packages.size) if context.packages else 0
        free = float(quantity.parse(self.room) - taken) * SPILL_SHARE
        spill = int(quantity.parse(self.spill) if self.spill else free) // self.count >> 20
        fractions = self.memory_fractions.variables() if self.memory_fractions else ()
        return [
            {"name": "DASK_DISTRIBUTED__WORKER__MEMORY__MAX_SPILL", "value": f"{spill}Mi"},
            *fractions,
            *self._shares(),
            *variables,
            *context.address_scheduler(cluster),
        ]

    def _shares(self) -> Iterator[EnvVar]:
        """Build the variables with the threads and the memory of each worker of the pod."""
        if self.threads or self.count > 1 or self.worker.threads:
            threads = self.threads or self.worker.threads or self.cores // self.count
            yield {"name": "THREADS", "value": str(threads)}
        else:
            yield from_amount("THREADS", self.row(CPU).part, CPU)
        if self.count > 1:
            yield {"name": "MEMORY_LIMIT", "value": str(int(quantity.parse(self.row(MEMORY).amount)) // self.count)}
        else:
            yield from_amount("MEMORY_LIMIT", self.row(MEMORY).part, MEMORY)

    @property
    def count(self) -> int:
        """Return the number of workers in a pod: `processes`, or one for each GPU."""
        return self.processes if self.worker.command.counts else max(self.gpus, 1)

    @property
    def cores(self) -> int:
        """Return the number of cores, rounded up."""
        return ceil(quantity.parse(self.row(CPU).amount))


def list_ranges(groups: Sequence[WorkerGroup]) -> list[PortRange]:
    """List the ranges of ports on which workers and nannies of these groups listen besides the usual ports."""
    last = max(group.last_port for group in groups)
    free = any(not group.worker.command.fixes_nanny for group in groups)
    return [*([(FIRST_PORT, last)] if last else []), *([EPHEMERAL] if free else [])]
