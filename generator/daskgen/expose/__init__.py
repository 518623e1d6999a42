"""Define what all exposures of a dashboard or a scheduler have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from daskgen import auth
from daskgen.auth import Auth, Way
from daskgen.kubernetes.claims import Unique
from daskgen.model.variants import OneOf, Variant
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.opening import TO_DASHBOARD
from daskgen.paths import Path, get, put

NODE = "NODE"
"""Placeholder for the address of a node, which is not in the spec."""

LOAD_BALANCER = "LOAD-BALANCER"
"""Placeholder for the address of a load balancer, if the spec does not set it."""

UNKNOWN = (NODE, LOAD_BALANCER)


class Claim(NamedTuple):
    """A thing that must be unique in a fleet, such as a node port, and the field that claims it."""

    unique: Unique
    value: str
    field: str


class Exposure(Variant):
    """A way to reach the dashboard or the scheduler."""

    platforms: ClassVar[tuple[str, ...]] = ("kubernetes", "openshift")
    """Platforms that have it."""
    by_name: ClassVar[bool] = False
    """True if it routes by the server name of TLS (SNI), so that the cluster needs TLS."""

    @property
    def retired(self) -> str:
        """Return the controller behind it if that is no longer maintained, else ""."""
        return ""

    @abstractmethod
    def endpoint(self, site: Site) -> Endpoint:
        """Build what makes the cluster reachable."""

    def claims(self) -> list[Claim]:
        """List what must be unique in the fleet."""
        return []


class DashboardExposure(Exposure):
    """A way to reach the dashboard."""


AUTHS = OneOf(auth, Auth)


class HostExposure(DashboardExposure):
    """A host and path of something that serves whoever reaches it, so that the dashboard needs a login."""

    crosses: ClassVar[bool] = True
    """Says that it can name a login service of another namespace."""

    auth: Annotated[
        Auth | None,
        AUTHS,
        Field(description="Login for the dashboard. It is required; kind: none is without one, and says why."),
    ] = None

    @property
    def ways(self) -> frozenset[Way]:
        """Return the ways in which what serves the host can be told to ask a login service."""
        return frozenset()

    @abstractmethod
    def reach(self, site: Site) -> Endpoint:
        """Build what sends requests to the target of `site`."""

    def endpoint(self, site: Site) -> Endpoint:
        """Build what sends requests to the target of `site`, if that is the dashboard by way of the login."""
        if not self.auth or site.target != TO_DASHBOARD:
            return self.reach(site)
        return self.auth.guard(self.reach(site._replace(target=self.auth.redirect(site.target))), site)


class SchedulerExposure(Exposure):
    """A way for clients outside to reach the scheduler."""


def find_login(exposure: Exposure) -> Auth | None:
    """Return the login of an exposure, if it has one."""
    return exposure.auth if isinstance(exposure, HostExposure) else None


def find_origin(url: str) -> str:
    """Return the host and port that browsers send as the origin of pages at `url`, as a pattern of Bokeh."""
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
