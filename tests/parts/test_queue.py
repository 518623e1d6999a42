"""Queues of Kueue for workers: what is rendered, what comes back, and what an edit does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.kubernetes.kinds import find_pods
from daskgen.plan.cluster import plan_cluster
from daskgen.plan.effect import Kind
from daskgen.plan.facts import Fact
from support.fleets import read_cluster
from support.imports import import_text

QUEUE = "kueue.x-k8s.io/queue-name"
HELD = {"name": "team-a", "priorityClass": "low"}


def write(queue: Any, engine: str = "deployments", replicas: int = 2) -> str:
    group = {"replicas": replicas, **({"queue": queue} if queue else {})}
    spec = {"engine": engine, "namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0-py3.12"}
    return yaml.safe_dump({**spec, "workers": [group]})


def test_workers_wait_in_the_queue_and_the_scheduler_does_not(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write("team-a")))
    deployments = [body for body in rendered.objects if body["kind"] == "Deployment"]
    queues = {body["metadata"]["name"]: body["metadata"]["labels"].get(QUEUE) for body in deployments}
    assert queues == {"prod-scheduler": None, "prod-worker": "team-a"}
    for body in deployments:
        assert [body["spec"]["template"]["metadata"]["labels"].get(QUEUE) for _ in find_pods(body)] == [
            queues[body["metadata"]["name"]]
        ]


@pytest.mark.parametrize("engine", ["deployments", "operator"])
@pytest.mark.parametrize("queue", ["team-a", HELD])
def test_a_queue_comes_back_from_an_import(queue: Any, engine: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(queue, engine)))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert again["workers"] == [{"replicas": 2, "queue": queue}]
    assert "patches" not in again


def test_a_label_of_the_deployment_alone_is_a_queue(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write("team-a")))
    bodies = [yaml.safe_load(yaml.safe_dump(body)) for body in rendered.objects]
    worker = next(body for body in bodies if body["metadata"]["name"] == "prod-worker" and body["kind"] == "Deployment")
    del worker["spec"]["template"]["metadata"]["labels"][QUEUE]
    [imported] = import_text(yaml.safe_dump_all(bodies)).clusters
    assert yaml.safe_load(imported.text)["workers"][0]["queue"] == "team-a"


@pytest.mark.parametrize(
    ("before", "after", "replicas", "refused"),
    [
        ("team-a", "team-b", 2, True),
        ("team-a", None, 0, True),
        ("team-a", "team-b", 0, False),
        (None, "team-a", 2, False),
    ],
)
def test_plan_tells_what_kueue_refuses(before: Any, after: Any, replicas: int, refused: bool, make_fleet: Any) -> None:
    old, new = (read_cluster(make_fleet(prod=write(queue, replicas=replicas))) for queue in (before, after))
    plan = plan_cluster(old, new)
    assert plan
    facts = {cost.fact for effect in plan.effects if effect.kind == Kind.REFUSED for cost in effect.costs}
    assert facts == ({Fact.QUEUE_FIXED} if refused else set())
