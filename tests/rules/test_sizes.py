"""Amounts in which nothing starts are errors, wherever they come from."""

from __future__ import annotations

from typing import Any

import pytest

from support.judging import find_codes, judge, patch_container


@pytest.mark.parametrize("memory", ["8", 8, "64M", "111Mi", "0.1Gi"])
def test_too_little_memory_for_a_worker(memory: Any) -> None:
    (problem,) = [problem for problem in judge(workers=[{"memory": memory}]) if problem.code == "DG251"]
    assert problem.message.startswith(f"workers.0.memory: {memory}")
    assert "112Mi or more" in problem.hint


def test_a_number_without_unit_is_so_many_bytes() -> None:
    (problem,) = judge(scheduler={"memory": 8})
    assert problem.message.startswith("scheduler.memory: 8 bytes is too little")
    assert problem.hint == "did you mean 8Gi? It takes 64Mi or more"


@pytest.mark.parametrize("fields", [{"cpu": "5m"}, {"cpu": 0.001}, {"scratch": "10"}, {"scratch": 1}])
def test_siblings(fields: Any) -> None:
    assert find_codes(scheduler=fields) == {"DG251"}


@pytest.mark.parametrize("fields", [{"cpu": "10m"}, {"memory": "64Mi"}, {"scratch": "1Mi"}])
def test_the_least(fields: Any) -> None:
    assert find_codes(scheduler=fields) == set()


def test_a_patched_amount_is_judged_alike() -> None:
    small = {"memory": 8}
    assert find_codes(patch_container(resources={"limits": small, "requests": small})) == {"DG251"}
    resources = "/spec/worker/spec/containers/0/resources"
    places = [f"{resources}/{part}/memory" for part in ("limits", "requests")]
    operations = [{"op": "replace", "path": place, "value": "8"} for place in places]
    assert find_codes(("DaskCluster dask", operations), engine="operator") == {"DG251"}


def test_the_number_of_pods() -> None:
    assert find_codes(("Deployment worker", {"spec": {"replicas": 10_001}})) == {"DG252"}
    assert find_codes(("Deployment worker", {"spec": {"replicas": 10_000}})) == set()


def test_an_amount_of_the_spec_is_reported_there_whatever_else_is_patched() -> None:
    (problem,) = judge(patch_container(resources={"limits": {"nvidia.com/gpu": 1}}), workers=[{"memory": "100Mi"}])
    assert problem.message.startswith("workers.0.memory: 100Mi")
