"""`daskgen smoke` where no client can run: it says why, at once or when the time is over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.live import smoke as smoke_module
from daskgen.live import workload
from daskgen.live.smoke import JOB_NAME, NO_POD, smoke
from daskgen.live.smoke_report import format_text
from daskgen.live.workload import Order
from support.clock import Clock
from support.fleets import read_cluster
from support.recorded import NO_ROOM, READY, Recorded, find_workers, make_pod, run

QUOTA = (
    'Error creating: pods "prod-smoke-1-abc" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, '
    "limited: pods=3"
)


def make_order(timeout: float) -> Order:
    return {"address": "", "workers": 0, "timeout": timeout, "workload": "pi", "size": 8, "source": ""}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time as `daskgen smoke` sees it."""
    clock = Clock()
    monkeypatch.setattr(smoke_module, "time", clock)
    return clock


class Full(Recorded):
    """Has room for a Job, and none for its pod, of which the Job's controller writes an event."""

    async def create(self, body: Object) -> Object:
        def write_event(name: str, message: str) -> Object:
            meta = {"name": f"{name}.1", "namespace": "analytics"}
            owner = {"kind": "Job", "name": name}
            return {
                "kind": "Event",
                "metadata": meta,
                "involvedObject": owner,
                "reason": "FailedCreate",
                "message": message,
            }

        self.objects += [body, write_event("other", "of another Job"), write_event(body["metadata"]["name"], QUOTA)]
        return body

    async def delete(self, body: Object) -> None:
        self.objects.remove(body)


def test_a_full_quota_is_named_at_once(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    api: Any = Full(run(prod))
    found = asyncio.run(asyncio.wait_for(smoke(api, prod, make_order(600), "job", print), 5))
    assert found.failure == f"the client's pod cannot be created: {QUOTA}"
    assert not [body for body in api.objects if body["kind"] == "Job"]


def test_who_may_not_read_events_waits_and_no_longer_than_the_timeout(make_fleet: MakeFleet, clock: Clock) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    api: Any = Full(run(prod), refused="Event")
    found = clock.run(smoke(api, prod, make_order(90), "job", print))
    assert found.failure == f"the client's pod did not end within 90 seconds: {NO_POD}"
    assert clock.time() == pytest.approx(90)


def test_workers_that_somebody_scaled_away_are_why_a_client_gets_no_answer(make_fleet: MakeFleet, clock: Clock) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    objects = run(prod, ready=0)
    find_workers(objects)["spec"]["replicas"] = 0
    found = clock.run(smoke(Full(objects, refused="Event"), prod, make_order(90), "job", print))  # type: ignore[arg-type]
    assert "workers default: its Deployment asks for 0 pods instead of 2" in format_text(found)


def test_the_order_of_the_caller_stays_as_it_is(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    api: Any = Full(run(prod))
    order = make_order(600)
    asyncio.run(asyncio.wait_for(smoke(api, prod, order, "job", print), 5))
    assert order == make_order(600)


def test_a_client_that_is_blocked_ends_neither_late_nor_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    released, ended = threading.Event(), threading.Event()

    def block(_: Order) -> dict[str, Any]:
        released.wait(60)
        ended.set()
        return {}

    monkeypatch.setattr(workload, "run", block)
    with pytest.raises(TimeoutError):
        Clock().run(asyncio.wait_for(smoke_module._run_in_thread(make_order(1)), 1))
    assert not ended.is_set()
    released.set()
    assert ended.wait(60)


CONNECTED = """
import asyncio, sys
from daskgen.outside.kubernetes import ignore_cancellation

async def answer(reader, writer):
    accepted.set()
    await asyncio.Event().wait()

async def main():
    global accepted
    accepted = asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(ignore_cancellation)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    await asyncio.open_connection(*server.sockets[0].getsockname())
    await accepted.wait()
    if "fail" in sys.argv:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize(("words", "said"), [([], False), (["fail"], True)])
def test_a_connection_that_is_open_at_the_end_leaves_no_traceback(words: list[str], said: bool) -> None:
    done = subprocess.run([sys.executable, "-c", CONNECTED, *words], capture_output=True, text=True, check=True)
    assert ("ZeroDivisionError" in done.stderr) == said
    assert "CancelledError" not in done.stderr


def test_a_client_that_still_runs_when_the_time_is_over_names_what_workers_lack(
    make_fleet: MakeFleet, clock: Clock
) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    objects = run(prod)
    workers = [body for body in objects if body["kind"] == "Pod" and "worker" in body["metadata"]["name"]]
    for pod in workers:
        pod["status"] = NO_ROOM
    api: Any = Busy(objects)
    found = clock.run(smoke(api, prod, make_order(90), "job", print))
    assert found.failure == "the client's pod did not end within 90 seconds: it is still running"
    assert "pending: not enough cpu" in format_text(found)


class Busy(Recorded):
    """Runs the pod of a Job, which does not end."""

    async def create(self, body: Object) -> Object:
        pod = make_pod("prod-smoke", {JOB_NAME: body["metadata"]["name"]}, **READY)
        self.objects += [body, pod]
        return body

    async def delete(self, body: Object) -> None:
        self.objects.remove(body)
