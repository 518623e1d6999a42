"""What every way of exposing a dashboard or a scheduler has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from daskgen.kubernetes.claims import Unique
from daskgen.kubernetes.objects import Resource
from daskgen.model.variants import Variant

NODE = "NODE"
"""Stands for the address of a node, which no spec knows."""


class Claim(NamedTuple):
    """Something that only one exposure of a fleet can have, such as a node port, and the field that asks for it."""

    unique: Unique
    value: str
    field: str


class Place(NamedTuple):
    """Where the objects of an exposure stand."""

    cluster: str
    isolated: bool
    """Whether NetworkPolicies shut out whoever is not let in."""

    def full_name(self, short: str) -> str:
        """The name an object has once the overlay has given it its prefix."""
        return f"{self.cluster}-{short}"


@dataclass(frozen=True)
class Edge:
    """What an exposure adds to a cluster, and what it asks of the scheduler."""

    resources: tuple[Resource, ...] = ()
    url: str = ""
    """Where it answers outside Kubernetes; the host may be `NODE`."""
    prefix: str = ""
    """Path under which the dashboard answers."""
    certificate: str = ""
    """TLS Secret that the dashboard is served with."""
    service_annotations: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    """Dask configuration, such as the link that clients show."""


class Exposure(Variant):
    """A way to reach the dashboard or the scheduler."""

    platforms: ClassVar[tuple[str, ...]] = ("kubernetes", "openshift")
    """Where it exists."""

    @abstractmethod
    def edge(self, place: Place) -> Edge:
        """What it adds to the cluster at `place`."""

    @property
    def plain_host(self) -> str:
        """The host that is served without TLS although it could be; "" if there is none."""
        return ""

    def claims(self) -> list[Claim]:
        """What of it must be unique in the fleet."""
        return []


class DashboardExposure(Exposure):
    """A way to reach the dashboard."""


class SchedulerExposure(Exposure):
    """A way for clients outside to reach the scheduler."""


def browse_at(url: str, host: str) -> dict[str, Any]:
    """Dask configuration for a dashboard at `url`: the link clients show, and the one host its websocket answers.

    Bokeh answers every origin unless told: https://docs.bokeh.org/en/latest/docs/reference/command/subcommands/serve.html.
    """
    return {
        "distributed": {
            "dashboard": {"link": f"{url}/status"},
            "scheduler": {"dashboard": {"bokeh-application": {"allow_websocket_origin": [host]}}},
        }
    }
