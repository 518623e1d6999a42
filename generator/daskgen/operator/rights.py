"""Grant the operator its rights.

These are those of its own chart (dask-kubernetes 2026.3.0, dask_kubernetes/operator/deployment/helm) without the
wildcards and what it does not use, and with `finalizers`: OpenShift allows `blockOwnerDeletion`, which the operator
sets, only to those who may update the finalizers of the owner
(https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#ownerreferencespermissionenforcement).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.parts.rights import RBAC, Right, grant_role, refer, write_rules

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        ClusterRole,
        ClusterRoleBinding,
        ServiceAccount,
        Subject,
    )

CUSTOM = ("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs")

ALL = ("create", "delete", "get", "list", "patch", "update", "watch")

RIGHTS: tuple[Right, ...] = (
    ("kubernetes.dask.org", CUSTOM, ALL),
    ("kubernetes.dask.org", ("daskjobs/status", "daskworkergroups/scale"), ("get", "patch", "update")),
    ("kubernetes.dask.org", tuple(f"{name}/finalizers" for name in CUSTOM), ("update",)),
    ("", ("pods", "services"), ALL),
    ("", ("pods/status", "services/status"), ("get", "patch", "update")),
    ("apps", ("deployments",), ALL),
    ("apps", ("deployments/status",), ("get", "patch", "update")),
    ("", ("events",), ("create", "patch")),
    ("events.k8s.io", ("events",), ("create", "patch")),
)
"""Rights in the namespaces of clusters."""

OBSERVATION: tuple[Right, ...] = (
    ("", ("namespaces",), ("list", "watch")),
    ("apiextensions.k8s.io", ("customresourcedefinitions",), ("list", "watch")),
)
"""Rights to watch for new namespaces; not needed with a fixed namespace."""


def grant(name: str, labels: dict[str, str], *, everywhere: bool) -> Iterator[Resource]:
    """Build the ServiceAccount `name` and its rights, in its own namespace or in all of them."""
    yield resource(_account(name, labels), "service-account.yaml")
    if everywhere:
        yield from (resource(body, "cluster-role.yaml", "scope") for body in _grant_everywhere(name, labels))
    else:
        yield from (
            resource(body, "role.yaml", "scope") for body in grant_role(name, labels, RIGHTS, _name_account(name))
        )


def _account(name: str, labels: dict[str, str]) -> ServiceAccount:
    meta = metadata(name, labels)
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "automountServiceAccountToken": False}


def _grant_everywhere(name: str, labels: dict[str, str]) -> tuple[ClusterRole, ClusterRoleBinding]:
    role: ClusterRole = {
        "apiVersion": RBAC,
        "kind": "ClusterRole",
        "metadata": metadata(name, labels),
        "rules": write_rules(*OBSERVATION, *RIGHTS),
    }
    binding: ClusterRoleBinding = {
        "apiVersion": RBAC,
        "kind": "ClusterRoleBinding",
        "metadata": metadata(name, labels),
        "roleRef": refer("ClusterRole", name),
        "subjects": [_name_account(name)],
    }
    return role, binding


def _name_account(name: str) -> Subject:
    return {"kind": "ServiceAccount", "name": name}
