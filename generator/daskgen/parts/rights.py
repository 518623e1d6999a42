"""Write the rules of roles, and the references to roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from daskgen.kubernetes.types import PolicyRule, RoleRef

API = "rbac.authorization.k8s.io"

RBAC: Literal["rbac.authorization.k8s.io/v1"] = "rbac.authorization.k8s.io/v1"

Right = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Group, resources, verbs."""


def write_rules(*rights: Right) -> list[PolicyRule]:
    """Write the rules of a role."""
    return [
        {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)} for group, resources, verbs in rights
    ]


def refer(kind: str, name: str) -> RoleRef:
    """Refer to a role."""
    return {"apiGroup": API, "kind": kind, "name": name}
