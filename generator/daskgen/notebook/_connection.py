"""Describe a cluster as a connection of OpenShift AI, which people attach to a workbench in its dashboard.

All entries of the Secret become environment variables of the workbench. Labels and annotations are those of
opendatahub-io/odh-dashboard, docs/dashboard-k8s-labels.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import metadata
from daskgen.notebook import Neighbour
from daskgen.parts.tls import find_protocol

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Secret

SHOWN = {"opendatahub.io/dashboard": "true"}
"""Label of what the dashboard of OpenShift AI shows."""

TYPE = "dask-v1"
"""Name of the type of connection, which an administrator creates once: docs/dask-connection-type.yaml."""

LOADER = "dask_connection.load"
"""The function in the image of workbenches, data/workbench/dask_connection.py.txt, from which Dask takes a client's
certificate: the Secret has the entries of cert-manager, and Dask reads no variables of such names."""


def connect(name: str, title: str, neighbour: Neighbour) -> Secret:
    """Build the connection. What is in Git is not secret; with TLS, others add a certificate and its key."""
    notes = {"openshift.io/display-name": title, "opendatahub.io/connection-type-ref": TYPE}
    encrypted = neighbour.context.encryption is not None
    host = f"{neighbour.service}.{neighbour.namespace}.svc"
    link = f"{{NB_PREFIX}}/proxy/{host}:{ports.DASHBOARD.number}{neighbour.dashboard.prefix}/status"
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(name, SHOWN, notes),
        "type": "Opaque",
        "stringData": {
            "DASK_SCHEDULER_ADDRESS": f"{find_protocol(encrypted)}://{host}:{ports.COMM.number}",
            **({"DASK_DISTRIBUTED__DASHBOARD__LINK": link} if neighbour.proxied else {}),
            **({"DASK_DISTRIBUTED__CLIENT__SECURITY_LOADER": LOADER} if encrypted else {}),
        },
    }


def describe_type() -> dict[str, Any]:
    """Build the type of connection, a ConfigMap beside the dashboard of OpenShift AI."""
    return {}
