"""Build security contexts that Pod Security restricted and OpenShift's restricted-v2 admit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        PodSecurityContext,
        SecurityContext,
    )


Platform = Literal["kubernetes", "openshift"]

USER = 20000
"""The user of pods, as the official image sets none and Pod Security `restricted` refuses root. On OpenShift, the
constraint restricted-v2 assigns every namespace a range, and refuses pods that set a user."""


def secure_pod(platform: Platform) -> PodSecurityContext:
    """Return the security context that Pod Security `restricted` and OpenShift's restricted-v2 require of a pod."""
    context: PodSecurityContext = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    if platform != "openshift":
        context.update({"runAsUser": USER, "runAsGroup": USER, "fsGroup": USER})
    return context


def secure_container() -> SecurityContext:
    """Return the one that they require of a container, with a read-only root file system."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
