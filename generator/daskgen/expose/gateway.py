"""Expose the dashboard by an HTTPRoute of Gateway API, or the scheduler by a TLSRoute.

Both are attached to a Gateway that the platform runs: https://gateway-api.sigs.k8s.io/api-types/httproute/,
https://gateway-api.sigs.k8s.io/api-types/tlsroute/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from pydantic import Field, model_validator

from daskgen.auth import Way
from daskgen.expose import Claim, Exposure, HostExposure, SchedulerExposure, browse_at
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Annotations, Cidr, Host, Items, Model, Name, ObjectName, UrlPath, refuse
from daskgen.model.patterns import GATEWAY_DURATION
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.opening import ExposedPort
from daskgen.parts.policies import admit, from_addresses, in_namespace

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

    port: Annotated[
        int | None,
        Field(ge=1, le=65_535, description="Port of the listener; the scheduler's address has 443 by default."),
    ] = None

    def reference(self) -> dict[str, Any]:
        """Build the reference, with all defaults of the API server."""
        places = {"namespace": self.namespace, "sectionName": self.section_name, "port": self.port}
        named = {"group": API, "kind": "Gateway", "name": self.name}
        return named | {field: place for field, place in places.items() if place}


class Attached(Exposure):
    """A route that is attached to a Gateway, and the pods or addresses that forward its requests."""

    kind: Literal["gateway"]
    gateway: Annotated[
        Parent, Field(examples=[{"name": "shared", "namespace": "gateways"}], description="The parent Gateway.")
    ]
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
    def _check_callers(self) -> Attached:
        if not (self.controller or self.sources):
            raise refuse(
                "which pods forward the Gateway's requests is not known",
                "set gateway.namespace or controllerNamespace, or sources where no pods do",
            )
        return self

    @property
    def controller(self) -> str | None:
        """Return the namespace of the pods that forward requests; None if only addresses do."""
        return self.controller_namespace or (None if self.sources else self.gateway.namespace)

    def build(self, site: Site, kind: str, host: str, rule: dict[str, Any], policy: str) -> tuple[Resource, ...]:
        """Build a route of `kind` from `host` to the target, and a policy that admits its callers."""
        target, file = site.target, f"{site.target.name}-gateway.yaml"
        route = {
            "apiVersion": f"{API}/v1",
            "kind": kind,
            "metadata": metadata(target.name, target.pods, self.annotations),
            "spec": {"parentRefs": [self.gateway.reference()], "hostnames": [host], "rules": [rule]},
        }
        bodies: list[Any] = [route, *([self._let_in(target, policy)] if site.isolated else [])]
        return tuple(resource(body, file, *target.origin) for body in bodies)

    def _let_in(self, target: ExposedPort, name: str) -> NetworkPolicy:
        pods = [in_namespace(self.controller)] if self.controller else []
        return admit(name, target.pods, [*pods, *from_addresses(self.sources)], [target.port.number])


@final
class Dashboard(Attached, HostExposure):
    """A host and path of a Gateway."""

    crosses: ClassVar[bool] = False

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

    @property
    def ways(self) -> frozenset[Way]:
        """Return what its routes can name, or policies for them; what the Gateway knows, only the platform knows."""
        return frozenset({"middleware", "service"})

    def reach(self, site: Site) -> Endpoint:
        """Build an HTTPRoute to the dashboard's port, and a policy that admits its callers."""
        prefix = self.path.rstrip("/")
        url = f"{'https' if self.tls else 'http'}://{self.host}{prefix}"
        rule = self._rule(build_backends(site))
        return Endpoint(
            resources=self.build(site, "HTTPRoute", self.host, rule, site.target.name),
            url=url,
            prefix=prefix,
            config=browse_at(url, self.host),
        )

    def claims(self) -> list[Claim]:
        """List the path of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}{self.path}", "path" if self.path != "/" else "host")]

    def _rule(self, backends: list[Any]) -> dict[str, Any]:
        matches = [{"path": {"type": "PathPrefix", "value": self.path}}]
        filters = list(self.auth.filter_requests()) if self.auth else []
        asked = {"filters": filters} if filters else {}
        return {"matches": matches, **asked, "backendRefs": backends, "timeouts": {"request": self.timeout}}


@final
class Scheduler(Attached, SchedulerExposure):
    """A host of a Gateway's listener that passes TLS through to the scheduler."""

    by_name: ClassVar[bool] = True

    host: Annotated[
        Host, Field(examples=["dask.sched.example.com"], description="Host name, which only the scheduler has.")
    ]

    def endpoint(self, site: Site) -> Endpoint:
        """Build a TLSRoute to the scheduler's port, and a policy that admits its callers."""
        rule = {"backendRefs": build_backends(site.to_scheduler)}
        made = self.build(site.to_scheduler, "TLSRoute", self.host, rule, "scheduler-gateway")
        return Endpoint(made, f"{site.protocol}://{self.host}:{self.gateway.port or 443}")

    def claims(self) -> list[Claim]:
        """List the root of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}/", "host")]


def build_backends(site: Site) -> list[dict[str, Any]]:
    """Name the target's Service."""
    # kustomize follows names in kinds it knows; these it does not.
    service = {"group": "", "kind": "Service", "name": site.full_name(site.target.service)}
    return [{**service, "port": site.target.port.number, "weight": 1}]
