"""Read the status of an Application, and say what it leaves to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from daskgen.kubernetes.objects import Object
from daskgen.parts.delivered import EngineStatus
from daskgen.parts.groups import Group

SYNC_OPTIONS = ("ServerSideApply=true", "ApplyOutOfSyncOnly=true", "PruneLast=true")
"""RespectIgnoreDifferences is not set: it writes back every ignored field, `status` too, which is no subresource of
DaskClusters and Applications. With `ApplyOutOfSyncOnly`, objects that differ in ignored fields only are not applied."""

COMPARE, SERVER_SIDE = "argocd.argoproj.io/compare-options", "ServerSideDiff=true"

RETRY: Mapping[str, Any] = {
    "limit": 10,
    # Retry with the latest commit, which may contain the fix, not with the one that failed.
    "refresh": True,
    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
}


def read_application(body: Object) -> EngineStatus:
    """Read sync, health, the last operation and conditions; the message of a failed operation goes first.

    A person pauses an Application by removing `automated`, or with `enabled: false`.
    """
    status, automated = body.get("status", {}), body["spec"].get("syncPolicy", {}).get("automated")
    paused = automated is None or automated.get("enabled") is False
    sync, health = status.get("sync", {}), status.get("health", {}).get("status", "")
    operation = status.get("operationState", {})
    conditions = status.get("conditions", [])
    errors = [condition["message"] for condition in conditions if condition["type"].endswith("Error")]
    failed = [operation.get("message", "")] if operation.get("phase") in ("Failed", "Error") else []
    words = [*failed, *errors, f"{sync.get('status', 'Unknown')}, {health or 'Unknown'}"]
    is_well = sync.get("status") == "Synced" and health == "Healthy"
    is_ill = bool(failed or errors) or health == "Degraded"
    ready = False if is_ill else True if is_well else None
    return EngineStatus(sync.get("revision", ""), ready, " ".join(words[0].split()), paused)


def leave_to_others(body: Object, groups: Sequence[Group]) -> Object:
    """Have an Application of these groups show no difference where others complete objects or own fields."""
    if any(kind == "Notebook" for group in groups for _, kind in group.kinds):
        # OpenShift AI adds its login proxy to a workbench by a webhook, to its list of containers.
        body["metadata"]["annotations"][COMPARE] = f"{SERVER_SIDE},IncludeMutationWebhook=true"
    if ignored := [entry for group in groups for entry in _ignore_replicas(group)]:
        body["spec"]["ignoreDifferences"] = ignored
    return body


def _ignore_replicas(group: Group) -> list[Object]:
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
