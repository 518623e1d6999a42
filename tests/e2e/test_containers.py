"""Containers beside Dask on a real cluster: an init container, a native sidecar, and /dev/shm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, SMALL, deploy, describe, write_fleet
from e2e.harness import IMAGE, Kubectl, run_client

LITTLE = {"limits": {"cpu": "100m", "memory": "64Mi"}}

WORKERS: dict[str, Any] = {
    **SMALL,
    "replicas": 1,
    "threads": 1,
    "shm": "64Mi",
    "volumes": [{"name": "models", "mountPath": "/models", "emptyDir": {"sizeLimit": "1Mi"}}],
    "initContainers": [
        {
            "name": "fetch",
            "image": IMAGE,
            "command": ["sh", "-c", "echo 42 > /data/answer"],
            "resources": LITTLE,
            "volumeMounts": [{"name": "models", "mountPath": "/data"}],
        },
        {
            "name": "proxy",
            "image": IMAGE,
            "command": ["python", "-m", "http.server", "9100", "--directory", "/data"],
            "restartPolicy": "Always",
            "resources": LITTLE,
            "volumeMounts": [{"name": "models", "mountPath": "/data", "readOnly": True}],
        },
    ],
}

ASK = """
def look():
    import os, urllib.request
    with open("/models/answer") as file:
        written = file.read().strip()
    served = urllib.request.urlopen("http://127.0.0.1:9100/answer", timeout=10).read().decode().strip()
    with open("/dev/shm/block", "wb") as file:
        file.write(bytes(32 << 20))
    room = os.statvfs("/dev/shm")
    return written, served, room.f_blocks * room.f_frsize >> 20
print(*client.submit(look).result(timeout=60))
"""


@pytest.mark.cluster
def test_a_worker_uses_what_the_containers_beside_it_prepare(namespace: Kubectl, tmp_path: Path) -> None:
    spec = describe(namespace.namespace, workers=1) | {"workers": [WORKERS]}
    deploy(namespace, write_fleet(tmp_path, beside=spec), "beside")
    said = run_client(namespace, "client", CLIENT, CONNECT.format(name="beside", workers=1) + ASK)
    assert said.split() == ["42", "42", "64"]
