"""Let each user of a JupyterHub create a Dask cluster of their own, by `KubeCluster()` of dask-kubernetes.

A user's server may create one cluster, with the name of its pod, so that nobody can touch that of another: the API
server knows the pod of a token (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/,
`authentication.kubernetes.io/pod-name`). The calls that `KubeCluster` makes are those of dask-kubernetes 2026.3.0,
dask_kubernetes/operator/kubecluster/kubecluster.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from daskgen.kubernetes import ports
from daskgen.kubernetes.kind import DASK_GROUP
from daskgen.kubernetes.kinds import CONTAINER_LISTS, find_pods
from daskgen.kubernetes.labels import CLUSTER, INSTANCE
from daskgen.kubernetes.objects import Object, metadata
from daskgen.notebook import OwnClusters
from daskgen.parts.policies import NAMESPACE, in_namespace, tcp
from daskgen.parts.rights import RBAC, Right, refer, write_rules
from daskgen.paths import Path, find_maps, get

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        Role,
        RoleBinding,
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicyBinding,
    )

ADMISSION: Literal["admissionregistration.k8s.io/v1"] = "admissionregistration.k8s.io/v1"

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

POD = "authentication.kubernetes.io/pod-name"


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
    yield from _grant(site.name, OF_USERS, site.name_account(site.account))
    yield from _grant(f"{site.name}-{HUB}", OF_THE_HUB, site.name_account(HUB))
    yield _limit(site, own)
    yield _bind(site)


def _grant(name: str, rights: tuple[Right, ...], user: str) -> tuple[Role, RoleBinding]:
    # A ServiceAccount named default would get the namespace of the overlay from kustomize; a user name does not.
    role: Role = {
        "apiVersion": RBAC,
        "kind": "Role",
        "metadata": metadata(name, CLUSTER),
        "rules": write_rules(*rights),
    }
    binding: RoleBinding = {
        "apiVersion": RBAC,
        "kind": "RoleBinding",
        "metadata": metadata(name, CLUSTER),
        "roleRef": refer("Role", name),
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }
    return role, binding


def _limit(site: Site, own: OwnClusters) -> ValidatingAdmissionPolicy:
    """Build the policy that limits what servers of users create to what the spec describes."""
    rule: Any = {
        "apiGroups": [DASK_GROUP],
        "apiVersions": ["*"],
        "operations": ["CREATE", "UPDATE", "DELETE"],
        "resources": ["daskclusters", "daskworkergroups", "daskautoscalers"],
    }
    checks: list[Any] = [
        {"expression": expression, ("messageExpression" if words.startswith("'") else "message"): words}
        for expression, words in _list_checks(own)
    ]
    return {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": metadata(site.name, CLUSTER),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": [
                {
                    "name": "by-a-user",
                    "expression": f"request.userInfo.username == '{site.name_account(site.account)}'",
                }
            ],
            "variables": [{"name": name, "expression": expression} for name, expression in _VARIABLES],
            "validations": checks,
        },
    }


_VARIABLES = (
    ("server", f"request.userInfo.extra['{POD}'][0]"),
    ("name", "(request.operation == 'DELETE' ? oldObject : object).metadata.name"),
    ("kind", "request.operation == 'DELETE' ? '' : object.kind"),
    ("pods", "variables.kind == 'DaskCluster' ? [object.spec.scheduler.spec, object.spec.worker.spec] : []"),
    (
        "most",
        "variables.kind == '' ? 0 : "
        "variables.kind == 'DaskAutoscaler' ? object.spec.maximum : object.spec.worker.replicas",
    ),
)
"""The pod of the server that asks, the object's name, its kind unless it is deleted, the specs of the pods of a new
cluster, and the largest number of workers."""


def _list_checks(own: OwnClusters) -> Iterator[tuple[str, str]]:
    """List what must be true, and what users read otherwise."""
    yield (
        "variables.name in [variables.server, variables.server + '-default'] && (variables.kind in ['', 'DaskCluster']"
        " || object.spec.cluster == variables.server)",
        "'this server may change the Dask cluster ' + variables.server + ' only, with its workers named default'",
    )
    yield f"variables.most <= {own.most}", f"'a user may have {own.most} workers, not ' + string(variables.most)"
    yield (
        "variables.kind != 'DaskWorkerGroup' || object.spec.worker.spec == oldObject.spec.worker.spec"
        " && object.spec.worker.metadata == oldObject.spec.worker.metadata"
        " && object.metadata.labels == oldObject.metadata.labels",
        "of a user's workers, only the number changes: create the cluster anew for another change",
    )
    labels = (
        f"object{place}.labels == {json.dumps(get(own.cluster, path)['labels'])}" for place, path in _LABELED.items()
    )
    yield (
        f"variables.kind != 'DaskCluster' || {' && '.join(labels)}",
        "a user's cluster and its pods have the labels that NetworkPolicies select",
    )
    yield from _list_pod_checks(own.cluster)


_LABELED: Mapping[str, Path] = {
    ".metadata": ("metadata",),
    **{f".spec.{part}.metadata": ("spec", part, "metadata") for part in ("scheduler", "worker")},
}
"""Where a DaskCluster has labels, which the operator copies to pods."""


def _list_pod_checks(cluster: Object) -> Iterator[tuple[str, str]]:
    accounts = json.dumps(sorted({str(spec["serviceAccountName"]) for _, spec in find_pods(cluster)}))
    claims, secrets = json.dumps(sorted(_find_claims(cluster))), json.dumps(sorted(_find_secrets(cluster)))
    yield (
        f"variables.pods.all(pod, has(pod.serviceAccountName) && pod.serviceAccountName in {accounts})",
        "the pods of a user's cluster have the service account that the administrators chose",
    )
    volume = (
        "has(volume.emptyDir) || has(volume.configMap) || has(volume.downwardAPI)"
        f" || has(volume.secret) && volume.secret.secretName in {secrets}"
        f" || has(volume.persistentVolumeClaim) && volume.persistentVolumeClaim.claimName in {claims}"
    )
    yield (
        f"variables.pods.all(pod, !has(pod.volumes) || pod.volumes.all(volume, {volume}))",
        "the pods of a user's cluster mount the volumes that the administrators chose, and ConfigMaps",
    )
    variable = (
        "!has(variable.valueFrom) || !has(variable.valueFrom.secretKeyRef)"
        f" || variable.valueFrom.secretKeyRef.name in {secrets}"
    )
    source = f"!has(source.secretRef) || source.secretRef.name in {secrets}"
    container = (
        f"(!has(container.env) || container.env.all(variable, {variable}))"
        f" && (!has(container.envFrom) || container.envFrom.all(source, {source}))"
    )
    for field in CONTAINER_LISTS:
        yield (
            f"variables.pods.all(pod, !has(pod.{field}) || pod.{field}.all(container, {container}))",
            "the pods of a user's cluster read the Secrets that the administrators chose, and no others",
        )


def _find_claims(cluster: Object) -> set[str]:
    return {
        claim["claimName"]
        for _, pod in find_pods(cluster)
        for claim in find_maps(pod, ("volumes", "*", "persistentVolumeClaim"))
    }


def _find_secrets(cluster: Object) -> set[str]:
    found = set[str]()
    for _, pod in find_pods(cluster):
        found |= {secret["secretName"] for secret in find_maps(pod, ("volumes", "*", "secret"))}
        for field in CONTAINER_LISTS:
            for place in (("env", "*", "valueFrom", "secretKeyRef"), ("envFrom", "*", "secretRef")):
                found |= {secret["name"] for secret in find_maps(pod, (field, "*", *place))}
    return found


def _bind(site: Site) -> ValidatingAdmissionPolicyBinding:
    return {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": metadata(site.name, CLUSTER),
        "spec": {
            "policyName": site.name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {NAMESPACE: site.namespace}}},
        },
    }


def configure_hub(site: Site, own: OwnClusters) -> dict[str, Any]:
    """Return the values with which the hub admits each server to its cluster, and ends the cluster with the server."""
    code = (files("daskgen") / "data" / "hub" / "clusters.py.txt").read_text("utf-8")
    return {
        "hub": {"extraConfig": {"dask": code}},
        "custom": {"dask": {"namespace": site.namespace, "policies": list(own.policies)}},
    }


def describe_servers(site: Site, own: OwnClusters, settings: str) -> dict[str, Any]:
    """Return the values of users' servers, with which `KubeCluster()` without arguments creates the right cluster."""
    return {
        "podNameTemplate": SERVERS,
        "serviceAccountName": site.account,
        "extraEnv": {
            # Dask merges this name into the DaskCluster of the file below.
            "DASK_KUBERNETES__CUSTOM_CLUSTER_SPEC__METADATA__NAME": {
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}
            },
            "JUPYTER_CONFIG_PATH": settings,
        },
        "extraFiles": {
            "dask": {"mountPath": "/etc/dask/kubernetes.yaml", "data": _configure_dask(site, own.cluster)},
            "dask-dashboard": {
                "mountPath": f"{settings}/jupyter_server_config.py",
                "stringData": _allow_dashboard(site.namespace),
            },
        },
        "networkPolicy": {"enabled": True, "egress": _reach(site)},
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


def _allow_dashboard(namespace: str) -> str:
    host = f"{{os.environ['HOSTNAME']}}-scheduler.{namespace}"
    return f'import os\n\nc.ServerProxy.host_allowlist = ["localhost", "127.0.0.1", f"{host}"]\n'


def _reach(site: Site) -> list[dict[str, Any]]:
    """Let users' servers reach their clusters and the API server, which has private addresses."""
    peer = in_namespace(site.namespace)
    peer["podSelector"] = {"matchLabels": {INSTANCE: site.instance}}
    return [
        {"to": [peer], "ports": tcp([ports.COMM.number, ports.DASHBOARD.number])},
        {"ports": tcp([443, 6443])},
    ]
