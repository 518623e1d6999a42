"""Define what a pod depends on besides its own options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import INSTANCE
from daskgen.parts.account import ServiceAccount
from daskgen.parts.environment import Environment, from_field
from daskgen.parts.existing import Existing
from daskgen.parts.image import Image
from daskgen.parts.packages import Packages
from daskgen.parts.security import Platform
from daskgen.parts.tls import Encryption, find_protocol

if TYPE_CHECKING:
    from daskgen.kubernetes.types import EnvVar, HostAlias

EVERY_ADDRESS = "every-address"
"""Name of all IPv6 addresses of a pod, in its /etc/hosts."""


class PodContext(NamedTuple):
    """The facts that a pod depends on besides its own options."""

    platform: Platform
    image: Image
    env: Environment
    labels: Mapping[str, str]
    """Labels of every pod of the cluster."""
    account: ServiceAccount
    encryption: Encryption | None = None
    packages: Packages | None = None
    """Packages that pods install when they start."""
    existing: Existing | None = None
    """A scheduler that workers join, if none is rendered."""
    has_only_ipv6: bool = False
    """True if pods have no IPv4 address."""

    def listen(self) -> tuple[str, ...]:
        """Return the options with which a process announces its IPv6 address.

        By itself, distributed looks for an IPv4 address, and announces 127.0.0.1 if there is none (utils.get_ip).
        """
        return ("--host", "[::]") if self.has_only_ipv6 else ()

    def open_dashboard(self, port: int) -> tuple[str, str]:
        """Return the option by which the dashboard listens on all addresses of the pod.

        distributed takes ":8787" for 0.0.0.0, and no address of IPv6 (utils.clean_dashboard_address, 2026.8), but a
        name of one, which /etc/hosts of the pod has.
        """
        return "--dashboard-address", f"{EVERY_ADDRESS if self.has_only_ipv6 else ''}:{port}"

    def name_addresses(self) -> list[HostAlias]:
        """Return the entry of /etc/hosts for that name."""
        return [{"ip": "::", "hostnames": [EVERY_ADDRESS]}] if self.has_only_ipv6 else []

    def address_scheduler(self, cluster: str = INSTANCE) -> list[EnvVar]:
        """Return the variables by which the pod finds its scheduler; the label `cluster` holds the cluster's name."""
        if self.existing:
            return [{"name": "DASK_SCHEDULER_ADDRESS", "value": self.existing.address}]
        address = f"{find_protocol(self.encryption is not None)}://$(CLUSTER)-scheduler:{ports.COMM.number}"
        name = from_field("CLUSTER", f"metadata.labels['{cluster}']")
        return [name, {"name": "DASK_SCHEDULER_ADDRESS", "value": address}]
