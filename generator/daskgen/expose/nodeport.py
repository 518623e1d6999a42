"""Expose the dashboard or the scheduler by a node port, where there is no Ingress controller or Route.

Each exposure is a Service of its own: the type NodePort opens all ports of a Service, and the scheduler's has two.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, final

from pydantic import Field

from daskgen.expose import NODE, Claim, DashboardExposure, Endpoint, Exposure, SchedulerExposure, Site
from daskgen.kubernetes import ports
from daskgen.kubernetes.claims import NODE_PORT
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.model import Cidr, Items
from daskgen.parts.network import admit, from_addresses
from daskgen.paths import Path


class NodePort(Exposure):
    """A port of the nodes, and the addresses that may connect to it."""

    kind: Literal["nodeport"]
    port: Annotated[
        int,
        Field(
            examples=[30787],
            ge=ports.NODE_PORTS.start,
            le=ports.NODE_PORTS.stop - 1,
            description="Port, unique in the fleet.",
        ),
    ]
    sources: Annotated[
        Items[Cidr],
        Field(
            examples=[["192.168.0.0/16"]],
            min_length=1,
            description="Addresses that may connect; leave out those of pods.",
        ),
    ]
    traffic_policy: Annotated[
        Literal["Local", "Cluster"],
        Field(
            description="Local: only the scheduler's node answers, and `sources` applies to the client's address. "
            "Cluster: every node answers, and `sources` applies to the nodes' addresses, in the pods' range too."
        ),
    ] = "Local"

    def claims(self) -> list[Claim]:
        """List the node port."""
        return [Claim(NODE_PORT, str(self.port), "port")]

    def open(self, site: Site, name: str, port: Port) -> Endpoint:
        """Build a Service that opens `port` of the scheduler, and a policy that admits `sources`."""
        file, origin = f"{name}.yaml", ("expose", name.partition("-")[0])
        let_in = admit(name, SCHEDULER, from_addresses(self.sources), [port.number])
        callers: list[tuple[Path, Path]] = [
            (("spec", "ingress", 0, "from", index), (*origin, "sources", index)) for index in range(len(self.sources))
        ]
        made = resource(let_in, file, *origin)._replace(inner=tuple(callers))
        policies = (made,) if site.isolated else ()
        protocol = port.name.partition("-")[0]
        url = f"{protocol}://{NODE}:{self.port}"
        return Endpoint(resources=(self._service(name, port, file, origin), *policies), url=url)

    def _service(self, name: str, port: Port, file: str, origin: tuple[str, str]) -> Resource:
        opened: Any = {"name": port.name, "port": port.number, "targetPort": port.name, "nodePort": self.port}
        return resource(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": metadata(name, SCHEDULER),
                "spec": {
                    "type": "NodePort",
                    "externalTrafficPolicy": self.traffic_policy,
                    "selector": dict(SCHEDULER),
                    "ports": [opened],
                },
            },
            file,
            *origin,
        )


@final
class Dashboard(NodePort, DashboardExposure):
    """The dashboard on a port of the nodes."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the dashboard's port."""
        return self.open(site, "dashboard-nodeport", ports.DASHBOARD)


@final
class Scheduler(NodePort, SchedulerExposure):
    """The scheduler itself on a port of the nodes. Everyone who can connect can run any code on the workers."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the scheduler's port."""
        return self.open(site, "scheduler-nodeport", ports.COMM)
