"""Clusters of the dask-kubernetes operator: what is stored is what is in Git, and they work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from daskgen.paths import find_differences
from e2e.clusters import CLIENT, CONNECT, SMALL, install, render, write_fleet, write_operator
from e2e.harness import Kubectl, daskgen, run_client, start_client, wait_until

pytestmark = pytest.mark.xdist_group("operator")

GROUP = "kubernetes.dask.org"

SUM = 'print("sum", sum(client.gather(client.map(lambda it: it, range(100)))))\n'

HOLD = """
import hashlib, os, time
def digest(data):
    return hashlib.sha256(data).hexdigest()
def wait_for(number):
    while len(client.nthreads()) != number:
        time.sleep(0.5)
held = client.map(lambda _: os.urandom(100_000), range(40), pure=False)
before = client.gather(client.map(digest, held))
print("held", len(before), flush=True)
wait_for(1)
after = client.gather(client.map(digest, held, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)), flush=True)
wait_for(2)
print("grown")
"""


def bring_up(kubectl: Kubectl, folder: Path, spec: Mapping[str, Any], workers: int) -> list[dict[str, Any]]:
    """Apply a cluster named `team`, and wait until as many of its workers are ready as there are to be."""
    objects = render(write_fleet(folder, team=spec), "team")
    kubectl.apply(objects)
    wait_until(lambda: count_ready(kubectl) == {"scheduler": [1], "worker": [1] * workers}, "all pods ready", 300)
    return objects


def count_ready(kubectl: Kubectl) -> dict[str, list[int]]:
    """How many pods are ready of each Deployment that the operator made."""
    ready: dict[str, list[int]] = {"scheduler": [], "worker": []}
    for body in kubectl.get("deployments")["items"]:
        ready[body["metadata"]["labels"]["dask.org/component"]].append(body["status"].get("readyReplicas", 0))
    return ready


def read_stored(kubectl: Kubectl, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What Kubernetes has of an object that could be in Git."""
    stored: dict[str, Any] = kubectl.get(f"{wanted['kind']}.{GROUP}", wanted["metadata"]["name"])
    metadata = {key: value for key, value in stored["metadata"].items() if key in wanted["metadata"]}
    return {key: value for key, value in {**stored, "metadata": metadata}.items() if key != "status"}


@pytest.mark.cluster
def test_a_cluster_works_and_is_stored_as_it_is_in_git(
    operated: dict[str, Any], namespace: Kubectl, tmp_path: Path
) -> None:
    groups = [{**SMALL, "threads": 1, "replicas": {"min": 1, "max": 2}}, {**SMALL, "threads": 1, "name": "other"}]
    waive = [{"rule": "DG270", "reason": "deleted before the autoscaler has anything to remove"}]
    objects = bring_up(namespace, tmp_path, {**operated, "workers": groups, "waive": waive}, 2)
    custom = [body for body in objects if body["apiVersion"].startswith(GROUP)]
    assert [body["kind"] for body in custom] == ["DaskCluster", "DaskWorkerGroup", "DaskAutoscaler"]
    assert [list(find_differences(body, read_stored(namespace, body))) for body in custom] == [[], [], []]
    connect = CONNECT.format(name="team", workers=2)
    assert run_client(namespace, "client", CLIENT, connect + SUM).split() == ["sum", "4950"]
    assert "Timed out trying to connect" in run_client(namespace, "stranger", {"app": "stranger"}, connect)


@pytest.mark.cluster
def test_replicas_can_be_edited_and_nothing_is_lost(
    operated: dict[str, Any], namespace: Kubectl, tmp_path: Path
) -> None:
    def scale(replicas: int) -> None:
        groups = [{**group, "replicas": replicas} for group in operated["workers"]]
        bring_up(namespace, tmp_path, {**operated, "workers": groups}, replicas)

    scale(3)
    client = start_client(namespace, "client", CLIENT, CONNECT.format(name="team", workers=3) + HOLD)
    wait_until(lambda: "held 40" in namespace("logs", client, check=False), "data held")
    scale(1)
    wait_until(lambda: "recomputed" in namespace("logs", client), "scaled down")
    scale(2)
    wait_until(lambda: "grown" in namespace("logs", client), "scaled up")
    assert namespace("logs", client).split() == ["held", "40", "recomputed", "0", "grown"]


