"""Define what all notebooks of a cluster have in common: places where people use it, rendered beside it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from daskgen.expose import Exposure
from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import Object, Resource
from daskgen.model import Name
from daskgen.model.variants import Variant
from daskgen.parts.context import PodContext
from daskgen.parts.endpoint import Endpoint
from daskgen.parts.groups import Chart
from daskgen.parts.hub import Hub
from daskgen.parts.image import Image
from daskgen.parts.opening import ExposedPort
from daskgen.parts.storage import Volume
from daskgen.paths import Path


class OwnClusters(NamedTuple):
    """The clusters that users of a hub create, one for each of their servers."""

    cluster: Object
    """The DaskCluster to create, under the full names of the objects that it needs."""
    policies: tuple[Object, ...]
    """NetworkPolicies to create with it."""
    most: int
    """Largest number of workers of one user."""


class Neighbour(NamedTuple):
    """The cluster that a notebook is for."""

    name: str
    namespace: str
    context: PodContext
    dashboard: Endpoint
    isolated: bool
    """Says that NetworkPolicies deny what none of them allows."""
    is_template: bool = False
    """True if users of a hub create clusters of their own, and there is none to share."""
    own: OwnClusters | None = None
    """What they create, once its objects are built."""
    certify: Callable[[str, str], list[Object]] = lambda name, secret: []
    """Builds what adds the certificate of a client, by its name, to a Secret; nothing if others have to add it."""

    @property
    def service(self) -> str:
        """Return the name of the scheduler's Service, in the namespace of both."""
        return f"{self.name}-scheduler"

    @property
    def proxied(self) -> str:
        """Return the path of the dashboard under a Jupyter server that proxies it; "" if there is none, or if it speaks
        TLS, which jupyter-server-proxy does not."""
        if self.dashboard.certificate or self.is_template:
            return ""
        return f"proxy/{self.service}:{ports.DASHBOARD.number}{self.dashboard.prefix}"


class Address(NamedTuple):
    """How people open a notebook."""

    name: str
    """Short name of its objects."""
    url: str
    """Address in a browser, with `expose.UNKNOWN` for what is in no spec; "" if it is not exposed."""
    commands: tuple[str, ...] = ()
    """Commands that lead there, and that show what it asks for."""


class Notebook(Variant):
    """A way for people to use the cluster from notebooks."""

    platforms: ClassVar[tuple[str, ...]] = ("kubernetes", "openshift")
    """Platforms that have it."""

    name: Annotated[
        Name | None, Field(description="Name that tells it apart from other notebooks of this kind in the cluster.")
    ] = None

    @property
    def object_name(self) -> str:
        """Return the short name of its objects."""
        return f"{self.kind}-{self.name}" if self.name else self.kind

    def describe_hub(self, namespace: str) -> Hub | None:
        """Return the JupyterHub that it is, to a cluster of `namespace`; None if it is none."""
        return None

    def describe_chart(self, cluster: str, namespace: str) -> Chart | None:
        """Return the Helm chart that the fleet's engine installs for it beside a cluster; None if there is none."""
        return None

    @abstractmethod
    def resources(self, neighbour: Neighbour, path: Path) -> list[Resource]:
        """Build the objects of the notebook; `path` is its place in the spec."""

    @abstractmethod
    def find_address(self, neighbour: Neighbour, path: Path) -> Address:
        """Return how people open it."""

    def find_exposure(self, path: Path) -> tuple[Exposure, ExposedPort] | None:
        """Return how it is reached from outside, and what is exposed; None if that is not for the cluster to say."""
        return None

    def find_origins(self, neighbour: Neighbour, path: Path) -> list[str]:
        """List the origins of its pages, which show the dashboard: hosts and ports, as patterns of Bokeh's."""
        return []

    def find_images(self) -> list[tuple[Path, Image]]:
        """List the images that others run for it, and their places in its fields."""
        return []

    @property
    def chart_values(self) -> Mapping[str, Any]:
        """Return the values of a Helm chart that the spec adds."""
        return {}

    def find_unknown_values(self) -> Iterable[tuple[Path, list[str]]]:
        """Find the places of values that its Helm chart does not have, and the names that it has there."""
        return ()

    def find_volumes(self) -> list[tuple[Path, Volume]]:
        """List the volumes that it brings besides those of its pod, and their places in its fields."""
        return []
