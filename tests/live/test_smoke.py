"""The work that `daskgen smoke` has done, on a cluster in this process, and what is told of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import LocalCluster

from conftest import SMALL, MakeFleet
from daskgen.findings.problem import DaskgenError
from daskgen.live import workload
from daskgen.live.job import find_client_labels, make_job
from daskgen.live.smoke import Smoke
from daskgen.live.smoke_report import find_skew, format_text
from daskgen.live.state import ClusterState, Group
from daskgen.live.workload import MARK, Order, run
from support.fleets import read_cluster


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    make: Any = LocalCluster
    with make(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def make_order(address: str, **changes: Any) -> Order:
    order = {"address": address, "workers": 2, "timeout": 5.0, "workload": "pi", "size": 400, "source": ""}
    return order | changes  # type: ignore[return-value]


STATE = ClusterState("prod", "analytics", "dask", (Group("", 1, 1), Group("default", 2, 2)))


def test_pi_is_about_right(address: str) -> None:
    smoke = Smoke(STATE, "Job x", run(make_order(address)))
    assert smoke.passed
    assert abs(smoke.report["answer"]["value"] - 3.14159) < 0.05
    assert smoke.report["took part"] == 2
    assert list(smoke.report["steps"]) == ["connect", "workers", "each worker", "pi"]
    assert format_text(smoke).endswith("prod: passed")


def test_a_workload_of_the_users_own(address: str) -> None:
    source = "def run(client, size):\n    return sum(client.gather(client.map(lambda x: x + 1, range(size))))\n"
    report = run(make_order(address, workload="mine", source=source, size=10))
    assert report["answer"] == {"value": 55, "expected": None, "tolerance": 0.0, "items": 0, "right": True}


def test_an_own_workload_that_fails_says_how(address: str) -> None:
    source = "def run(client, size):\n    assert size == 3, 'it is not 3'\n"
    report = run(make_order(address, workload="mine", source=source))
    assert report["error"] == "AssertionError: it is not 3"
    said = format_text(Smoke(STATE, "", report))
    assert said.endswith("prod: failed: AssertionError: it is not 3")


def test_workers_that_are_missing(address: str) -> None:
    report = run(make_order(address, workers=3, timeout=1.0))
    state = STATE._replace(groups=(Group("", 1, 1), Group("default", 3, 2, (), (("pending: not enough cpu", 1),))))
    smoke = Smoke(state, "Job x", report)
    assert not smoke.passed
    assert report["answer"]["right"]
    assert "failed: 2 of 3 workers are connected; workers default: pending: not enough cpu" in format_text(smoke)


def test_a_cluster_that_may_have_no_workers(address: str) -> None:
    """As an autoscaler has it until there is work."""
    assert run(make_order(address, workers=0))["answer"]["right"]


def test_a_scheduler_that_is_not_there() -> None:
    report = run(make_order("tcp://127.0.0.1:1", timeout=1.0))
    assert report["error"].startswith("OSError: Timed out trying to connect to tcp://127.0.0.1:1")


@pytest.mark.parametrize(("value", "right"), [(3.14, True), (3.0, False)])
def test_a_wrong_answer_fails(value: float, right: bool) -> None:
    answer = workload.Answer(value, 3.14159, 0.01)
    report = {
        "answer": {**answer._asdict(), "right": answer.right},
        "workers": {"a": {"threads": 1, "memory": 1}, "b": {"threads": 1, "memory": 1}},
    }
    smoke = Smoke(STATE, "", {**report, "error": "", "steps": {"pi": 1.0}, "tasks": 1, "took part": 1})
    assert smoke.passed is right
    assert ("failed: the answer is wrong" in format_text(smoke)) is not right


OLD = {"python": "3.11.9", "dask": "2026.7.0", "distributed": "2026.7.0", "lz4": "4"}
NEW = {"python": "3.12.1", "dask": "2026.7.0", "distributed": "2026.7.0", "lz4": "4"}


def test_another_minor_of_python_is_shown_as_such() -> None:
    versions = {"client": NEW, "scheduler": OLD, "tcp://a": OLD, "tcp://b": OLD}
    assert find_skew(versions) == ["python"]
    report = {
        "versions": versions,
        "steps": {"connect": 1.0},
        "error": "TypeError: code() argument 13 must be str, not int",
    }
    lines = format_text(Smoke(STATE, "", report)).splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["versions", "they", "differ"],
        ["python", "dask", "distributed"],
        ["client", "3.12.1", "2026.7.0", "2026.7.0"],
        ["scheduler", "3.11.9", "2026.7.0", "2026.7.0"],
        ["2", "workers", "3.11.9", "2026.7.0", "2026.7.0"],
    ]
    assert "versions of python differ, which may be the cause" in lines[-1]


def test_the_job_is_admitted_and_as_secure_as_the_cluster(make_fleet: MakeFleet) -> None:
    prepared = read_cluster(make_fleet(prod=SMALL))
    job = make_job(prepared.valid, prepared.objects, make_order("tcp://prod-scheduler:8786"))
    template = job["spec"]["template"]
    [container] = template["spec"]["containers"]
    assert template["metadata"]["labels"] == {"daskgen/client": "true"}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["image"] == "ghcr.io/dask/dask:2026.8.0-py3.12"
    assert {mount["name"] for mount in container["volumeMounts"]} == {"scratch", "config"}
    assert (template["spec"]["automountServiceAccountToken"], template["spec"]["restartPolicy"]) == (False, "Never")


@pytest.mark.parametrize(
    ("network", "labels"),
    [
        ("{isolation: false}", {"daskgen/client": "true"}),
        ("{clients: [{namespace: lab}, {podLabels: {app: hub}}]}", {"app": "hub"}),
        ("{clients: [{namespace: analytics}]}", {}),
    ],
)
def test_labels_of_a_client(network: str, labels: dict[str, str], make_fleet: MakeFleet) -> None:
    assert find_client_labels(read_cluster(make_fleet(prod=f"{SMALL}network: {network}\n")).valid) == labels


def test_a_cluster_that_admits_nobody_here(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=f"{SMALL}network: {{clients: [{{namespace: lab}}]}}\n")
    with pytest.raises(DaskgenError, match=r"admit no pod in its namespace analytics.*--via port-forward"):
        find_client_labels(read_cluster(root).valid)


WITHOUT_DASKGEN = """
import sys
sys.modules["daskgen"] = None
exec(open(sys.argv[1]).read(), {"__name__": "__main__"})
"""


def test_the_workload_needs_nothing_of_daskgen(address: str) -> None:
    command = [sys.executable, "-c", WITHOUT_DASKGEN, workload.__file__]
    env = os.environ | {"DASKGEN_SMOKE": json.dumps(make_order(address))}
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert json.loads(said.removeprefix(MARK))["answer"]["right"]
