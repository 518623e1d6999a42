"""Let each user of a JupyterHub create a Dask cluster of their own, by `KubeCluster()` of dask-kubernetes.

A user's server may create one cluster, with the name of its pod, so that nobody can touch that of another. The calls
that `KubeCluster` makes are those of dask-kubernetes 2026.3.0, dask_kubernetes/operator/kubecluster/kubecluster.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.kubernetes.kind import DASK_GROUP
from daskgen.kubernetes.labels import CLUSTER, INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.notebook import OwnClusters
from daskgen.notebook._admission import bind, limit
from daskgen.notebook._users import Shared, reach
from daskgen.parts.policies import tcp
from daskgen.parts.rights import API, Right, grant_role

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Subject

HUB = "hub"
"""Service account of the hub, as its chart names it."""

SERVERS = "user-{user_server}"
"""Name of the pods of servers. KubeSpawner takes 48 characters for a server; the operator takes 53 for a cluster."""

OF_USERS: tuple[Right, ...] = (
    (DASK_GROUP, ("daskclusters",), ("create", "delete", "get", "list")),
    (DASK_GROUP, ("daskworkergroups",), ("get", "list", "patch")),
    (DASK_GROUP, ("daskautoscalers",), ("create", "delete", "get", "list", "patch")),
    ("", ("pods", "services"), ("get", "list")),
)
"""Rights with which `KubeCluster` creates, scales and deletes a cluster. Those to logs are left out: they would include
the logs of other users."""

OF_THE_HUB: tuple[Right, ...] = (
    (DASK_GROUP, ("daskclusters",), ("delete",)),
    ("networking.k8s.io", ("networkpolicies",), ("create", "delete")),
)
"""Rights with which the hub admits a server to its cluster, and ends the cluster with the server."""


API_SERVER = {"ports": tcp([443, 6443])}
"""Rule of a policy that lets users' servers reach the API server, which has a private address."""


class Site(NamedTuple):
    """Where the users and their clusters are."""

    instance: str
    """Name of the cluster in whose spec the hub is."""
    namespace: str
    """Namespace of the users' clusters."""
    hub: str
    """Namespace of the hub and of the users' servers."""
    account: str
    """Service account of the users' servers."""
    name: str
    """Short name of the objects."""

    def name_account(self, account: str) -> str:
        """Return the user name of a service account beside the hub."""
        return f"system:serviceaccount:{self.hub}:{account}"


def build_rights(site: Site, own: OwnClusters) -> Iterator[Any]:
    """Build the roles of the users and of the hub, and what limits the clusters of users."""
    yield from grant_role(site.name, CLUSTER, OF_USERS, _name_user(site.name_account(site.account)))
    yield from grant_role(f"{site.name}-{HUB}", CLUSTER, OF_THE_HUB, _name_user(site.name_account(HUB)))
    yield limit(site.name, site.name_account(site.account), own)
    yield bind(site.name, f"{site.instance}-{site.name}", site.namespace)


def _name_user(name: str) -> Subject:
    # A ServiceAccount named default would get the namespace of the overlay from kustomize; a user name does not.
    return {"apiGroup": API, "kind": "User", "name": name}


def configure_hub(site: Site, own: OwnClusters) -> dict[str, Any]:
    """Return the values with which the hub admits each server to its cluster, and ends the cluster with the server."""
    code = (files("daskgen") / "data" / "hub" / "clusters.py.txt").read_text("utf-8")
    return {
        "hub": {"extraConfig": {"dask": code}},
        "custom": {"dask": {"namespace": site.namespace, "policies": list(own.policies)}},
    }


def describe_servers(site: Site, own: OwnClusters, settings: str, shared: Shared | None) -> dict[str, Any]:
    """Return the values of users' servers, with which `KubeCluster()` without arguments creates the right cluster.

    `Client()` without arguments connects to the cluster that they share, if there is one.
    """
    common = shared.reach() if shared else []
    return {
        "podNameTemplate": SERVERS,
        "serviceAccountName": site.account,
        "extraEnv": {
            # Dask merges this name into the DaskCluster of the file below.
            "DASK_KUBERNETES__CUSTOM_CLUSTER_SPEC__METADATA__NAME": {
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}
            },
            "JUPYTER_CONFIG_PATH": settings,
            **(shared.env() if shared else {}),
        },
        "extraFiles": {
            "dask": {"mountPath": "/etc/dask/kubernetes.yaml", "data": _configure_dask(site, own.cluster)},
            "dask-dashboard": {
                "mountPath": f"{settings}/jupyter_server_config.py",
                "stringData": _allow_dashboards(site.namespace, shared),
            },
        },
        "networkPolicy": {
            "enabled": True,
            "egress": [*reach(site.namespace, {INSTANCE: site.instance}), *common, API_SERVER],
        },
    }


def _configure_dask(site: Site, cluster: Object) -> dict[str, Any]:
    spec = {key: value for key, value in cluster.items() if key != "metadata"}
    labels: Mapping[str, str] = cluster["metadata"]["labels"]
    factory = {"module": "dask_kubernetes.operator", "class": "KubeCluster", "args": [], "kwargs": {}}
    return {
        "kubernetes": {
            "namespace": site.namespace,
            "custom-cluster-spec": {**spec, "metadata": {"name": "of-the-server", "labels": labels}},
            "resource-timeout": 300,
        },
        "labextension": {"factory": factory},
        "distributed": {
            "dashboard": {"link": "{JUPYTERHUB_SERVICE_PREFIX}proxy/{host}:{port}/status"},
        },
    }


def _allow_dashboards(namespace: str, shared: Shared | None) -> str:
    host = f"{{os.environ['HOSTNAME']}}-scheduler.{namespace}"
    common = f', "{shared.host}"' if shared else ""
    return f'import os\n\nc.ServerProxy.host_allowlist = ["localhost", "127.0.0.1", f"{host}"{common}]\n'
