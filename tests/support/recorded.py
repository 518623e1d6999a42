"""Answers of Kubernetes, recorded from a real one and shortened."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from daskgen.kubernetes.objects import Object
from daskgen.outside.kubernetes import AccessError
from daskgen.render.cluster import RenderedCluster

IMAGE = "ghcr.io/dask/dask:2026.8.0-py3.12"


def make_pod(name: str = "prod-worker-a", labels: Mapping[str, str] | None = None, **status: Any) -> Object:
    containers = [{"name": "worker", "image": IMAGE, "resources": {"requests": {"cpu": "64"}}}]
    meta = {"name": name, "namespace": "analytics", "labels": dict(labels or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers}, "status": status}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "containerStatuses": [{"name": "worker", "state": state, "restartCount": 0}]}


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    last = {
        "terminated": {"exitCode": code, "reason": reason, "message": message, "finishedAt": "2026-11-21T09:00:00Z"}
    }
    back_off = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    return {
        "phase": "Running",
        "containerStatuses": [{"name": "worker", "state": back_off, "lastState": last, "restartCount": 3}],
    }


NO_ROOM = {
    "phase": "Pending",
    "conditions": [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. "
            "no new claims to deallocate, preemption: 0/3 nodes are available: 2 No preemption victims found.",
        }
    ],
}

READY: dict[str, Any] = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}

PULL = 'Back-off pulling image "x": ErrImagePull: failed to pull and unpack image "x": x: not found'

REASONS: dict[str, tuple[dict[str, Any], str]] = {
    "ready": (READY, ""),
    "no room": (
        NO_ROOM,
        "pending: not enough cpu (requested: 64): 0/3 nodes are available: 1 node(s) had untolerated",
    ),
    "image": (waiting("ImagePullBackOff", PULL), f"image {IMAGE} cannot be pulled: ImagePullBackOff, x: not found"),
    "program": (ended(127), f"image {IMAGE} does not contain the program to run, such as dask (code 127)"),
    "start": (
        ended(128, "StartError", 'exec: "dask": executable file not found in $PATH: unknown'),
        f"image {IMAGE} does not contain the program to run, such as dask (code 128)",
    ),
    "memory": (ended(137, "OOMKilled"), "killed for exceeding its memory limit (OOMKilled)"),
    "crash": (ended(1), "exited with code 1, Error; see `kubectl logs`"),
    "config": (
        waiting("CreateContainerConfigError", 'secret "x" not found'),
        'CreateContainerConfigError: secret "x" not found',
    ),
    "starting": (waiting("ContainerCreating"), "the container is being created"),
    "probe": ({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}, "is running, but not ready"),
    "evicted": (
        {
            "phase": "Failed",
            "reason": "Evicted",
            "message": "Pod ephemeral local storage usage exceeds the total limit",
        },
        "Evicted: Pod ephemeral local storage usage exceeds the total limit",
    ),
}


class Recorded:
    """Kubernetes with these objects and their namespaces; applying changes nothing, `refused` kinds are forbidden."""

    context = "the recorded one"

    def __init__(self, objects: list[Object], refused: str = "") -> None:
        self.objects, self.refused = objects, refused
        self.applied: list[str] = []

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        if kind == self.refused:
            raise AccessError(f"Kubernetes refuses: {kind} is forbidden", 403)
        return [
            body
            for body in self.objects
            if body["kind"] == kind
            and namespace in ("", body["metadata"].get("namespace"))
            and labels.items() <= body["metadata"].get("labels", {}).items()
        ]

    async def get(self, body: Object) -> Object | None:
        same = [found for found in self.objects if key(found) == key(body)]
        spaces = {found["metadata"].get("namespace") for found in self.objects}
        if not same and body["kind"] == "Namespace" and body["metadata"]["name"] in spaces:
            return body
        return same[0] if same else None

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        self.applied.append(body["kind"])
        return deepcopy(body)

    async def create(self, body: Object) -> Object:
        raise AssertionError("nothing is to be made")

    async def delete(self, body: Object) -> None:
        raise AssertionError("nothing is to be deleted")

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        raise AssertionError("nothing is to be read")


def key(body: Object) -> tuple[str, str]:
    return body["kind"], body["metadata"]["name"]


def run(prepared: RenderedCluster, ready: int = 2) -> list[Object]:
    """What Kubernetes has of a cluster whose pods are all there, `ready` of its workers ready."""
    objects = deepcopy(prepared.objects)
    for body in [body for body in objects if body["kind"] == "Deployment"]:
        count = ready if "worker" in body["metadata"]["name"] else 1
        body["status"] = {"readyReplicas": count}
        labels = body["spec"]["template"]["metadata"]["labels"]
        objects += [make_pod(f"{body['metadata']['name']}-{index}", labels, **READY) for index in range(count)]
    return objects


def find_workers(objects: list[Object]) -> Object:
    return next(body for body in objects if key(body) == ("Deployment", "prod-worker"))
