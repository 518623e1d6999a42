"""Define the ports, fixed so that policies can name them. Dask picks worker and nanny ports at random by default.

Names begin with the protocol, as service meshes require.
"""

from __future__ import annotations

from typing import NamedTuple


class Port(NamedTuple):
    """A port, with its name in containers, Services and policies."""

    name: str
    number: int

    @property
    def secured(self) -> Port:
        """Return the port where it speaks HTTPS; names of ports begin with their protocol."""
        return self._replace(name=f"https-{self.name.partition('-')[2]}")


PortRange = tuple[int, int]
"""The first port and the last."""

COMM = Port("tcp-comm", 8786)
DASHBOARD = Port("http-dashboard", 8787)
SECURE_DASHBOARD = Port("https-dashboard", 8787)
WORKER_DASHBOARD = Port("http-dashboard", 8788)
SECURE_WORKER_DASHBOARD = Port("https-dashboard", 8788)
WORKER = Port("tcp-worker", 8789)
NANNY = Port("tcp-nanny", 8790)
AUTOSCALER = Port("http-autoscaler", 8791)
"""Port of the scheduler for the number of workers that the cluster needs."""
JUPYTER = Port("http-jupyter", 8888)
SECURE_JUPYTER = Port("https-jupyter", 8888)
FIRST_PORT = 8800
"""First of the ports of several workers in a pod, each of which has its own: first workers, then nannies."""
EPHEMERAL: PortRange = (32768, 60999)
"""Ports that Linux assigns to listeners without one; the default range in a pod (ip_local_port_range)."""
LOGIN = Port("http-login", 4180)
HEALTH = Port("http-health", 8080)
"""Health port of the operator."""

NODE_PORTS = range(30000, 32768)
"""Default range of Kubernetes: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport."""
