"""Expose the dashboard or the scheduler by a node port, where there is no Ingress controller or Route."""

from __future__ import annotations

from typing import Annotated, Literal, final

from pydantic import Field

from daskgen.expose import NODE, Claim, DashboardExposure, Exposure, SchedulerExposure
from daskgen.kubernetes import ports
from daskgen.kubernetes.claims import NODE_PORT
from daskgen.model import Cidr, Items
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.opening import admit_sources, open_port


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

    def open(self, site: Site) -> Endpoint:
        """Build a Service that opens the port of the target, and a policy that admits `sources`."""
        spec = {
            "type": "NodePort",
            "externalTrafficPolicy": self.traffic_policy,
            "port": {"nodePort": self.port},
        }
        policies = (admit_sources(site.target, "nodeport", self.sources),) if site.isolated else ()
        url = f"{site.target.protocol}://{NODE}:{self.port}"
        return Endpoint(resources=(open_port(site.target, "nodeport", spec), *policies), url=url)


@final
class Dashboard(NodePort, DashboardExposure):
    """The dashboard on a port of the nodes."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the dashboard's port."""
        return self.open(site)


@final
class Scheduler(NodePort, SchedulerExposure):
    """The scheduler itself on a port of the nodes. Without `tls`, everyone who can connect runs code on the workers."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the scheduler's port."""
        return self.open(site.to_scheduler)
