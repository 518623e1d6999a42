"""A cluster that loses a process or a pod is whole again by itself, and its answers are right."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, deploy, describe, write_fleet
from e2e.harness import GO, Kubectl, let_go, list_names, list_pods, run_client, start_client, wait_for_line, wait_until

WORK = f"""
import os, time
def square(number):
    time.sleep(0.2)
    return number * number
squares = client.map(square, range(60))
while sum(it.done() for it in squares) < 20:
    time.sleep(0.1)
print("working", flush=True)
while not os.path.exists("{GO}"):
    time.sleep(0.1)
print("sum", sum(client.gather(squares)), flush=True)
client.wait_for_workers(2, timeout=120)
print("workers", len(client.nthreads()))
"""

HOLD_LOCK = """
import ctypes
started = client.submit(lambda: ctypes.PyDLL(None).sleep(120), workers=list(client.nthreads())[:1])
print("left", started.result())
"""
"""`PyDLL` calls C without letting go of the interpreter's lock."""

PROCESSES = {
    # What is killed, and how often the container is started anew by that.
    "worker": ("multiprocessing.spawn", 0),
    "nanny": ("bin/dask worker", 1),
}

ANSWER = sum(number * number for number in range(60))


@pytest.fixture
def busy(namespace: Kubectl, tmp_path: Path) -> Kubectl:
    """A namespace with a cluster `held` of two workers."""
    deploy(namespace, write_fleet(tmp_path, held=describe(namespace.namespace)), "held")
    return namespace


@pytest.mark.cluster
@pytest.mark.parametrize("process", PROCESSES)
def test_a_worker_is_killed(process: str, busy: Kubectl) -> None:
    command, restarts = PROCESSES[process]
    start_client(busy, "client", CLIENT, CONNECT.format(name="held", workers=2) + WORK)
    wait_for_line(busy, "client", "working")
    pod = list_names(busy, "worker")[0]
    kill(busy, pod, command)
    let_go(busy, "client")
    wait_for_line(busy, "client", "workers")
    assert busy("logs", "client").split()[-4:] == ["sum", str(ANSWER), "workers", "2"]
    assert count_restarts(busy.get("pod", pod)) == restarts
    assert ("Restarting worker" in busy("logs", pod)) == (process == "worker")


@pytest.mark.cluster
@pytest.mark.parametrize("way", ["its process killed", "its pod deleted"])
def test_the_scheduler_is_lost(way: str, busy: Kubectl) -> None:
    [before] = list_pods(busy, "scheduler").values()
    pod, workers = before["metadata"]["name"], list_pods(busy, "worker").keys()
    if way == "its pod deleted":
        busy("delete", "pod", pod, "--grace-period", "0", "--force")
    else:
        kill(busy, pod, "bin/dask scheduler")
    start = time.monotonic()
    wait_until(lambda: is_another(busy, before), "another scheduler")
    connect = CONNECT.format(name="held", workers=2)
    said = run_client(busy, "client", CLIENT, connect + "print(client.submit(sum, [1, 2]).result())")
    print(f"whole again after {time.monotonic() - start:.0f} s")
    assert said.split()[-1] == "3"
    assert list_pods(busy, "worker").keys() == workers


@pytest.mark.cluster
def test_a_task_that_never_lets_go_of_the_interpreter(busy: Kubectl) -> None:
    """For two minutes a worker answers nobody. It is left alone: no probe, no nanny, no scheduler ends it."""
    before = list_pods(busy, "worker").keys()
    said = run_client(busy, "client", CLIENT, CONNECT.format(name="held", workers=2) + HOLD_LOCK)
    assert said.split() == ["left", "0"]
    after = list_pods(busy, "worker")
    assert after.keys() == before
    assert [count_restarts(pod) for pod in after.values()] == [0, 0]
    assert not [name for name in list_names(busy, "worker") if "Restarting worker" in busy("logs", name)]


def kill(kubectl: Kubectl, pod: str, command: str) -> None:
    """Kill the process with `command` in its command line as the kernel would, without a chance to clean up.

    If the container ends with that process, it may take pkill along before pkill has returned.
    """
    said = kubectl("exec", pod, "--", "pkill", "-KILL", "--oldest", "--full", command, check=False)
    assert said.strip() in ("", "command terminated with exit code 137")


def count_restarts(pod: dict[str, Any]) -> int:
    return int(pod["status"]["containerStatuses"][0]["restartCount"])


def is_another(kubectl: Kubectl, before: dict[str, Any]) -> bool:
    """Whether the scheduler is ready, and not the one from before."""
    [status] = [pod["status"] for pod in list_pods(kubectl, "scheduler").values()]
    [container] = status.get("containerStatuses", [{"ready": False}])
    return (
        bool(container["ready"]) and container["containerID"] != before["status"]["containerStatuses"][0]["containerID"]
    )
