"""Pods that set a field behind a feature gate: tests/kubernetes reads the table, tests/e2e asks a real API server."""

from __future__ import annotations

from typing import Any

from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path

CONTAINER: Object = {
    "name": "worker",
    "image": "dask",
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
}
POD: Object = {"containers": [CONTAINER], "volumes": [{"name": "scratch", "emptyDir": {}}]}


def in_container(**fields: Any) -> Any:
    return {"containers": [{"name": "worker", **fields}]}


FILE_KEY = {"volumeName": "scratch", "path": "a.env", "key": "TOKEN"}

EXAMPLES: list[tuple[str, Any, Path]] = [
    ("UserNamespacesSupport", {"hostUsers": False}, ("hostUsers",)),
    (
        "SupplementalGroupsPolicy",
        {"securityContext": {"supplementalGroupsPolicy": "Strict"}},
        ("securityContext", "supplementalGroupsPolicy"),
    ),
    (
        "SELinuxChangePolicy",
        {"securityContext": {"seLinuxChangePolicy": "Recursive"}},
        ("securityContext", "seLinuxChangePolicy"),
    ),
    ("PodLevelResources", {"resources": {"requests": {"cpu": "2"}}}, ("resources",)),
    ("HostnameOverride", {"hostnameOverride": "scheduler"}, ("hostnameOverride",)),
    (
        "ImageVolume",
        {"volumes": [{"name": "data", "image": {"reference": "registry.example.com/data:1.2.3"}}]},
        ("volumes", 1, "image"),
    ),
    (
        "InPlacePodVerticalScaling",
        in_container(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "NotRequired"}]),
        ("containers", 0, "resizePolicy"),
    ),
    (
        "EnvFiles",
        in_container(env=[{"name": "TOKEN", "valueFrom": {"fileKeyRef": FILE_KEY}}]),
        ("containers", 0, "env", 0, "valueFrom", "fileKeyRef"),
    ),
    (
        "ContainerStopSignals",
        {**in_container(lifecycle={"stopSignal": "SIGQUIT"}), "os": {"name": "linux"}},
        ("containers", 0, "lifecycle", "stopSignal"),
    ),
]
"""A gate, a change of the pod that sets one of its fields, and the place of that field."""


def set_field(change: Any) -> Object:
    pod: Object = merge_patch(POD, change, {"containers": "name", "volumes": "name"})
    return pod
