"""Read the status of the objects of Flux."""

from __future__ import annotations

from daskgen.kubernetes.objects import Object
from daskgen.parts.delivered import EngineStatus


def read_condition(body: Object) -> EngineStatus:
    """Read the condition Ready of a Kustomization or a source, and the revision that it has applied or read.

    https://fluxcd.io/flux/components/kustomize/kustomizations/#ready-kustomization
    """
    status = body.get("status", {})
    revision = status.get("lastAppliedRevision") or status.get("artifact", {}).get("revision", "")
    conditions: list[Object] = status.get("conditions", [])
    ready = next((condition for condition in conditions if condition["type"] == "Ready"), {})
    is_seen = status.get("observedGeneration") == body["metadata"].get("generation")
    # The condition is Unknown while Flux applies a commit or waits for pods.
    answer = {"True": True, "False": False}.get(ready.get("status", "")) if is_seen else None
    message = " ".join(ready.get("message", "no status yet").split())
    return EngineStatus(revision, answer, message, paused=body["spec"].get("suspend", False))
