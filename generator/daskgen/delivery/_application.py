"""What an Application leaves alone, and what its status says."""

from __future__ import annotations

from daskgen.delivery import EngineStatus
from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import Group


def read_application(status: Object) -> EngineStatus:
    """Read sync, health, the last operation and conditions; a failed operation says most."""
    sync, health = status.get("sync", {}), status.get("health", {}).get("status", "")
    operation = status.get("operationState", {})
    errors = [it["message"] for it in status.get("conditions", []) if it["type"].endswith("Error")]
    failed = [operation.get("message", "")] if operation.get("phase") in ("Failed", "Error") else []
    words = [*failed, *errors, f"{sync.get('status', 'Unknown')}, {health or 'Unknown'}"]
    is_well = sync.get("status") == "Synced" and health == "Healthy"
    is_ill = bool(failed or errors) or health == "Degraded"
    ready = False if is_ill else True if is_well else None
    return EngineStatus(sync.get("revision", ""), ready, " ".join(words[0].split()))


def ignore_replicas(group: Group) -> list[Object]:
    """Leave alone the number of workers that an autoscaler owns: an edit of the least number would end some."""
    return [
        {
            "group": "kubernetes.dask.org",
            "kind": "DaskCluster",
            "namespace": member.namespace,
            "name": name,
            "jsonPointers": ["/spec/worker/replicas"],
        }
        for member in group.members
        for name in member.scaled
    ]
