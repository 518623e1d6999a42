"""What workers hold survives whatever a cluster goes through on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, SMALL, deploy, describe, write_fleet
from e2e.harness import (
    GO,
    OTHER_IMAGE,
    Kubectl,
    let_go,
    list_names,
    list_pods,
    read_words,
    start_client,
    wait_for_line,
    wait_until,
)

HOLD = f"""
import hashlib, os, time
def digest(data):
    return hashlib.sha256(data).hexdigest()
held = client.map(lambda _: os.urandom(100_000), range(40), pure=False)
before = client.gather(client.map(digest, held))
print("held", len(before), "most-copies", max(map(len, client.who_has(held).values())), flush=True)
fewest = len(client.nthreads())
while not os.path.exists("{GO}"):
    fewest = min(fewest, len(client.nthreads()))
    time.sleep(0.2)
after = client.gather(client.map(digest, held, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)), "fewest-workers", fewest)
"""
"""Holds what cannot be made again, each piece on one worker, and counts what is not the same afterwards."""

GREETING = {"env": {"GREETING": "hello"}}

IMAGE_OF_WORKERS = {
    "target": {"kind": "Deployment", "name": "worker"},
    "patch": {"spec": {"template": {"spec": {"containers": [{"name": "worker", "image": OTHER_IMAGE}]}}}},
}

EDITS: dict[str, dict[str, Any]] = {
    "env": {"workers": [{**SMALL, **GREETING, "replicas": 4, "threads": 1}]},
    "image": {"patches": [IMAGE_OF_WORKERS]},
}
"""Changes of a spec that replace every worker, and leave the scheduler alone."""


@pytest.fixture
def holding(namespace: Kubectl, tmp_path: Path) -> Kubectl:
    """A namespace with a cluster `held` of four workers that hold data."""
    deploy(namespace, write_fleet(tmp_path, held=describe(namespace.namespace, 4)), "held")
    start_client(namespace, "client", CLIENT, CONNECT.format(name="held", workers=4) + HOLD)
    wait_for_line(namespace, "client", "held 40 most-copies 1")
    return namespace


def count_lost(kubectl: Kubectl) -> list[str]:
    """What the client found when told to look."""
    let_go(kubectl, "client")
    wait_for_line(kubectl, "client", "fewest-workers")
    return read_words(kubectl("logs", "client"), "recomputed")


@pytest.mark.cluster
@pytest.mark.parametrize("edit", EDITS)
def test_a_rolling_update_of_the_workers(edit: str, holding: Kubectl, tmp_path: Path) -> None:
    before = list_pods(holding, "worker")
    deploy(holding, write_fleet(tmp_path, held={**describe(holding.namespace, 4), **EDITS[edit]}), "held")
    wait_until(lambda: not before.keys() & list_pods(holding, "worker").keys(), "every worker replaced")
    assert count_lost(holding) == ["recomputed", "0", "fewest-workers", "3"]


@pytest.mark.cluster
def test_scaling_down(holding: Kubectl, tmp_path: Path) -> None:
    deploy(holding, write_fleet(tmp_path, held=describe(holding.namespace, 1)), "held")
    wait_until(lambda: len(list_pods(holding, "worker")) == 1, "one worker left")
    assert count_lost(holding) == ["recomputed", "0", "fewest-workers", "1"]


@pytest.mark.cluster
def test_evictions_one_after_the_other(holding: Kubectl) -> None:
    """As a drain makes them: what the budget refuses is tried again."""
    before = list_pods(holding, "worker")
    first, second, *_ = list_names(holding, "worker")
    assert "Success" in evict(holding, first)
    assert "disruption budget" in evict(holding, second)
    wait_until(lambda: "Success" in evict(holding, second), "the second evicted")
    wait_until(lambda: len(before.keys() - list_pods(holding, "worker").keys()) == 2, "both gone")
    assert count_lost(holding) == ["recomputed", "0", "fewest-workers", "3"]


def evict(kubectl: Kubectl, pod: str) -> str:
    """Ask for a pod to be evicted, and give the answer."""
    metadata = {"name": pod, "namespace": kubectl.namespace}
    path = f"/api/v1/namespaces/{kubectl.namespace}/pods/{pod}/eviction"
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    return kubectl("create", "--raw", path, "--filename", "-", text=json.dumps(eviction), check=False)
