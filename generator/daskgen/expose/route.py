"""Expose the dashboard or the scheduler by an OpenShift Route.

https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.expose import Claim, Exposure, HostExposure, SchedulerExposure, browse_at
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.model import Duration, Host
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.policies import admit

ROUTERS = (
    {"policy-group.network.openshift.io/ingress": ""},
    {"network.openshift.io/policy-group": "ingress"},
)
"""Labels of the router's namespace: with OVN-Kubernetes, and with OpenShift SDN."""

HOST_NETWORK = {"policy-group.network.openshift.io/host-network": ""}

SERVING_CERTIFICATE = "service.beta.openshift.io/serving-cert-secret-name"
"""Annotation with which OpenShift creates a certificate for a Service in a Secret; the router trusts its issuer."""


class Routed(Exposure):
    """A host name of the cluster's router."""

    platforms: ClassVar[tuple[str, ...]] = ("openshift",)

    kind: Literal["route"]
    host: Annotated[
        Host, Field(examples=["dask.apps.example.com"], description="Host name, such as dask.apps.example.com.")
    ]
    timeout: Annotated[
        Duration,
        Field(description="Timeout of idle connections in the router; the dashboard uses a websocket."),
    ] = "1h"
    host_network: Annotated[bool, Field(description="The router's pods use the host network, as on bare metal.")] = (
        False
    )

    def claims(self) -> list[Claim]:
        """List the root of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}/", "host")]

    def build(self, site: Site, port: Port, tls: Mapping[str, str], policy: str) -> tuple[Resource, ...]:
        """Build a Route to a port of the target, and a policy of that name that admits the router."""
        target, file = site.target, f"{site.target.name}-route.yaml"
        routers = [*ROUTERS, *([HOST_NETWORK] if self.host_network else [])]
        peers: list[Any] = [{"namespaceSelector": {"matchLabels": dict(labels)}} for labels in routers]
        let_in = admit(policy, target.pods, peers, [port.number])
        bodies: list[Any] = [self._route(site, port.name, tls), *([let_in] if site.isolated else [])]
        return tuple(resource(body, file, *target.origin) for body in bodies)

    def _route(self, site: Site, port: str, tls: Mapping[str, str]) -> dict[str, Any]:
        timeouts = {f"haproxy.router.openshift.io/{key}": self.timeout for key in ("timeout", "timeout-tunnel")}
        return {
            "apiVersion": "route.openshift.io/v1",
            "kind": "Route",
            "metadata": metadata(site.target.name, site.target.pods, timeouts),
            "spec": {
                "host": self.host,
                # kustomize follows names in kinds it knows; this one it does not.
                "to": {"kind": "Service", "name": site.full_name(site.target.service), "weight": 100},
                "port": {"targetPort": port},
                "tls": dict(tls),
                "wildcardPolicy": "None",
            },
        }


@final
class Dashboard(Routed, HostExposure):
    """A host name of the cluster's router, always with TLS at the router."""

    termination: Annotated[
        Literal["edge", "reencrypt"],
        Field(description="edge: TLS ends at the router. reencrypt: the dashboard has TLS too."),
    ] = "edge"
    redirect: Annotated[bool, Field(description="Redirect HTTP to HTTPS; otherwise HTTP is refused.")] = True

    def reach(self, site: Site) -> Endpoint:
        """Build a Route to the dashboard's port, and a policy that admits the router."""
        secure = self.termination == "reencrypt"
        target = site.target
        secret = site.full_name(f"{target.name}-tls") if secure else ""
        port = target.port.secured if secure else target.port
        tls = {
            "termination": self.termination,
            "insecureEdgeTerminationPolicy": "Redirect" if self.redirect else "None",
        }
        return Endpoint(
            resources=self.build(site, port, tls, target.name),
            url=f"https://{self.host}",
            certificate=secret,
            service_annotations={SERVING_CERTIFICATE: secret} if secure else {},
            config=browse_at(f"https://{self.host}", self.host),
        )


@final
class Scheduler(Routed, SchedulerExposure):
    """A host name of the cluster's router, which passes TLS through to the scheduler."""

    by_name: ClassVar[bool] = True

    def endpoint(self, site: Site) -> Endpoint:
        """Build a Route to the scheduler's port, and a policy that admits the router."""
        passed = {"termination": "passthrough", "insecureEdgeTerminationPolicy": "None"}
        made = self.build(site.to_scheduler, site.to_scheduler.target.port, passed, "scheduler-route")
        return Endpoint(made, f"{site.protocol}://{self.host}:443")
