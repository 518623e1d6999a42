"""Build a job: one pod that uses the cluster; when it ends, the cluster is deleted.

The operator starts it together with the scheduler, and copies its labels to the cluster's pods
(dask-kubernetes 2026.3.0, dask_kubernetes/operator/controller/controller.py, daskjob_create_components).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import JOB, SCHEDULER, selecting
from daskgen.model import Items
from daskgen.parts.context import PodContext
from daskgen.parts.pods import Pod
from daskgen.parts.policies import admit, policy, tcp
from daskgen.parts.resources import LittleMemory, LittleScratch
from daskgen.parts.tls import Role

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, NetworkPolicy, PodTemplateSpec

GRACE = 30
"""Seconds that the job gets to end when it is stopped: the default of Kubernetes."""

PATIENCE = "10m"
"""Time for which the job's client tries to connect, as the scheduler starts at the same time."""


class Job(Pod):
    """A program that runs once, with a cluster of its own."""

    role: ClassVar[Role] = "client"

    command: Annotated[
        Items[Annotated[str, Field(min_length=1)]],
        Field(
            examples=[["python", "job.py"]], min_length=1, description="Program and arguments, in the cluster's image."
        ),
    ]
    restart: Annotated[
        Literal["Never", "OnFailure"],
        Field(
            description="Never: the job fails when the program does. OnFailure: it is restarted, until the deadline."
        ),
    ] = "Never"
    deadline: Annotated[
        int | None,
        Field(
            ge=1,
            le=(1 << 31) - 1,
            description="Seconds after which the job is stopped and fails; unlimited by default.",
        ),
    ] = None
    memory: LittleMemory = None
    scratch: LittleScratch = None

    def pod(self, context: PodContext) -> PodTemplateSpec:
        """Build the pod that runs the command."""
        template = self.template(JOB, self._container(context), GRACE, context)
        template["spec"]["restartPolicy"] = self.restart
        if self.deadline:
            template["spec"]["activeDeadlineSeconds"] = self.deadline
        return template

    def _container(self, context: PodContext) -> Container:
        return {
            "name": "job",
            "args": list(self.command),
            "env": [
                *context.address_scheduler(),
                {"name": "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "value": PATIENCE},
            ],
        }


def reach_scheduler() -> list[NetworkPolicy]:
    """Build the policies by which the job may connect to its scheduler."""
    numbers = [ports.COMM.number]
    egress = [{"to": [{"podSelector": selecting(SCHEDULER)}], "ports": tcp(numbers)}]
    return [
        policy("job", JOB, egress=egress),
        admit("job-scheduler", SCHEDULER, [{"podSelector": selecting(JOB)}], numbers),
    ]
