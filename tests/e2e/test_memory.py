"""A worker that runs out of memory or disk spills, pauses and is restarted, in this order, and within its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, SMALL, deploy, describe, write_fleet
from e2e.harness import Kubectl, list_names, list_pods, read_answer, run_client, start_daskgen, wait_until

TIGHT = {**SMALL, "memory": "600Mi", "scratch": "400Mi", "replicas": 1, "threads": 1}

FILL = """
import hashlib, json, os, time
def look():
    [worker] = client.sync(client.scheduler.identity, n_workers=-1)["workers"].values()
    return worker["status"], worker["metrics"]["spilled_bytes"]["disk"] >> 20
def wait_for(condition):
    end = time.monotonic() + 90
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
def digest(data):
    return hashlib.sha256(data).hexdigest()
def make(_):
    return os.urandom(40 << 20)
"""
"""Makes pieces of 40 MiB, which do not get smaller on disk."""

SPILL = """
held = client.map(make, range(16), pure=False)
before = client.gather(client.map(digest, held))
wait_for(lambda: look()[1] > 200)
status, disk = look()
same = client.gather(client.map(digest, held, pure=False)) == before
print(json.dumps({"status": status, "disk": disk, "same": same}))
"""

PAUSE = """
held = client.map(make, range(30), pure=False)
wait_for(lambda: look()[0] == "paused")
full, done = look(), sum(it.done() for it in held)
del held
wait_for(lambda: look()[0] == "running")
print(json.dumps({"full": full[0], "disk": full[1], "done": done, "afterwards": look()[0]}))
"""

LEAK = """
def leak():
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)
        time.sleep(0.05)
print(json.dumps(type(client.submit(leak).exception()).__name__))
"""

FILL_DISK = """
def fill():
    with open(os.environ["TMPDIR"] + "/file", "wb") as file:
        for _ in range(50):
            file.write(bytes(10 << 20))
    time.sleep(600)
client.submit(fill).exception()
"""


@pytest.fixture
def worker() -> dict[str, Any]:
    """The only group of the cluster."""
    return TIGHT


@pytest.fixture
def tight(namespace: Kubectl, tmp_path: Path, worker: dict[str, Any]) -> Kubectl:
    """A namespace with a cluster `tight` of one worker, whose tasks may fail only once."""
    once = {"distributed": {"scheduler": {"allowed-failures": 0}}}
    spec = describe(namespace.namespace, config=once)
    deploy(namespace, write_fleet(tmp_path, tight={**spec, "workers": [worker]}), "tight")
    return namespace


def ask(kubectl: Kubectl, code: str) -> Any:
    """Return what `code` prints as JSON."""
    said = run_client(kubectl, "client", CLIENT, CONNECT.format(name="tight", workers=1) + FILL + code)
    return read_answer(said)


def get_worker(kubectl: Kubectl) -> Any:
    [pod] = list_pods(kubectl, "worker").values()
    return pod["status"]["containerStatuses"][0]


@pytest.mark.cluster
def test_a_worker_holds_more_than_its_memory(tight: Kubectl) -> None:
    found = ask(tight, SPILL)
    assert 16 * 40 > 600
    assert found["status"] == "running"
    assert found["same"]
    assert found["disk"] >= 200
    assert get_worker(tight)["restartCount"] == 0


@pytest.mark.cluster
def test_a_worker_pauses_when_memory_and_disk_are_full(tight: Kubectl) -> None:
    """Dask stops to spill at nine tenths of `scratch`, so that nothing is evicted for it."""
    found = ask(tight, PAUSE)
    assert (found["full"], found["afterwards"]) == ("paused", "running")
    assert 0 < found["disk"] <= 360
    assert found["done"] < 30
    assert get_worker(tight)["restartCount"] == 0


@pytest.mark.cluster
@pytest.mark.parametrize("worker", [{**TIGHT, "memory": "1Gi"}], ids=["1Gi"])
def test_a_leak_ends_the_worker_and_not_the_container(tight: Kubectl, tmp_path: Path) -> None:
    before = get_worker(tight)["containerID"]
    assert ask(tight, LEAK) == "KilledWorker"
    assert "exceeded 90% memory budget. Restarting" in tight("logs", list_names(tight, "worker")[0])
    after = get_worker(tight)
    assert (after["containerID"], after["lastState"]) == (before, {})
    [pod] = list_names(tight, "worker")
    told = f"the worker of {pod} was restarted by its nanny once"
    wait_until(lambda: told in read_status(tight, tmp_path), "its restart in status", 60)
    assert "ago: exceeded 90% memory budget" in read_status(tight, tmp_path)


def read_status(kubectl: Kubectl, root: Path) -> str:
    return start_daskgen(kubectl, root, "status", "tight", "--no-drift").communicate(timeout=60)[0]


@pytest.mark.cluster
def test_more_than_scratch_gets_the_pod_evicted(tight: Kubectl) -> None:
    [pod] = list_names(tight, "worker")
    run_client(tight, "client", CLIENT, CONNECT.format(name="tight", workers=1) + "import os, time" + FILL_DISK)
    wait_until(lambda: "Evicted" in tight("get", "events"), "evicted")
    wait_until(lambda: not is_ready(tight, pod), f"the end of {pod}")
    wait_until(lambda: any(is_ready(tight, name) for name in list_names(tight, "worker")), "another worker")


def is_ready(kubectl: Kubectl, pod: str) -> bool:
    conditions = kubectl.get("pod", pod)["status"].get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
