"""Workers that a nanny restarted within their container, as logs of Dask tell; the lines are those of distributed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.live.pods import WorkerRestart
from daskgen.live.state import ClusterState
from daskgen.live.status import read_state
from daskgen.live.status_report import format_details, format_json
from daskgen.live.worker_restarts import add_worker_restarts, find_reason, find_worker_restarts
from daskgen.outside.kubernetes import AccessError
from daskgen.render.cluster import RenderedCluster
from support.fleets import read_cluster
from support.recorded import READY, Recorded, make_pod, run


def register(minute: int, worker: str) -> str:
    return (
        f"2026-11-21T09:{minute:02}:00.123456789Z 2026-11-21 09:{minute:02}:00,123 - distributed.scheduler - INFO - "
        f"Register worker addr: tcp://10.244.0.7:8788 name: {worker}\n"
    )


NANNY = "2026-11-21T09:05:00Z 2026-11-21 09:05:00,1 - distributed.nanny"

FULL = (
    f"{NANNY}.memory - WARNING - Worker tcp://10.244.0.7:8788 (pid=31) exceeded 90% memory budget. Restarting...\n"
    f"{NANNY} - INFO - Worker process 31 was killed by signal 15\n"
    f"{NANNY} - WARNING - Restarting worker (status=Status.running)\n"
)


def find(log: str, *pods: Object) -> list[tuple[str, int, int]]:
    """Return pod, times and the minute of the last."""
    return [(found.pod, found.times, found.at.minute) for _, found in find_worker_restarts(log, pods)]


def test_a_worker_that_registered_twice_was_restarted_once() -> None:
    log = register(1, "prod-worker-a") + register(2, "prod-worker-b") + register(5, "prod-worker-a")
    assert find(log, make_pod("prod-worker-a"), make_pod("prod-worker-b")) == [("prod-worker-a", 1, 5)]


def test_workers_of_one_pod_are_counted_each_for_itself() -> None:
    log = register(1, "prod-worker-a-0") + register(1, "prod-worker-a-1")
    assert find(log, make_pod("prod-worker-a")) == []
    assert find(log + register(6, "prod-worker-a-1"), make_pod("prod-worker-a")) == [("prod-worker-a", 1, 6)]


def test_a_restart_of_the_container_is_none_of_its_nanny() -> None:
    started = {"restartCount": 1, "state": {"running": {"startedAt": "2026-11-21T09:04:00Z"}}}
    pod = make_pod("prod-worker-a", containerStatuses=[{"name": "worker", **started}])
    log = register(1, "prod-worker-a") + register(5, "prod-worker-a")
    assert find(log, pod) == []
    assert find(log + register(7, "prod-worker-a"), pod) == [("prod-worker-a", 1, 7)]


@pytest.mark.parametrize(("log", "reason"), [
    (FULL, "exceeded 90% memory budget"),
    (FULL + f"{NANNY} - INFO - Worker process 77 was killed by signal 9\n", "Worker process 77 was killed by signal 9"),
    (f"{NANNY} - INFO - Worker process 31 exited with status 1\n", "Worker process 31 exited with status 1"),
    ("", ""),
])  # fmt: skip
def test_the_nanny_says_why(log: str, reason: str) -> None:
    assert find_reason(log) == reason


class Logging(Recorded):
    """Kubernetes with a log for each pod."""

    def __init__(self, objects: list[Object], **logs: str) -> None:
        super().__init__(objects)
        self.logs = logs

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        if pod not in self.logs:
            raise AccessError("Kubernetes refuses: pods/log is forbidden", 403)
        return self.logs[pod]


@pytest.fixture
def prod(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL))


def look(prod: RenderedCluster, api: Logging) -> ClusterState:
    async def read() -> ClusterState:
        return await add_worker_restarts(api, prod, await read_state(api, prod))

    return asyncio.run(read())


def log_of(**logs: str) -> dict[str, Any]:
    return {name.replace("_", "-"): log for name, log in logs.items()}


def test_status_tells_them(prod: RenderedCluster) -> None:
    scheduler = register(1, "prod-worker-0") + register(5, "prod-worker-0")
    state = look(prod, Logging(run(prod), **log_of(prod_scheduler_0=scheduler, prod_worker_0=FULL)))
    [restart] = state.workers[0].worker_restarts
    assert restart == WorkerRestart("prod-worker-0", 1, "exceeded 90% memory budget", restart.at)
    assert state.well
    said = format_details([state])
    assert "    the worker of prod-worker-0 was restarted by its nanny once " in said
    assert said.endswith(" ago: exceeded 90% memory budget") or " ago: exceeded 90% memory budget\n" in said
    assert '"reason": "exceeded 90% memory budget"' in format_json([state])


@pytest.mark.parametrize("logs", [{}, {"prod_scheduler_0": "2026-11-21T09:00:00Z no worker yet\n"}])
def test_without_logs_nothing_is_told(prod: RenderedCluster, logs: dict[str, str]) -> None:
    state = look(prod, Logging(run(prod), **log_of(**logs)))
    assert not any(group.worker_restarts for group in state.groups)


def test_a_scheduler_that_is_not_ready_is_not_asked(prod: RenderedCluster) -> None:
    objects = [body for body in run(prod) if body["metadata"]["name"] != "prod-scheduler-0"]
    starting = make_pod("prod-scheduler-0", {}, **{**READY, "conditions": []})
    assert not look(prod, Logging([*objects, starting])).groups[0].worker_restarts