IDLE = """
import time
wait_for = {"default": 2, "other": 1}
def count():
    names = [worker["name"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()]
    return {group: sum(group in name for name in names) for group in wait_for}
work = client.map(lambda _: time.sleep(1), range(300), pure=False)
while count() != wait_for:
    time.sleep(1)
workers = client.scheduler_info(n_workers=-1)["workers"]
default = [address for address, worker in workers.items() if "default" in worker["name"]]
held = [client.submit(bytes, 1_000_000, workers=[it], key=it, priority=1) for it in default]
client.gather(held)
client.cancel(work)
print("held", sorted(map(len, client.has_what().values())), flush=True)
time.sleep(600)
"""
"""Has the autoscaler make a second worker of the default group, and then has nothing more to do."""


@pytest.mark.cluster
def test_an_autoscaler_deletes_workers_of_another_group(
    operated: dict[str, Any], namespace: Kubectl, tmp_path: Path
) -> None:
    """Why DG270 is an error. Where this fails, the operator has learnt to tell groups apart."""
    groups = [{**SMALL, "threads": 1, "replicas": {"min": 1, "max": 2}}, {**SMALL, "threads": 1, "name": "other"}]
    waive = [{"rule": "DG270", "reason": "to see what it is about"}]
    bring_up(namespace, tmp_path, {**operated, "workers": groups, "waive": waive}, 2)
    start_client(namespace, "client", CLIENT, CONNECT.format(name="team", workers=2) + IDLE)

    def count(group: str) -> tuple[int, int]:
        """Count the workers that a group is to have, and those that it has."""
        made = namespace.get("deployments", "--selector", f"dask.org/workergroup-name={group}")["items"]
        return namespace.get("daskworkergroup", group)["spec"]["worker"]["replicas"], len(made)

    wait_until(lambda: count("team-dask-default") == (2, 2), "scaled up")
    wait_until(lambda: count("team-worker-other") == (1, 0), "the other group's worker deleted")
    assert count("team-dask-default") == (1, 2)


def describe_job(operated: dict[str, Any], code: str, **job: Any) -> dict[str, Any]:
    return {**operated, "kind": "DaskJob", "job": {**SMALL, "command": ["python", "-c", code], **job}}


WORK = (
    """
from dask.distributed import Client
client = Client()
client.wait_for_workers(2)
"""
    + SUM
)


@pytest.mark.cluster
def test_a_job_runs_and_takes_its_cluster_with_it(operated: dict[str, Any], namespace: Kubectl, tmp_path: Path) -> None:
    jobs = {
        "right": describe_job(operated, WORK),
        "wrong": describe_job(operated, "raise SystemExit(3)"),
        "endless": describe_job(operated, "import time; time.sleep(600)", deadline=10),
    }
    root = write_fleet(tmp_path, **jobs)
    for name in jobs:
        namespace.apply(render(root, name))
    ended = {"right-dask": "Successful", "wrong-dask": "Failed", "endless-dask": "Failed"}
    wait_until(lambda: read_jobs(namespace) == ended, "the end of all jobs")
    assert namespace("logs", "right-dask-runner").split() == ["sum", "4950"]
    wait_until(lambda: not namespace.get("daskclusters,deployments")["items"], "no cluster left")
    lines = daskgen(namespace, root, "status", code=1).splitlines()
    assert [line.split()[3] for line in lines[1:4]] == ["failed", "successful", "failed"]
    # Other tests may have clusters of these names elsewhere, which is said, too.
    assert any(line.startswith("endless: the job has failed: DeadlineExceeded") for line in lines)
    assert any(line.startswith("wrong: the job has failed: exited with code 3") for line in lines)


def read_jobs(kubectl: Kubectl) -> dict[str, str]:
    """What the operator says of each DaskJob."""
    return {
        item["metadata"]["name"]: item.get("status", {}).get("jobStatus", "")
        for item in kubectl.get("daskjobs")["items"]
    }


NEEDED = (
    "create deployments.apps",
    "watch services",
    "patch daskworkergroups.kubernetes.dask.org/scale",
    "update daskclusters.kubernetes.dask.org/finalizers",
    "create events.events.k8s.io",
)
"""Some of what the operator does."""


@pytest.mark.cluster
def test_an_operator_of_one_namespace_may_do_its_work_there_alone(namespace: Kubectl, tmp_path: Path) -> None:
    installation = write_operator(tmp_path, namespace=namespace.namespace, scope="namespace", crds=False)
    install(namespace, tmp_path, installation)

    def may(place: str) -> list[str]:
        account = f"system:serviceaccount:{namespace.namespace}:dask-operator-controller"
        asked = {right: ("auth", "can-i", *right.split(), "--as", account, "--namespace", place) for right in NEEDED}
        kubectl = Kubectl(namespace.kubeconfig)
        return [right for right, words in asked.items() if kubectl(*words, check=False).splitlines()[-1] == "yes"]

    assert may(namespace.namespace) == list(NEEDED)
    assert may("default") == []
