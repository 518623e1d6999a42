"""A change in the spec reaches the cluster, and only what it concerns starts anew."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from e2e.clusters import CLIENT, CONNECT, SMALL, deploy, describe, write_fleet
from e2e.harness import IMAGE, OTHER_IMAGE, Kubectl, list_pods, read_answer, run_client, wait_until

LOOK = """
import dask, json, os
info = client.sync(client.scheduler.identity, n_workers=-1)["workers"].values()
def look():
    return os.environ.get("GREETING"), dask.config.get("distributed.worker.profile.interval")
workers, scheduler = client.run(look).values(), client.run_on_scheduler(look)
print(json.dumps({
    "workers": len(info),
    "memory": sorted({it["memory_limit"] >> 20 for it in info}),
    "greeting of workers": sorted({str(greeting) for greeting, _ in workers}),
    "greeting of scheduler": str(scheduler[0]),
    "profile interval": sorted({interval for _, interval in (*workers, scheduler)}),
}))
"""
"""Prints what a cluster looks like from inside."""

BEFORE: dict[str, Any] = {
    "workers": 2,
    "memory": [700],
    "greeting of workers": ["None"],
    "greeting of scheduler": "None",
    "profile interval": ["10ms"],
    "images": [IMAGE],
}


class Edit(NamedTuple):
    """A change of the spec, what is new afterwards, and what is seen then."""

    change: dict[str, Any]
    new: set[str]
    seen: dict[str, Any]


def change_workers(**fields: Any) -> dict[str, Any]:
    return {"workers": [{**SMALL, "replicas": 2, "threads": 1, **fields}]}


BOTH = {"scheduler", "worker"}

GREETING = {"GREETING": "hello"}

EDITS: dict[str, Edit] = {
    "replicas": Edit(change_workers(replicas=3), set(), {"workers": 3}),
    "memory of the workers": Edit(change_workers(memory="800Mi"), {"worker"}, {"memory": [800]}),
    "env of the workers": Edit(change_workers(env=GREETING), {"worker"}, {"greeting of workers": ["hello"]}),
    "env of the scheduler": Edit(
        {"scheduler": {**SMALL, "env": GREETING}}, {"scheduler"}, {"greeting of scheduler": "hello"}
    ),
    "env": Edit({"env": GREETING}, BOTH, {"greeting of workers": ["hello"], "greeting of scheduler": "hello"}),
    "config": Edit(
        {"config": {"distributed": {"worker": {"profile": {"interval": "50ms"}}}}},
        BOTH,
        {"profile interval": ["50ms"]},
    ),
    "image": Edit({"image": OTHER_IMAGE}, BOTH, {"images": [OTHER_IMAGE]}),
    "clients": Edit({"network": {"clients": [{"podLabels": CLIENT}, {"podLabels": {"app": "etl"}}]}}, set(), {}),
}


@pytest.mark.cluster
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reaches_the_cluster(name: str, namespace: Kubectl, tmp_path: Path) -> None:
    edit, spec = EDITS[name], describe(namespace.namespace)
    deploy(namespace, write_fleet(tmp_path, edited=spec), "edited")
    before = {component: set(list_pods(namespace, component)) for component in BOTH}
    deploy(namespace, write_fleet(tmp_path, edited={**spec, **edit.change}), "edited")
    for component in edit.new:
        wait_until(partial(are_gone, namespace, component, before[component]), f"every {component} new")
    for component in BOTH - edit.new:
        assert before[component] <= list_pods(namespace, component).keys()
    assert look(namespace, edit.seen.get("workers", 2)) == {**BEFORE, **edit.seen}


def are_gone(kubectl: Kubectl, component: str, before: set[str]) -> bool:
    return not before & list_pods(kubectl, component).keys()


def look(kubectl: Kubectl, workers: int) -> dict[str, Any]:
    """What the cluster looks like, from inside and in Kubernetes."""
    connect = CONNECT.format(name="edited", workers=workers)
    said = run_client(kubectl, "client", CLIENT, connect + LOOK)
    pods = [pod for component in BOTH for pod in list_pods(kubectl, component).values()]
    return {**read_answer(said), "images": sorted({pod["spec"]["containers"][0]["image"] for pod in pods})}
