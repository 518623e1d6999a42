"""Read the status of an Application, and list the fields that it ignores."""

from __future__ import annotations

from daskgen.delivery import EngineStatus
from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import Group


def read_application(status: Object) -> EngineStatus:
    """Read sync, health, the last operation and conditions; the message of a failed operation goes first."""
    sync, health = status.get("sync", {}), status.get("health", {}).get("status", "")
    operation = status.get("operationState", {})
    conditions = status.get("conditions", [])
    errors = [condition["message"] for condition in conditions if condition["type"].endswith("Error")]
    failed = [operation.get("message", "")] if operation.get("phase") in ("Failed", "Error") else []
    words = [*failed, *errors, f"{sync.get('status', 'Unknown')}, {health or 'Unknown'}"]
    is_well = sync.get("status") == "Synced" and health == "Healthy"
    is_ill = bool(failed or errors) or health == "Degraded"
    ready = False if is_ill else True if is_well else None
    return EngineStatus(sync.get("revision", ""), ready, " ".join(words[0].split()))


def ignore_replicas(group: Group) -> list[Object]:
    """List the replicas that an autoscaler owns: applying the minimum of the spec would end workers."""
    return [
        {
            "group": scaled.group,
            "kind": scaled.kind,
            "namespace": member.namespace,
            "name": scaled.name,
            "jsonPointers": [scaled.pointer],
        }
        for member in group.members
        for scaled in member.scaled
    ]
