"""How Flux tells the health of the operator's resources.

https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions.
"""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.kubernetes.objects import Object

IS_OWNED: Mapping[str, str] = {
    # The operator takes an object up by making its cluster the owner; it gives it no status.
    "inProgress": "!has(metadata.ownerReferences) || has(metadata.deletionTimestamp)",
    "current": "has(metadata.ownerReferences)",
}

HEALTH: Mapping[str, Mapping[str, str]] = {
    "DaskCluster": {
        # Neither Pending nor Running tells whether pods are ready: the operator writes either, at any time (2026.3.0).
        "inProgress": "!has(metadata.finalizers) || has(metadata.deletionTimestamp)",
        "failed": "has(status.phase) && status.phase == 'Error'",
        "current": "has(status.phase) && status.phase != 'Created'",
    },
    "DaskWorkerGroup": IS_OWNED,
    "DaskAutoscaler": IS_OWNED,
    # A job that runs is current, as Flux has those of Kubernetes: waiting for its end would take the whole timeout.
    "DaskJob": {
        "failed": "has(status.jobStatus) && status.jobStatus == 'Failed'",
        "current": "has(status.jobStatus) && status.jobStatus in ['Running', 'Successful']",
    },
}
"""Kind to what tells its health. While one of them meets nothing where it expects `status`, Flux waits."""


def check_health(kind: str) -> Object:
    """Return what a Kustomization says of the health of a kind."""
    return {"apiVersion": "kubernetes.dask.org/v1", "kind": kind, **HEALTH[kind]}
