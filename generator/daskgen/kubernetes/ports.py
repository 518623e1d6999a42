"""Define the ports, fixed so that policies can name them. Dask picks worker and nanny ports at random by default.

A name begins with its protocol, as service meshes want it.
"""

from typing import NamedTuple


class Port(NamedTuple):
    """A port as containers, Services and policies call it."""

    name: str
    number: int


COMM = Port("tcp-comm", 8786)
DASHBOARD = Port("http-dashboard", 8787)
SECURE_DASHBOARD = Port("https-dashboard", 8787)
WORKER_DASHBOARD = Port("http-dashboard", 8788)
WORKER = Port("tcp-worker", 8789)
NANNY = Port("tcp-nanny", 8790)
FIRST_PORT = 8800
"""Where several workers share a pod, each has ports of its own from here on: first the workers, then their nannies."""
HEALTH = Port("http-health", 8080)
"""Of the operator."""

NODE_PORTS = range(30000, 32768)
"""Default range of Kubernetes: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport."""
