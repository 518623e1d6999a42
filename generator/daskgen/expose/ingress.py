"""Expose the dashboard by an Ingress, under its own path if other applications share the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, final

from pydantic import Field, model_validator

from daskgen.auth import Way
from daskgen.expose import Claim, HostExposure, browse_at
from daskgen.kubernetes.claims import HOST_AND_PATH
from daskgen.kubernetes.objects import metadata, resource
from daskgen.model import Annotations, Host, Model, Name, ObjectName, UrlPath, refuse
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.policies import admit, in_namespace

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Ingress

ANNOTATED: frozenset[Way] = frozenset({"middleware", "url"})
"""The ways in which annotations of an Ingress have any controller ask a login service."""

PATH = "PATH"
"""Placeholder for the path of the Ingress in annotations."""


class Controller(NamedTuple):
    """The facts about an ingress controller: its namespace, and the annotations that keep the websocket open."""

    namespace: str
    """The namespace that its own installation manifests use."""
    annotations: Mapping[str, str] = {}
    """The annotations without which it closes idle websockets after a minute, or refuses them."""
    ways: frozenset[Way] = frozenset()
    """The ways in which annotations have it ask a login service."""


CONTROLLERS: Mapping[str, Controller] = {
    # Passes websockets, and ends none: https://doc.traefik.io/traefik/expose/kubernetes/advanced/
    "traefik": Controller("traefik", ways=frozenset({"middleware"})),
    # https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets
    "nginx": Controller(
        "ingress-nginx",
        {
            "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
            "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
        },
        frozenset({"url"}),
    ),
    # timeout-tunnel is 1h, and only the controller's own ConfigMap sets it:
    # https://www.haproxy.com/documentation/kubernetes-ingress/community/configuration-reference/configmap/
    "haproxy": Controller("haproxy-controller"),
    # Without them, Envoy passes no websocket and ends responses after 15 s:
    # https://projectcontour.io/docs/main/config/annotations/
    "contour": Controller(
        "projectcontour",
        {"projectcontour.io/response-timeout": "infinity", "projectcontour.io/websocket-routes": PATH},
    ),
    # https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html, for the Route
    # that OpenShift makes of an Ingress.
    "openshift-default": Controller(
        "openshift-ingress",
        {
            "haproxy.router.openshift.io/timeout": "1h",
            "haproxy.router.openshift.io/timeout-tunnel": "1h",
        },
    ),
}
"""Ingress class to the controller that has it by default."""

RETIRED = "ingress-nginx"
"""Namespace of the controller without security fixes since March 2026:
https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/"""


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
class Dashboard(HostExposure):
    """A host and path of an ingress controller."""

    kind: Literal["ingress"]
    ingress_class: Annotated[
        Name,
        Field(
            examples=["traefik"],
            alias="class",
            description="Name of the IngressClass. The controller of nginx, ingress-nginx, is retired.",
        ),
    ]
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
        """Return the namespace of the controller."""
        known = CONTROLLERS.get(self.ingress_class)
        return self.controller_namespace or (known.namespace if known else None)

    @property
    def retired(self) -> str:
        """Return the controller if it no longer gets security fixes."""
        return RETIRED if self.controller == RETIRED else ""

    def reach(self, site: Site) -> Endpoint:
        """Build an Ingress to the dashboard's port, and a policy that admits the controller."""
        prefix = self.path.rstrip("/")
        url = f"{'https' if self.tls else 'http'}://{self.host}{prefix}"
        controller = [in_namespace(self.controller or "")]
        target, file = site.target, f"{site.target.name}-ingress.yaml"
        let_in = admit(target.name, target.pods, controller, [target.port.number])
        policies = (resource(let_in, file, *target.origin),) if site.isolated else ()
        return Endpoint(
            resources=(resource(self._ingress(site), file, *target.origin), *policies),
            url=url,
            prefix=prefix,
            config=browse_at(url, self.host),
        )

    def claims(self) -> list[Claim]:
        """List the path of the host."""
        return [Claim(HOST_AND_PATH, f"{self.host}{self.path}", "path" if self.path != "/" else "host")]

    @property
    def _known(self) -> Controller | None:
        """The facts about its controller; another one of the same class has a namespace of its own."""
        known = CONTROLLERS.get(self.ingress_class)
        return known if known and known.namespace == self.controller else None

    @property
    def ways(self) -> frozenset[Way]:
        """Return the ways of its controller; any, where the controller is not in `CONTROLLERS`."""
        return self._known.ways if self._known else ANNOTATED

    def _annotate(self, site: Site) -> dict[str, str]:
        theirs = self._known.annotations if self._known else {}
        open_websockets = {key: self.path if value == PATH else value for key, value in theirs.items()}
        certificate = self.tls.annotations() if self.tls else {}
        login = self.auth.annotate(site.namespace) if self.auth else {}
        return {**open_websockets, **certificate, **self.annotations, **login}

    def _ingress(self, site: Site) -> Ingress:
        backend: Any = {"service": {"name": site.target.service, "port": {"name": site.target.port.name}}}
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
            secret = self.tls.secret or site.full_name(f"{site.target.name}-tls")
            spec["tls"] = [{"hosts": [self.host], "secretName": secret}]
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": metadata(site.target.name, site.target.pods, self._annotate(site)),
            "spec": spec,
        }
