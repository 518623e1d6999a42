"""Define what all logins for the dashboard have in common.

The dashboard shows code, logs and data, and Dask asks nobody for a password, so something in front of it has to.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from daskgen.kubernetes.objects import Resource
from daskgen.model import Duration, FromText, Model, ObjectName, Quantity
from daskgen.model.patterns import ENTRY
from daskgen.model.variants import Variant
from daskgen.parts import proxy
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.image import ToolImage
from daskgen.parts.opening import ExposedPort
from daskgen.parts.policies import Egress, tcp
from daskgen.parts.proxy import Program, SecretFile

Way = Literal["middleware", "url", "service"]
"""How what serves the host is told to ask a login service: by naming a Middleware, the URL to ask, or the Service."""

Authentication = Literal["IntegratedOAuth", "OIDC"]
"""How people log in to OpenShift: spec.type of authentication.config.openshift.io/cluster."""


class Auth(Variant):
    """A login for the dashboard."""

    platforms: ClassVar[tuple[str, ...]] = ("kubernetes", "openshift")
    """Platforms that have it."""
    credentials: ClassVar[bool] = False
    """Says that browsers send passwords or cookies, so that TLS is needed."""
    closes_api: ClassVar[bool] = False
    """Says that it forwards no request to the scheduler's API, which stops workers."""

    authentication: ClassVar[Authentication | None] = None
    """How people have to log in to OpenShift itself for it to work; None if it does not depend on that."""

    @property
    def way(self) -> Way | None:
        """Return how what serves the host has to be told; None if the login needs nothing of it."""
        return None

    @property
    def place(self) -> str | None:
        """Return the namespace of what the host's server is told of, where the spec names one."""
        return None

    def annotate(self, namespace: str) -> dict[str, str]:
        """Return the annotations that have an Ingress of `namespace` ask a login service."""
        return {}

    def filter_requests(self) -> Iterator[dict[str, Any]]:
        """Return the filters that have an HTTPRoute ask a login service."""
        yield from ()

    def redirect(self, target: ExposedPort) -> ExposedPort:
        """Return what requests for `target` are sent to."""
        return target

    def guard(self, reached: Endpoint, site: Site) -> Endpoint:
        """Return `reached`, the way of requests to what `redirect` returns, with what the login needs."""
        return reached


class SecretKey(Model):
    """A key of a Secret that exists."""

    name: Annotated[ObjectName, Field(examples=["dask-login"], description="Name of the Secret.")]
    key: Annotated[
        str, Field(examples=["cookie-secret"], min_length=1, pattern=ENTRY, description="Key of the value in it.")
    ]

    def file(self, file: str) -> SecretFile:
        """Return it as a file of the proxy."""
        return SecretFile(self.name, self.key, file)


def under(key: str) -> FromText:
    """Let a Secret be written as its name alone, where the value has the usual key."""
    return FromText(lambda name: {"name": name, "key": key})


COOKIE_SECRET = "cookie-secret"  # noqa: S105  # the name of a key

CookieSecret = Annotated[
    SecretKey,
    under(COOKIE_SECRET),
    Field(
        examples=["dask-login"],
        description="Secret that encrypts cookies; its key is cookie-secret, its value 32 random bytes or letters.",
    ),
]

Session = Annotated[Duration, Field(description="Time after which people log in again.")]


class Door(NamedTuple):
    """The place of a proxy: what it serves, and what it forwards to."""

    site: Site
    url: str
    """Address of the dashboard for browsers."""
    prefix: str
    """Path of that address; "" for the root."""
    secure: bool
    """Whether the proxy itself has TLS."""

    @property
    def upstream(self) -> str:
        """Return the address of the dashboard for the proxy."""
        return f"http://{self.site.full_name(self.site.target.service)}:{self.site.target.port.number}"

    @property
    def api(self) -> str:
        """Return the path of the scheduler's API."""
        return f"{self.prefix}/api/"


class ProxyAuth(Auth):
    """A login by a proxy that is rendered with the cluster."""

    credentials: ClassVar[bool] = True

    cpu: Annotated[Quantity, Field(description="Cores of the proxy: request and limit.")] = "100m"
    memory: Annotated[Quantity, Field(description="Memory of the proxy: request and limit.")] = "128Mi"

    @property
    @abstractmethod
    def proxy_image(self) -> ToolImage:
        """Return the image of the proxy."""

    @abstractmethod
    def program(self, door: Door) -> Program:
        """Return what the proxy runs."""

    def redirect(self, target: ExposedPort) -> ExposedPort:
        """Return the proxy."""
        return proxy.stand_before(target)

    def guard(self, reached: Endpoint, site: Site) -> Endpoint:
        """Add the proxy, which has the certificate and the annotations that the scheduler has without a login."""
        door = Door(site, reached.url, reached.prefix, bool(reached.certificate))
        resources = {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": "64Mi"}
        found = proxy.Proxy(
            site, self.program(door), self.proxy_image, resources, reached.certificate, reached.service_annotations
        )
        made: tuple[Resource, ...] = (*reached.resources, *found.build())
        return replace(reached, resources=made, certificate="", service_annotations={})


def reach_outside(egress: Sequence[Egress], numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rules for `egress`, on these ports where it names none; without any, for every address."""
    if not egress:
        return [{"ports": tcp(numbers)}]
    return [{"to": [target.peer()], "ports": tcp(target.ports or numbers)} for target in egress]


def in_hours(duration: str) -> str:
    """Return a duration in the units of Go, which has no days."""
    return f"{int(duration[:-1]) * 24}h" if duration.endswith("d") else duration
