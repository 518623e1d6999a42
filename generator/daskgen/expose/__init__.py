"""Define what all exposures of a dashboard or a scheduler have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from daskgen.kubernetes.claims import Unique
from daskgen.kubernetes.objects import Resource
from daskgen.model.variants import Variant
from daskgen.parts.opening import TO_DASHBOARD, TO_SCHEDULER, ExposedPort
from daskgen.parts.tls import find_protocol
from daskgen.paths import Path, get, put

NODE = "NODE"
"""Stands for the address of a node, which is not in the spec."""

LOAD_BALANCER = "LOAD-BALANCER"
"""Stands for the address that a load balancer gets, where the spec names none."""

UNKNOWN = (NODE, LOAD_BALANCER)


class Claim(NamedTuple):
    """A thing that only one exposure of a fleet can have, such as a node port, and the field that asks for it."""

    unique: Unique
    value: str
    field: str


class Site(NamedTuple):
    """The cluster that an exposure is for, and what of it is exposed."""

    cluster: str
    isolated: bool
    """Says that NetworkPolicies deny what none of them allows."""
    encrypted: bool = False
    """Says that scheduler, workers and clients speak TLS."""
    target: ExposedPort = TO_DASHBOARD

    @property
    def protocol(self) -> str:
        """Return the protocol of the scheduler's address."""
        return find_protocol(self.encrypted)

    @property
    def to_scheduler(self) -> Site:
        """Return the cluster with the scheduler as what an exposure leads to."""
        return self._replace(target=TO_SCHEDULER._replace(protocol=self.protocol))

    def full_name(self, short: str) -> str:
        """Return the name of an object with the prefix that the overlay adds."""
        return f"{self.cluster}-{short}"


@dataclass(frozen=True)
class Endpoint:
    """The objects and settings by which an exposure makes the dashboard or the scheduler reachable."""

    resources: tuple[Resource, ...] = ()
    url: str = ""
    """Address outside Kubernetes; the host may be one of `UNKNOWN`."""
    prefix: str = ""
    """Path under which the dashboard answers."""
    certificate: str = ""
    """Name of the TLS Secret of the dashboard's own certificate."""
    service_annotations: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    """Dask configuration, such as the link that clients show."""


class Exposure(Variant):
    """A way to reach the dashboard or the scheduler."""

    platforms: ClassVar[tuple[str, ...]] = ("kubernetes", "openshift")
    """Platforms that have it."""
    by_name: ClassVar[bool] = False
    """Says that it finds the scheduler by the name in the first packet of TLS, so that the cluster needs TLS."""

    @property
    def retired(self) -> str:
        """Return what serves it and is not maintained any more; "" if it is."""
        return ""

    @abstractmethod
    def endpoint(self, site: Site) -> Endpoint:
        """Build what makes the cluster reachable."""

    def claims(self) -> list[Claim]:
        """List what must be unique in the fleet."""
        return []


class DashboardExposure(Exposure):
    """A way to reach the dashboard."""


class SchedulerExposure(Exposure):
    """A way for clients outside to reach the scheduler."""


def find_origin(url: str) -> str:
    """Return the host and port that a browser names as the origin of pages at `url`, as a pattern of Bokeh's."""
    host = url.partition("://")[2].partition("/")[0]
    return host.replace(NODE, "*").replace(LOAD_BALANCER, "*")


def admit_origins(config: Mapping[str, Any], origins: Sequence[str]) -> Mapping[str, Any]:
    """Add origins to those that the websocket of the dashboard accepts, if `config` limits them."""
    place: Path = ("distributed", "scheduler", "dashboard", "bokeh-application", "allow_websocket_origin")
    admitted = get(config, place)
    return put(config, place, list(dict.fromkeys([*admitted, *origins]))) if admitted else config


def browse_at(url: str, host: str) -> dict[str, Any]:
    """Configure Dask for a dashboard at `url`: the link that clients show, and the host that its websocket accepts.

    Bokeh accepts every origin by default: https://docs.bokeh.org/en/latest/docs/reference/command/subcommands/serve.html.
    """
    return {
        "distributed": {
            "dashboard": {"link": f"{url}/status"},
            "scheduler": {"dashboard": {"bokeh-application": {"allow_websocket_origin": [host]}}},
        }
    }
