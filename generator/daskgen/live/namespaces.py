"""Explain that a namespace does not exist, or is being deleted."""

from __future__ import annotations

from daskgen.kubernetes.objects import Object
from daskgen.outside.kubernetes import AccessError, Api

PREFIX = "Namespace"
"""Prefix of the type of each condition of a namespace that is being deleted.

https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/controller/namespace/deletion/status_condition_utils.go
"""


async def explain_namespace(api: Api, name: str) -> str:
    """Explain that a namespace does not exist or is being deleted; "" for others, and if the user may not read it."""
    try:
        found = await api.get({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    except AccessError:
        return ""  # Without the right to read namespaces, the objects in one may still be readable.
    return _explain_deletion(found) if found else f"namespace {name} does not exist"


def _explain_deletion(namespace: Object) -> str:
    meta = namespace["metadata"]
    if not (since := meta.get("deletionTimestamp")):
        return ""
    conditions = namespace.get("status", {}).get("conditions", [])
    waits = [
        condition.get("message", condition["type"])
        for condition in conditions
        if condition["status"] == "True" and condition["type"].startswith(PREFIX)
    ]
    reason = f", and waits: {'; '.join(waits)}" if waits else ""
    return f"namespace {meta['name']} has been terminating since {since}, with everything in it{reason}"
