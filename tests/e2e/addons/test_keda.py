"""The real KEDA has a cluster follow its work and the clock, and nothing that workers hold is lost or made again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from e2e.addons.install import install_addon
from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import GO, Kubectl, let_go, list_names, read_words, run_client, start_client, wait_for_line, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("keda")]

NAMESPACE = "keda"

QUICK = {
    "kind": "keda",
    "namespace": NAMESPACE,
    "pollingInterval": 2,
    "cooldownPeriod": 5,
    "stabilizationWindowSeconds": 5,
}

IMPATIENT = {"distributed": {"adaptive": {"target-duration": "1s"}}}
"""Dask asks for as many workers as get the work done in a second."""

LIGHT = {"memory": "700Mi", "requests": {"cpu": "10m"}, "scratch": "2Gi"}
"""Of a pod, so that four of them find room beside KEDA."""

HOLD = f"""
import hashlib, os, time
from dask.distributed import Client
client = Client("tcp://scaled-scheduler:8786", timeout=30)
def hold(_):
    time.sleep(1)
    return os.urandom(100_000)
def digest(data):
    return hashlib.sha256(data).hexdigest()
held = client.map(hold, range(150), pure=False)
before = client.gather(client.map(digest, held))
holders = {{holder for found in client.who_has(held).values() for holder in found}}
print("held", len(before), "on", len(holders), flush=True)
while len(client.nthreads()) > 1:
    time.sleep(0.2)
after = client.gather(client.map(digest, held, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)), flush=True)
fewest, end = 1, time.monotonic() + 20
while time.monotonic() < end:
    fewest = min(fewest, len(client.nthreads()))
    time.sleep(0.2)
print("stayed", fewest, flush=True)
while not os.path.exists("{GO}"):
    time.sleep(0.2)
"""
"""Works for two minutes, holds what cannot be made again until one worker is left, and counts what is not the same.

Then it looks for longer than KEDA's cooldown whether the last worker stays as long as it holds something."""

ASK = """
import sys
from urllib.error import URLError
from urllib.request import urlopen
try:
    print("answer", urlopen(sys.argv[1], timeout=5).status)
except URLError as error:
    print("answer", getattr(error, "code", "none"))
"""


@pytest.fixture(scope="module", autouse=True)
def keda(cluster: Kubectl) -> None:
    install_addon(cluster, "keda", NAMESPACE)


def start(kubectl: Kubectl, folder: Path, least: int, most: int, **fields: Any) -> None:
    """Deploy a cluster `scaled` with a group of workers that KEDA scales."""
    group = {**LIGHT, "threads": 1, "replicas": {"min": least, "max": most}, **fields}
    spec = describe(kubectl.namespace, autoscaler=QUICK, config=IMPATIENT, scheduler=LIGHT)
    spec["workers"] = [group]
    deploy(kubectl, write_fleet(folder, scaled=spec), "scaled")


def wait_for_workers(kubectl: Kubectl, count: int) -> None:
    wait_until(lambda: len(list_names(kubectl, "worker")) == count, f"{count} workers", 300)


def test_from_none_to_many_to_one_to_none(namespace: Kubectl, tmp_path: Path) -> None:
    start(namespace, tmp_path, 0, 3)
    wait_for_workers(namespace, 0)
    start_client(namespace, "client", CLIENT, HOLD)
    wait_for_workers(namespace, 3)
    wait_for_line(namespace, "client", "stayed", 400)
    said = namespace("logs", "client")
    assert read_words(said, "held") == ["held", "150", "on", "3"]
    assert read_words(said, "recomputed") == ["recomputed", "0"]
    assert read_words(said, "stayed") == ["stayed", "1"]
    let_go(namespace, "client")
    wait_for_workers(namespace, 0)


def test_nobody_but_keda_reaches_the_route(namespace: Kubectl, tmp_path: Path) -> None:
    start(namespace, tmp_path, 1, 2)
    ask = partial(ask_scheduler, namespace)
    assert ask("autoscaler:8791/api/v1/adaptive_target") == "none", "policies let nobody in"
    assert ask("scheduler:8787/health") == "200"
    assert ask("scheduler:8787/api/v1/adaptive_target") == "404"
    assert ask("scheduler:8787/api/v1/retire_workers") == "404"


def ask_scheduler(kubectl: Kubectl, address: str) -> str:
    """Return the status with which a client of the cluster is answered, or none."""
    code = f"import sys\nsys.argv[1:] = ['http://scaled-{address}']\n{ASK}"
    name = "ask-" + "".join(letter if letter.isalnum() else "-" for letter in address.replace("_", "-"))
    return read_words(run_client(kubectl, name, CLIENT, code), "answer")[1]


@pytest.mark.parametrize(("hours", "count"), [(-1, 2), (6, 0)])
def test_working_hours(hours: int, count: int, namespace: Kubectl, tmp_path: Path) -> None:
    """They begin an hour ago, or in six hours, and last for three."""
    begin = datetime.now(UTC) + timedelta(hours=hours)
    end = begin + timedelta(hours=3)
    schedule = {"timeZone": "UTC", "start": f"0 {begin.hour} * * *", "end": f"0 {end.hour} * * *"}
    start(namespace, tmp_path, 2, 2, schedule=schedule)
    wait_for_workers(namespace, count)


def test_applying_a_cluster_leaves_the_number_of_workers(namespace: Kubectl, tmp_path: Path) -> None:
    group = {**LIGHT, "threads": 1, "replicas": {"min": 1, "max": 3}}
    spec = {**describe(namespace.namespace, autoscaler="external", scheduler=LIGHT), "workers": [group]}
    deploy(namespace, write_fleet(tmp_path, scaled=spec), "scaled")
    namespace("scale", "deployment/scaled-worker", "--replicas", "2")
    deploy(namespace, write_fleet(tmp_path, scaled={**spec, "env": {"GREETING": "hello"}}), "scaled")
    assert namespace.get("deployment", "scaled-worker")["spec"]["replicas"] == 2


def test_leaving_the_number_out_sets_one_worker(namespace: Kubectl, tmp_path: Path) -> None:
    """As `plan` says of an edit that makes a range of a number."""
    group = {**LIGHT, "threads": 1, "replicas": 2}
    spec = {**describe(namespace.namespace, autoscaler="external", scheduler=LIGHT), "workers": [group]}
    deploy(namespace, write_fleet(tmp_path, scaled=spec), "scaled")
    group["replicas"] = {"min": 1, "max": 3}
    deploy(namespace, write_fleet(tmp_path, scaled=spec), "scaled")
    assert namespace.get("deployment", "scaled-worker")["spec"]["replicas"] == 1
