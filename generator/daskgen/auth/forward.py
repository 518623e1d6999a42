"""Use the login that the ingress controller or the Gateway has already: it asks a service about each request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, final

from pydantic import Field, model_validator

from daskgen.auth import Auth, Way
from daskgen.kubernetes.objects import metadata, resource
from daskgen.model import Items, Model, Name, ObjectName, Text, refuse
from daskgen.model.patterns import ASKED_PATH, HTTP_URL
from daskgen.parts.endpoint import Endpoint, Site

MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares"
"""https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/#on-ingress"""

ANNOTATIONS = {"url": "nginx.ingress.kubernetes.io/auth-url", "signin": "nginx.ingress.kubernetes.io/auth-signin"}
"""https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#external-authentication"""

Url = Annotated[str, Field(pattern=HTTP_URL)]


def take_login(annotations: dict[str, str]) -> dict[str, str] | None:
    """Take the annotations that name a login service out of those of an Ingress, and return the login they make."""
    asked = {field: annotations[key] for field, key in ANNOTATIONS.items() if key in annotations}
    if "url" not in asked or not all(re.match(HTTP_URL, url) for url in asked.values()):
        return None
    for field in asked:
        del annotations[ANNOTATIONS[field]]
    return {"kind": "forward", **asked}


class Middleware(Model):
    """A Middleware of Traefik that exists, such as one with `forwardAuth`."""

    name: Annotated[ObjectName, Field(examples=["login"], description="Name of the Middleware.")]
    namespace: Annotated[Name | None, Field(description="Namespace of the Middleware; the cluster's by default.")] = (
        None
    )


class Asked(Model):
    """The Service of a login service, which Envoy Gateway asks about each request."""

    name: Annotated[Name, Field(examples=["authelia"], description="Name of the Service.")]
    namespace: Annotated[
        Name | None,
        Field(description="Namespace of the Service; the cluster's by default. Another needs a ReferenceGrant there."),
    ] = None
    port: Annotated[int, Field(ge=1, le=65_535, examples=[80], description="Port of the Service.")]
    path: Annotated[
        Text | None,
        Field(pattern=ASKED_PATH, description="Path before that of the request, such as /api/authz/ext-authz/."),
    ] = None
    headers: Annotated[
        Items[Text], Field(description="Headers of the request that the service gets, besides Authorization.")
    ] = ("accept", "cookie", "x-forwarded-proto")

    def describe(self) -> dict[str, Any]:
        """Return how a SecurityPolicy asks it: requests that it does not answer are refused."""
        backend = {"group": "", "kind": "Service", "name": self.name, "port": self.port}
        where = {"namespace": self.namespace} if self.namespace else {}
        path = {"path": self.path} if self.path else {}
        http = {"backendRefs": [{**backend, **where}], **path}
        return {"failOpen": False, "headersToExtAuth": list(self.headers), "http": http}


@final
class Forward(Auth):
    """The login of what serves the host. Exactly one of `middleware`, `url` and `service` says which."""

    kind: Literal["forward"]
    middleware: Annotated[
        Middleware | None,
        Field(description="Middleware of Traefik; a Gateway takes one of the cluster's namespace alone."),
    ] = None
    url: Annotated[
        Url | None,
        Field(
            examples=["http://oauth2-proxy.login.svc.cluster.local:4180/oauth2/auth"],
            description="URL that ingress-nginx asks about each request: auth-url.",
        ),
    ] = None
    signin: Annotated[
        Url | None,
        Field(
            examples=["https://login.example.com/oauth2/start?rd=https://$host$escaped_request_uri"],
            description="URL that it sends people to who have to log in: auth-signin.",
        ),
    ] = None

    service: Annotated[
        Asked | None, Field(description="Service that Envoy Gateway asks about each request, by a SecurityPolicy.")
    ] = None

    @model_validator(mode="after")
    def _check_choice(self) -> Forward:
        if sum(map(bool, (self.middleware, self.url, self.service))) != 1:
            raise refuse("takes exactly one of middleware, url and service")
        if self.signin and not self.url:
            raise refuse("signin belongs to url", "leave it out: the login service says where people log in")
        return self

    @property
    def way(self) -> Way:
        """Return which of them it is."""
        return "middleware" if self.middleware else "service" if self.service else "url"

    @property
    def place(self) -> str | None:
        """Return the namespace of the Middleware, where the spec names it."""
        return self.middleware.namespace if self.middleware else None

    def annotate(self, namespace: str) -> dict[str, str]:
        """Return the annotations of an Ingress of `namespace`."""
        if self.middleware:
            place = self.middleware.namespace or namespace
            return {MIDDLEWARES: f"{place}-{self.middleware.name}@kubernetescrd"}
        return {key: url for field, key in ANNOTATIONS.items() if (url := getattr(self, field))}

    def filter_requests(self) -> Iterator[dict[str, Any]]:
        """Return the filter of an HTTPRoute, which names objects of its own namespace alone."""
        if self.middleware:
            named = {"group": "traefik.io", "kind": "Middleware", "name": self.middleware.name}
            yield {"type": "ExtensionRef", "extensionRef": named}

    def guard(self, reached: Endpoint, site: Site) -> Endpoint:
        """Add the SecurityPolicy of Envoy Gateway, which belongs to the HTTPRoute."""
        if not self.service:
            return reached
        route = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": site.full_name(site.target.name)}
        body = {
            "apiVersion": "gateway.envoyproxy.io/v1alpha1",
            "kind": "SecurityPolicy",
            "metadata": metadata(site.target.name, site.target.pods),
            "spec": {"targetRefs": [route], "extAuth": self.service.describe()},
        }
        made = resource(body, "login.yaml", *site.target.origin, "auth")
        return replace(reached, resources=(*reached.resources, made))
