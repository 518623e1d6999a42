"""Expose the dashboard by an Ingress, under a path of its own where other applications share the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, final

from pydantic import Field, model_validator

from daskgen.expose import Claim, DashboardExposure, Endpoint, Site, browse_at
from daskgen.kubernetes import ports
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import metadata, resource
from daskgen.model import Annotations, Host, Model, Name, ObjectName, UrlPath, refuse
from daskgen.parts.network import admit, in_namespace

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Ingress

CONTROLLERS = {
    "traefik": "traefik",
    "nginx": "ingress-nginx",
    "haproxy": "haproxy-controller",
    "contour": "projectcontour",
    "openshift-default": "openshift-ingress",
}
"""Ingress class to the namespace that its controller's own installation manifests use."""

FILE, ORIGIN = "dashboard-ingress.yaml", ("expose", "dashboard")


class Tls(Model):
    """The host's certificate: an existing Secret, or the cert-manager issuer that creates one."""

    secret: Annotated[ObjectName | None, Field(description="Name of an existing TLS Secret.")] = None
    issuer: Annotated[ObjectName | None, Field(description="Name of a cert-manager issuer that creates one.")] = None
    issuer_kind: Annotated[Literal["ClusterIssuer", "Issuer"], Field(description="Kind of the issuer.")] = (
        "ClusterIssuer"
    )

    @model_validator(mode="after")
    def _check_choice(self) -> Tls:
        if bool(self.secret) == bool(self.issuer):
            raise refuse("takes exactly one of secret and issuer")
        return self

    def annotations(self) -> dict[str, str]:
        """Return the annotations for cert-manager: https://cert-manager.io/docs/usage/ingress/."""
        if not self.issuer:
            return {}
        key = "cluster-issuer" if self.issuer_kind == "ClusterIssuer" else "issuer"
        return {f"cert-manager.io/{key}": self.issuer}


@final
class Dashboard(DashboardExposure):
    """A host and path of an ingress controller."""

    kind: Literal["ingress"]
    ingress_class: Annotated[Name, Field(examples=["traefik"], alias="class", description="Name of the IngressClass.")]
    host: Annotated[
        Host, Field(examples=["dask.example.com"], description="Host name, which other applications may share.")
    ]
    path: Annotated[UrlPath, Field(description="Path of the dashboard; Dask itself serves under it.")] = "/"
    tls: Annotated[Tls | None, Field(description="The host's certificate.")] = None
    controller_namespace: Annotated[
        Name | None, Field(description="Namespace of the ingress controller; known for the usual classes.")
    ] = None
    annotations: Annotated[Annotations, Field(description="Annotations of the Ingress, for its controller.")] = {}

    @model_validator(mode="after")
    def _check_controller(self) -> Dashboard:
        if not self.controller:
            raise refuse(
                f"where the controller of class {self.ingress_class} runs is not known",
                "set controllerNamespace to its namespace",
            )
        return self

    @property
    def controller(self) -> str | None:
        """Namespace of the controller."""
        return self.controller_namespace or CONTROLLERS.get(self.ingress_class)

    def endpoint(self, site: Site) -> Endpoint:
        """Build an Ingress to the dashboard's port, and a policy that admits the controller."""
        prefix = self.path.rstrip("/")
        url = f"{'https' if self.tls else 'http'}://{self.host}{prefix}"
        controller = [in_namespace(self.controller or "")]
        let_in = resource(admit("dashboard", SCHEDULER, controller, [ports.DASHBOARD.number]), FILE, *ORIGIN)
        return Endpoint(
            resources=(resource(self._ingress(site), FILE, *ORIGIN), *((let_in,) if site.isolated else ())),
            url=url,
            prefix=prefix,
            config=browse_at(url, self.host),
        )

    def claims(self) -> list[Claim]:
        """List the path of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}{self.path}", "path" if self.path != "/" else "host")]

    def _ingress(self, site: Site) -> Ingress:
        annotations = {**(self.tls.annotations() if self.tls else {}), **self.annotations}
        backend: Any = {"service": {"name": "scheduler", "port": {"name": ports.DASHBOARD.name}}}
        spec: Any = {
            "ingressClassName": self.ingress_class,
            "rules": [
                {
                    "host": self.host,
                    "http": {"paths": [{"path": self.path, "pathType": "Prefix", "backend": backend}]},
                }
            ],
        }
        if self.tls:
            secret = self.tls.secret or site.full_name("dashboard-tls")
            spec["tls"] = [{"hosts": [self.host], "secretName": secret}]
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": metadata("dashboard", SCHEDULER, annotations),
            "spec": spec,
        }
