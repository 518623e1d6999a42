"""Build the Services by which workers and clients reach the scheduler: its own, and one for each alias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.model import Annotations, Items, Model, Unique
from daskgen.model.patterns import APP_PROTOCOL, SERVICE_NAME
from daskgen.parts.pods import PodLabels

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Service

AppProtocol = Annotated[str, Field(pattern=APP_PROTOCOL, max_length=317)]
ServiceName = Annotated[str, Field(pattern=SERVICE_NAME, max_length=63)]


class AppProtocols(Model):
    """The protocols of the Service's ports, for meshes and gateways that do not use the names of ports."""

    dashboard: Annotated[
        AppProtocol | None,
        Field(
            examples=["kubernetes.io/ws"],
            description="Of the dashboard's port: kubernetes.io/ws where a gateway asks for it to pass websockets.",
        ),
    ] = None
    scheduler: Annotated[
        AppProtocol | None,
        Field(examples=["tcp"], description="Of the scheduler's port: tcp where a mesh guesses protocols."),
    ] = None


class SchedulerService(Model):
    """The Service of the scheduler."""

    labels: Annotated[PodLabels, Field(description="Labels of the Service.")] = {}
    annotations: Annotated[Annotations, Field(description="Annotations of the Service.")] = {}
    app_protocol: Annotated[
        AppProtocols, Field(default_factory=AppProtocols, description="Protocols of its ports: appProtocol.")
    ]
    aliases: Annotated[
        Items[ServiceName],
        Unique,
        Field(
            examples=[["dask-scheduler"]],
            description="Further names of the Service, as they are, for code that calls the scheduler by them.",
        ),
    ] = ()

    def build(self, secure: bool, annotations: Mapping[str, str]) -> Service:
        """Build the scheduler's Service; `annotations` are those of the exposure."""
        made = service(secure, {**annotations, **self.annotations})
        made["metadata"]["labels"] = {**SCHEDULER, **self.labels}
        protocols = (self.app_protocol.dashboard, self.app_protocol.scheduler)
        for port, protocol in zip(made["spec"]["ports"], protocols, strict=True):
            if protocol:
                port["appProtocol"] = protocol
        return made

    def build_aliases(self, secure: bool) -> Iterator[Resource]:
        """Build a Service for each alias, with the same ports and pods."""
        for index, alias in enumerate(self.aliases):
            made: Any = self.build(secure, {})
            made["metadata"]["name"] = f"alias-{alias}"
            origin = ("scheduler", "service", "aliases", index)
            yield resource(made, "aliases.yaml", *origin)._replace(full_name=alias)


def dashboard_port(secure: bool) -> Port:
    """Return the dashboard's port, whose name begins with its protocol."""
    return ports.SECURE_DASHBOARD if secure else ports.DASHBOARD


def worker_dashboard(secure: bool) -> Port:
    """Return the port of a worker's dashboard."""
    return ports.SECURE_WORKER_DASHBOARD if secure else ports.WORKER_DASHBOARD


def service(secure: bool, annotations: Mapping[str, str]) -> Service:
    """Build the Service by which workers and clients reach the scheduler."""
    ports_ = (dashboard_port(secure), ports.COMM)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata("scheduler", SCHEDULER, annotations),
        "spec": {
            "selector": dict(SCHEDULER),
            "ports": [{"name": port.name, "port": port.number, "targetPort": port.name} for port in ports_],
        },
    }
