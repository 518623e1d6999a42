"""Grant rights by roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from daskgen.kubernetes.objects import metadata

if TYPE_CHECKING:
    from daskgen.kubernetes.types import PolicyRule, Role, RoleBinding, RoleRef, Subject

API = "rbac.authorization.k8s.io"

RBAC: Literal["rbac.authorization.k8s.io/v1"] = "rbac.authorization.k8s.io/v1"

Right = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Group, resources, verbs."""


def grant_role(
    name: str, labels: Mapping[str, str], rights: tuple[Right, ...], subject: Subject
) -> tuple[Role, RoleBinding]:
    """Build the role `name`, and its binding to `subject`."""
    role: Role = {
        "apiVersion": RBAC,
        "kind": "Role",
        "metadata": metadata(name, labels),
        "rules": write_rules(*rights),
    }
    binding: RoleBinding = {
        "apiVersion": RBAC,
        "kind": "RoleBinding",
        "metadata": metadata(name, labels),
        "roleRef": refer("Role", name),
        "subjects": [subject],
    }
    return role, binding


def write_rules(*rights: Right) -> list[PolicyRule]:
    """Write the rules of a role."""
    return [
        {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)} for group, resources, verbs in rights
    ]


def refer(kind: str, name: str) -> RoleRef:
    """Refer to a role."""
    return {"apiGroup": API, "kind": kind, "name": name}
