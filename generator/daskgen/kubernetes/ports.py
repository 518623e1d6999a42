"""Define the ports, fixed so that policies can name them. Dask picks worker and nanny ports at random by default.

A name begins with its protocol, as service meshes want it.
"""

from __future__ import annotations

from typing import NamedTuple


class Port(NamedTuple):
    """A port as containers, Services and policies call it."""

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
"""Of the scheduler, where it says how many workers the cluster needs."""
JUPYTER = Port("http-jupyter", 8888)
SECURE_JUPYTER = Port("https-jupyter", 8888)
FIRST_PORT = 8800
"""Where several workers share a pod, each has ports of its own from here on: first the workers, then their nannies."""
EPHEMERAL: PortRange = (32768, 60999)
"""Ports that Linux gives to listeners that name none; every pod has this range at first (ip_local_port_range)."""
LOGIN = Port("http-login", 4180)
HEALTH = Port("http-health", 8080)
"""Of the operator."""

NODE_PORTS = range(30000, 32768)
"""Default range of Kubernetes: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport."""
