"""Workers with GPUs on a real cluster: its node says that it has some, and no device is needed to schedule them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, SMALL, deploy, describe, render, write_fleet
from e2e.harness import Kubectl, run_client, wait_until

GPU = "nvidia.com/gpu"

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"

ASK = """
print(client.submit(pow, 6, 2, resources={"GPU": 1}).result(timeout=60))
"""


@pytest.fixture
def gpu_node(cluster: Kubectl) -> Iterator[str]:
    """A node with two GPUs, as a device plugin would say."""
    nodes = sorted(cluster.get("nodes")["items"], key=lambda node: CONTROL_PLANE in node["metadata"]["labels"])
    name = str(nodes[0]["metadata"]["name"])
    place = f"/status/capacity/{GPU.replace('/', '~1')}"
    _edit_status(cluster, name, {"op": "add", "path": place, "value": "2"})
    yield name
    _edit_status(cluster, name, {"op": "remove", "path": place})


def _edit_status(cluster: Kubectl, node: str, operation: dict[str, str]) -> None:
    cluster("patch", "node", node, "--subresource", "status", "--type", "json", "--patch", json.dumps([operation]))


@pytest.mark.cluster
def test_a_worker_runs_where_a_gpu_is_free_and_waits_where_none_is(
    namespace: Kubectl, gpu_node: str, tmp_path: Path
) -> None:
    one: dict[str, Any] = {**SMALL, "replicas": 1, "threads": 1, "gpu": 1}
    root = write_fleet(
        tmp_path,
        one=describe(namespace.namespace) | {"workers": [one]},
        two=describe(namespace.namespace) | {"workers": [{**one, "gpu": 2}]},
    )
    deploy(namespace, root, "one")
    assert [pod["spec"]["nodeName"] for pod in find_workers(namespace, "one")] == [gpu_node]
    assert run_client(namespace, "client", CLIENT, CONNECT.format(name="one", workers=1) + ASK).split() == ["36"]
    # One of two is taken.
    namespace.apply(render(root, "two"))
    wait_until(lambda: f"Insufficient {GPU}" in read_conditions(namespace, "two"), "a pod that waits for GPUs")


def find_workers(namespace: Kubectl, name: str) -> list[Any]:
    selector = f"app.kubernetes.io/instance={name},app.kubernetes.io/component=worker"
    return list(namespace.get("pods", "--selector", selector)["items"])


def read_conditions(namespace: Kubectl, name: str) -> str:
    conditions = [found for pod in find_workers(namespace, name) for found in pod["status"].get("conditions", [])]
    return " ".join(str(condition.get("message", "")) for condition in conditions)
