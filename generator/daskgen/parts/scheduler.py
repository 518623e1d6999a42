"""Build the scheduler: one pod that holds the state of a cluster, in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, model_validator

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.model import Items, refuse_parts
from daskgen.model.patterns import SCHEDULER_ADDRESS
from daskgen.parts.context import PodContext
from daskgen.parts.existing import Existing, read_existing
from daskgen.parts.places import At
from daskgen.parts.pods import Pod, probe
from daskgen.parts.policies import Peer
from daskgen.parts.process import Process
from daskgen.parts.resources import LittleMemory, LittleScratch
from daskgen.parts.service import SchedulerService, dashboard_port
from daskgen.parts.storage import CERTIFICATE
from daskgen.parts.tls import Role, serve_by_https

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, PodTemplateSpec

GRACE = 30
"""Grace period in seconds; a scheduler has nothing to hand over."""


class Scheduler(Pod, Process):
    """The process that clients and workers connect to."""

    role: ClassVar[Role] = "scheduler"

    replicas: Annotated[
        int,
        At("replicas"),
        Field(ge=0, le=1, description="1; or 0 for a cluster that is off, with workers that have 0 too."),
    ] = 1
    memory: LittleMemory = None
    scratch: LittleScratch = None

    address: Annotated[
        str | None,
        Field(
            examples=["tcp://dask-scheduler.analytics.svc:8786"],
            pattern=SCHEDULER_ADDRESS,
            description="Address of an existing scheduler, which the workers join; none is rendered then.",
        ),
    ] = None
    peers: Annotated[
        Items[Peer],
        Field(
            examples=[[{"cidr": "10.1.2.3/32"}]],
            description="Where the scheduler of `address` is, as policies name it; that of a Service or an IP address "
            "is known.",
        ),
    ] = ()
    service: Annotated[
        SchedulerService,
        Field(default_factory=SchedulerService, description="The Service by which workers and clients reach it."),
    ]

    @model_validator(mode="after")
    def _check_peers(self) -> Scheduler:
        if self.peers and not self.address:
            raise refuse_parts([(("peers",), "belongs to address", "leave it out, or write address", False)])
        return self

    def find_existing(self, namespace: str) -> Existing | None:
        """Return the scheduler that workers in a namespace join; None if it is rendered."""
        return read_existing(self.address, self.peers, namespace) if self.address else None

    def pod(self, prefix: str, certificate: str, context: PodContext) -> PodTemplateSpec:
        """Build the scheduler's pod, with its dashboard below `prefix` and the TLS Secret `certificate`, if any."""
        template = self.template(SCHEDULER, self._container(prefix, bool(certificate), context), GRACE, context)
        if certificate:
            spec = template["spec"]
            spec["volumes"].insert(0, {"name": "certificate", "secret": {"secretName": certificate}})
            mount: Any = {"name": "certificate", "mountPath": CERTIFICATE, "readOnly": True}
            spec["containers"][0]["volumeMounts"].insert(0, mount)
        return template

    def _container(self, prefix: str, secure: bool, context: PodContext) -> Container:
        dashboard = dashboard_port(secure)
        health, scheme = f"{prefix}/health", "HTTPS" if secure else "HTTP"
        return {
            "name": "scheduler",
            "args": [
                *("dask", "scheduler", "--port", str(ports.COMM.number)),
                *context.listen(),
                *context.open_dashboard(dashboard.number),
                *("--dashboard-prefix", "$(DASHBOARD_PREFIX)"),
                *self.more(context.encryption.script if context.encryption else ""),
            ],
            "env": [*(serve_by_https(CERTIFICATE) if secure else []), {"name": "DASHBOARD_PREFIX", "value": prefix}],
            "ports": [
                {"name": dashboard.name, "containerPort": dashboard.number},
                {"name": ports.COMM.name, "containerPort": ports.COMM.number},
            ],
            "startupProbe": probe(health, dashboard.name, period=2, failures=60, scheme=scheme),
            "readinessProbe": probe(health, dashboard.name, period=10, failures=3, scheme=scheme),
            "livenessProbe": probe(health, dashboard.name, period=30, failures=6, timeout=10, scheme=scheme),
        }
