"""The client of `daskgen smoke`: a Job whose log holds the report, or this machine through a forwarded port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.findings.problem import DaskgenError
from daskgen.kubernetes.objects import Object
from daskgen.live import workload
from daskgen.live.job import make_job
from daskgen.live.smoke import JOB_NAME, Smoke, Tell, smoke
from daskgen.live.workload import MARK, Order
from daskgen.render.cluster import RenderedCluster
from support.clock import Clock
from support.fleets import read_cluster
from support.recorded import NO_ROOM, Recorded, ended, make_pod, run, waiting

REPORT = {"steps": {}, "error": "", "workers": {"a": {}, "b": {}}, "answer": {"right": True}}

LOG = f"distributed is loaded\n{MARK}{json.dumps(REPORT)}\n"


@pytest.fixture
def prod(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL))


ORDER: Order = {"address": "", "workers": 0, "timeout": 600, "workload": "pi", "size": 8, "source": ""}


def try_out(kubernetes: Any, prod: RenderedCluster, via: str = "job", tell: Tell = print) -> Smoke:
    return Clock().run(smoke(kubernetes, prod, ORDER, via, tell))


def test_the_client_has_the_image_of_a_notebook(make_fleet: MakeFleet) -> None:
    image = "registry.example.com/lab:2026.7.1-py3.12"
    prod = read_cluster(make_fleet(prod=f"{SMALL}notebooks:\n- {{kind: jupyter, token: login, image: '{image}'}}\n"))
    job = make_job(prod.valid, prod.objects, ORDER, "jupyter")
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == image
    with pytest.raises(DaskgenError, match="prod has no notebook lab; those with an image are jupyter"):
        make_job(prod.valid, prod.objects, ORDER, "lab")


class Running(Recorded):
    """Runs the pod of a Job through these states, one at each look; the pod has printed `log`."""

    def __init__(self, objects: list[Object], *states: dict[str, Any], log: str = LOG) -> None:
        super().__init__(objects)
        self.states, self.log = list(states), log

    async def create(self, body: Object) -> Object:
        self.objects += [body, make_pod("prod-smoke", {JOB_NAME: body["metadata"]["name"]})]
        return body

    async def find(self, version: str, kind: str, namespace: str, labels: Any) -> list[Object]:
        found = await super().find(version, kind, namespace, labels)
        for pod in found if JOB_NAME in labels else ():
            pod["status"] = self.states.pop(0)
        return found

    async def delete(self, body: Object) -> None:
        self.objects.remove(body)

    async def read_log(self, namespace: str, pod: str, container: str = "", lines: int = 0) -> str:
        assert (namespace, pod) == ("analytics", "prod-smoke")
        return self.log


def test_the_report_of_a_job_is_read_from_its_log(prod: RenderedCluster) -> None:
    told: list[str] = []
    api = Running(run(prod), waiting("ContainerCreating"), {"phase": "Running"}, {"phase": "Succeeded"})
    found = try_out(api, prod, tell=told.append)
    assert (found.passed, found.failure, found.report) == (True, "", REPORT)
    assert not [body for body in api.objects if body["kind"] == "Job"]
    assert told == [f"prod: tcp://prod-scheduler.analytics.svc:8786, by {found.via}"]


def test_a_client_that_finds_no_room_says_so_once_while_it_waits(prod: RenderedCluster) -> None:
    told: list[str] = []
    try_out(Running(run(prod), NO_ROOM, NO_ROOM, {"phase": "Succeeded"}), prod, tell=told.append)
    assert [line.partition(" (")[0] for line in told[1:]] == ["the client's pod is pending: not enough cpu"]


def test_a_client_that_cannot_start_is_not_waited_for(prod: RenderedCluster) -> None:
    found = try_out(Running(run(prod), waiting("CreateContainerConfigError", "no Secret")), prod)
    assert found.failure == "the client's pod cannot run: CreateContainerConfigError: no Secret"


@pytest.mark.parametrize(
    ("log", "said"),
    [("", ""), ("\n", ""), (f"{'x' * 500} no module dask\n", f"; the end of its log: {'x' * 385} no module dask")],
)
def test_a_client_that_ends_without_a_report_is_quoted(log: str, said: str, prod: RenderedCluster) -> None:
    failed = {**ended(1), "phase": "Failed"}
    found = try_out(Running(run(prod), failed, log=log), prod)
    assert found.failure == f"the client's pod failed: exited with code 1, Error; see `kubectl logs`{said}"
    assert not found.passed


class Forwarding(Recorded):
    """Forwards a port of a pod to 40123 here."""

    @asynccontextmanager
    async def forward(self, pod: Object, port: int) -> AsyncIterator[int]:
        assert (pod["metadata"]["name"], port) == ("prod-scheduler-0", 8786)
        yield 40123


def test_a_client_here_goes_through_a_forwarded_port(prod: RenderedCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[Order] = []

    def work(order: Order) -> dict[str, Any]:
        orders.append(order)
        return REPORT

    monkeypatch.setattr(workload, "run", work)
    api: Any = Forwarding(run(prod))
    found = asyncio.run(smoke(api, prod, ORDER, "port-forward", print))  # a thread works, which takes real time
    assert (found.passed, found.via) == (True, "port-forward to prod-scheduler-0")
    assert [(order["address"], order["workers"]) for order in orders] == [("tcp://127.0.0.1:40123", 2)]


def test_a_client_here_that_gets_no_answer_ends_with_the_timeout(
    prod: RenderedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(_: Order) -> dict[str, Any]:
        await asyncio.Event().wait()
        return REPORT

    monkeypatch.setattr("daskgen.live.smoke._run_in_thread", wait)
    found = try_out(Forwarding(run(prod)), prod, "port-forward")
    assert found.failure.startswith("the client got no answer within ")
    assert not found.passed
