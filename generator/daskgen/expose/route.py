"""Expose the dashboard by an OpenShift Route.

https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.expose import Claim, DashboardExposure, Endpoint, Site, browse_at
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.objects import metadata, resource
from daskgen.model import Duration, Host
from daskgen.parts.network import admit

ROUTERS = (
    {"policy-group.network.openshift.io/ingress": ""},
    {"network.openshift.io/policy-group": "ingress"},
)
"""Labels of the router's namespace: with OVN-Kubernetes, and before it."""

HOST_NETWORK = {"policy-group.network.openshift.io/host-network": ""}

SERVING_CERTIFICATE = "service.beta.openshift.io/serving-cert-secret-name"
"""Makes OpenShift create a certificate for the Service in that Secret; the router trusts its issuer by default."""


@final
class Dashboard(DashboardExposure):
    """A host name of the cluster's router, always with TLS at the router."""

    platforms: ClassVar[tuple[str, ...]] = ("openshift",)

    kind: Literal["route"]
    host: Annotated[
        Host, Field(examples=["dask.apps.example.com"], description="Host name, such as dask.apps.example.com.")
    ]
    termination: Annotated[
        Literal["edge", "reencrypt"],
        Field(description="edge: TLS ends at the router. reencrypt: the dashboard has TLS too."),
    ] = "edge"
    redirect: Annotated[bool, Field(description="Redirect HTTP to HTTPS; otherwise HTTP is refused.")] = True
    timeout: Annotated[
        Duration,
        Field(description="Timeout of idle connections in the router; the dashboard uses a websocket."),
    ] = "1h"
    host_network: Annotated[bool, Field(description="The router's pods use the host network, as on bare metal.")] = (
        False
    )

    def endpoint(self, site: Site) -> Endpoint:
        """Build a Route to the dashboard's port, and a policy that admits the router."""
        secure = self.termination == "reencrypt"
        target, file = site.target, f"{site.target.name}-route.yaml"
        secret = site.full_name(f"{target.name}-tls") if secure else ""
        # Names of ports begin with their protocol.
        port = target.port._replace(name=f"https-{target.port.name.partition('-')[2]}") if secure else target.port
        routers = [*ROUTERS, *([HOST_NETWORK] if self.host_network else [])]
        peers: list[Any] = [{"namespaceSelector": {"matchLabels": dict(labels)}} for labels in routers]
        let_in = resource(admit(target.name, target.pods, peers, [port.number]), file, *target.origin)
        return Endpoint(
            resources=(
                resource(self._route(site, port.name), file, *target.origin),
                *((let_in,) if site.isolated else ()),
            ),
            url=f"https://{self.host}",
            certificate=secret,
            service_annotations={SERVING_CERTIFICATE: secret} if secure else {},
            config=browse_at(f"https://{self.host}", self.host),
        )

    def claims(self) -> list[Claim]:
        """List the root of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}/", "host")]

    def _route(self, site: Site, port: str) -> dict[str, Any]:
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
                "tls": {
                    "termination": self.termination,
                    "insecureEdgeTerminationPolicy": "Redirect" if self.redirect else "None",
                },
                "wildcardPolicy": "None",
            },
        }
