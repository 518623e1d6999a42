"""Expose the dashboard by an HTTPRoute of Gateway API, attached to a Gateway that the platform runs.

https://gateway-api.sigs.k8s.io/api-types/httproute/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, final

from pydantic import Field, model_validator

from daskgen.expose import Claim, DashboardExposure, Endpoint, Site, browse_at
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.objects import metadata, resource
from daskgen.model import Annotations, Cidr, Host, Items, Model, Name, ObjectName, UrlPath, refuse
from daskgen.model.patterns import GATEWAY_DURATION
from daskgen.parts.network import admit, from_addresses, in_namespace
from daskgen.parts.opening import ExposedPort

if TYPE_CHECKING:
    from daskgen.kubernetes.types import NetworkPolicy

API = "gateway.networking.k8s.io"


class Parent(Model):
    """The Gateway that serves the host; its listener has to allow routes of the cluster's namespace."""

    name: Annotated[ObjectName, Field(examples=["shared"], description="Name of the Gateway.")]
    namespace: Annotated[Name | None, Field(description="Namespace of the Gateway; the cluster's by default.")] = None
    section_name: Annotated[
        ObjectName | None, Field(description="Name of the listener; all that accept the route by default.")
    ] = None

    def reference(self) -> dict[str, str]:
        """Build the reference, with all that the API server would fill in."""
        places = {"namespace": self.namespace, "sectionName": self.section_name}
        named = {"group": API, "kind": "Gateway", "name": self.name}
        return named | {field: place for field, place in places.items() if place}


@final
class Dashboard(DashboardExposure):
    """A host and path of a Gateway."""

    kind: Literal["gateway"]
    gateway: Annotated[
        Parent, Field(examples=[{"name": "shared", "namespace": "gateways"}], description="The parent Gateway.")
    ]
    host: Annotated[
        Host, Field(examples=["dask.example.com"], description="Host name, which other applications may share.")
    ]
    path: Annotated[UrlPath, Field(description="Path of the dashboard; Dask itself serves under it.")] = "/"
    tls: Annotated[
        bool, Field(description="The Gateway serves the host by HTTPS; its listener holds the certificate.")
    ] = True
    timeout: Annotated[
        str,
        Field(
            pattern=GATEWAY_DURATION,
            description="Longest time of a request, of a websocket too; 0s sets no limit.",
        ),
    ] = "0s"
    controller_namespace: Annotated[
        Name | None,
        Field(description="Namespace of the pods that forward requests; the Gateway's by default."),
    ] = None
    sources: Annotated[
        Items[Cidr],
        Field(description="Addresses that forward requests, where no pods do, such as a cloud's load balancer."),
    ] = ()
    annotations: Annotated[Annotations, Field(description="Annotations of the HTTPRoute, for its controller.")] = {}

    @model_validator(mode="after")
    def _check_callers(self) -> Dashboard:
        if not (self.controller or self.sources):
            raise refuse(
                "which pods forward the Gateway's requests is not known",
                "set gateway.namespace or controllerNamespace, or sources where no pods do",
            )
        return self

    @property
    def controller(self) -> str | None:
        """Namespace of the pods that forward requests; None where only addresses do."""
        return self.controller_namespace or (None if self.sources else self.gateway.namespace)

    def endpoint(self, site: Site) -> Endpoint:
        """Build an HTTPRoute to the dashboard's port, and a policy that admits who forwards requests."""
        prefix = self.path.rstrip("/")
        url = f"{'https' if self.tls else 'http'}://{self.host}{prefix}"
        target, file = site.target, f"{site.target.name}-gateway.yaml"
        policies = [resource(self._let_in(target), file, *target.origin)] if site.isolated else []
        return Endpoint(
            resources=(resource(self._route(site), file, *target.origin), *policies),
            url=url,
            prefix=prefix,
            config=browse_at(url, self.host),
        )

    def claims(self) -> list[Claim]:
        """List the path of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}{self.path}", "path" if self.path != "/" else "host")]

    def _let_in(self, target: ExposedPort) -> NetworkPolicy:
        pods = [in_namespace(self.controller)] if self.controller else []
        callers = [*pods, *from_addresses(self.sources)]
        return admit(target.name, target.pods, callers, [target.port.number])

    def _route(self, site: Site) -> dict[str, Any]:
        # kustomize follows names in kinds it knows; this one it does not.
        service = {"group": "", "kind": "Service", "name": site.full_name(site.target.service)}
        return {
            "apiVersion": f"{API}/v1",
            "kind": "HTTPRoute",
            "metadata": metadata(site.target.name, site.target.pods, self.annotations),
            "spec": {
                "parentRefs": [self.gateway.reference()],
                "hostnames": [self.host],
                "rules": [
                    {
                        "matches": [{"path": {"type": "PathPrefix", "value": self.path}}],
                        "backendRefs": [{**service, "port": site.target.port.number, "weight": 1}],
                        "timeouts": {"request": self.timeout},
                    }
                ],
            },
        }
