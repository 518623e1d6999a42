"""Define how a dashboard or a scheduler is reached: the cluster, and the objects that exposures give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.kubernetes.objects import Resource
from daskgen.parts.hub import Hub, HubClient
from daskgen.parts.opening import TO_DASHBOARD, TO_SCHEDULER, ExposedPort
from daskgen.parts.tls import find_protocol

if TYPE_CHECKING:
    from daskgen.parts.security import Platform


class Site(NamedTuple):
    """The cluster that an exposure is for, and what of it is exposed."""

    cluster: str
    isolated: bool
    """Says that NetworkPolicies deny what none of them allows."""
    encrypted: bool = False
    """Says that scheduler, workers and clients speak TLS."""
    target: ExposedPort = TO_DASHBOARD
    namespace: str = ""
    platform: Platform = "kubernetes"
    labels: Mapping[str, str] = {}
    """Labels of every pod of the cluster."""
    hubs: tuple[Hub, ...] = ()
    """JupyterHubs among the notebooks of the cluster."""

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
    client: HubClient | None = None
    """The service that a JupyterHub has to know, as whose users people log in."""
