"""Define for Flux the health of the operator's resources.

https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions.
"""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.kubernetes.objects import Object

IS_OWNED: Mapping[str, str] = {
    # The operator writes no status of these; once it manages one, the cluster is its owner.
    "inProgress": "!has(metadata.ownerReferences) || has(metadata.deletionTimestamp)",
    "current": "has(metadata.ownerReferences)",
}

HEALTH: Mapping[str, Mapping[str, str]] = {
    "DaskCluster": {
        # The operator writes Pending or Running regardless of whether pods are ready (2026.3.0).
        "inProgress": "!has(metadata.finalizers) || has(metadata.deletionTimestamp)",
        "failed": "has(status.phase) && status.phase == 'Error'",
        "current": "has(status.phase) && status.phase != 'Created'",
    },
    "DaskWorkerGroup": IS_OWNED,
    "DaskAutoscaler": IS_OWNED,
    # A running job is current, as Flux defines it for Jobs of Kubernetes: waiting for its end could take longer than
    # the timeout.
    "DaskJob": {
        "failed": "has(status.jobStatus) && status.jobStatus == 'Failed'",
        "current": "has(status.jobStatus) && status.jobStatus in ['Running', 'Successful']",
    },
}
"""Expressions by kind. While an object has no `status` that they read, Flux waits."""


def check_health(kind: str) -> Object:
    """Return the health check of a kind, for a Kustomization."""
    return {"apiVersion": "kubernetes.dask.org/v1", "kind": kind, **HEALTH[kind]}
