"""Describe a cluster as a connection of OpenShift AI, which people attach to a workbench in its dashboard.

All entries of the Secret become environment variables of the workbench. Labels and annotations are those of
opendatahub-io/odh-dashboard, docs/dashboard-k8s-labels.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import MANAGED_BY
from daskgen.kubernetes.objects import metadata
from daskgen.notebook import Neighbour
from daskgen.parts.tls import find_protocol

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ConfigMap, Secret

SHOWN = {"opendatahub.io/dashboard": "true"}
"""Label of what the dashboard of OpenShift AI shows."""

TYPE = "dask-v1"
"""Name of the type of connection, which an administrator creates once."""

ADDRESS, LINK, LOADER = (
    "DASK_SCHEDULER_ADDRESS",
    "DASK_DISTRIBUTED__DASHBOARD__LINK",
    "DASK_DISTRIBUTED__CLIENT__SECURITY_LOADER",
)
"""Entries of a connection, which are variables of Dask."""

LOAD = "dask_connection.load"
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
            ADDRESS: f"{find_protocol(encrypted)}://{host}:{ports.COMM.number}",
            **({LINK: link} if neighbour.proxied else {}),
            **({LOADER: LOAD} if encrypted else {}),
        },
    }


FIELDS = (
    ("Scheduler", "Address of the scheduler", ADDRESS, True),
    ("Dashboard", "Address that clients show of the dashboard", LINK, False),
    ("Certificate", "Function that gives clients their certificate", LOADER, False),
)
"""Name and description of a field, its variable, and whether it is required."""


def describe_type(namespace: str) -> ConfigMap:
    """Build the type of connection, which the dashboard of OpenShift AI reads in the namespace of its own."""
    notes = {
        "openshift.io/display-name": "Dask cluster",
        "openshift.io/description": "The scheduler of a Dask cluster, to which Client() connects",
    }
    labels = {"opendatahub.io/connection-type": "true", **SHOWN, MANAGED_BY: "daskgen"}
    described = [
        {
            "type": "short-text",
            "name": name,
            "description": description,
            "required": required,
            "envVar": variable,
            "properties": {},
        }
        for name, description, variable, required in FIELDS
    ]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata(TYPE, labels, notes), "namespace": namespace},
        "data": {"category": json.dumps(["Dask"]), "fields": json.dumps(described, indent=1)},
    }
