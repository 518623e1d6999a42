"""Workers on a real cluster that join a scheduler which somebody else has started, and leave it without a loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import deploy, describe, write_fleet
from e2e.harness import IMAGE, Kubectl, run_client

LABELS = {"app": "legacy"}

LITTLE: dict[str, Any] = {"requests": {"cpu": "50m"}, "limits": {"cpu": "1"}, "memory": "600Mi", "scratch": "2Gi"}

WORK = """
from dask.distributed import Client, wait
client = Client("tcp://legacy:8786", timeout=60)
client.wait_for_workers({workers}, timeout=120)
"""

HOLD = (
    WORK
    + """
held = client.map(lambda x: (x, __import__("uuid").uuid4().hex), range(20), pure=False)
wait(held)
for future in held:
    client.publish_dataset(future, name=str(held.index(future)))
print(*sorted(value for _, value in client.gather(held)))
"""
)

READ = (
    WORK
    + """
while len(client.scheduler_info(n_workers=-1)["workers"]) > 1:
    __import__("time").sleep(0.5)
print(*sorted(value for _, value in client.gather([client.get_dataset(name) for name in client.list_datasets()])))
"""
)


def start_scheduler(namespace: Kubectl) -> None:
    """Start a scheduler and its Service by hand."""
    container = {
        "name": "scheduler",
        "image": IMAGE,
        "command": ["dask", "scheduler"],
        "env": [{"name": "HOME", "value": "/tmp"}, {"name": "USER", "value": "legacy"}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": 8787}},
        "resources": {"requests": {"cpu": "50m"}, "limits": {"memory": "512Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    secure = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"terminationGracePeriodSeconds": 1, "securityContext": secure, "containers": [container]}
    service = {"selector": LABELS, "ports": [{"port": 8786}]}
    namespace.apply(
        [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "legacy", "labels": LABELS}, "spec": pod},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "legacy"}, "spec": service},
        ]
    )
    namespace("wait", "--for", "condition=Ready", "pod/legacy", "--timeout", "180s")


def describe_workers(namespace: Kubectl, count: int) -> dict[str, Any]:
    """Describe workers that join it."""
    fields = {"scheduler": {"address": "tcp://legacy:8786"}, "workers": [{**LITTLE, "replicas": count, "threads": 1}]}
    return describe(namespace.namespace) | fields


@pytest.mark.cluster
def test_workers_join_it_and_hand_their_data_over(namespace: Kubectl, tmp_path: Path) -> None:
    start_scheduler(namespace)
    deploy(namespace, write_fleet(tmp_path, joined=describe_workers(namespace, 2)), "joined")
    held = run_client(namespace, "before", {}, HOLD.format(workers=2))
    assert len(held.split()) == 20
    deploy(namespace, write_fleet(tmp_path, joined=describe_workers(namespace, 1)), "joined")
    assert run_client(namespace, "after", {}, READ.format(workers=1)).split() == held.split()
