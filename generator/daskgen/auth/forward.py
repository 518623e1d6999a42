"""Use the login that the ingress controller or the Gateway has already: it asks a service about each request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, final

from pydantic import Field, model_validator

from daskgen.auth import Auth, Way
from daskgen.model import Model, Name, ObjectName, refuse
from daskgen.model.patterns import HTTP_URL

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


@final
class Forward(Auth):
    """The login of what serves the host. Exactly one of `middleware` and `url` says which."""

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

    @model_validator(mode="after")
    def _check_choice(self) -> Forward:
        if bool(self.middleware) == bool(self.url):
            raise refuse("takes exactly one of middleware and url")
        if self.signin and not self.url:
            raise refuse("signin belongs to url", "leave it out: a Middleware says where people log in")
        return self

    @property
    def way(self) -> Way:
        """Return which of the two it is."""
        return "middleware" if self.middleware else "url"

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
