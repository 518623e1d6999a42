"""Budgets that block drains of nodes, and those just beside them that do not."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.rules.disruption import count_evictable
from support.judging import find_codes, judge


def patch_budget(name: str = "worker", **spec: Any) -> tuple[str, Any]:
    return f"PodDisruptionBudget {name}", {"spec": {"maxUnavailable": None, **spec}}


@pytest.mark.parametrize(
    ("replicas", "spec", "blocks"),
    [
        (2, {"minAvailable": 2}, True),
        (3, {"minAvailable": 2}, False),
        (2, {"minAvailable": "100%"}, True),
        (2, {"minAvailable": "51%"}, True),
        (2, {"minAvailable": "50%"}, False),
        (2, {"maxUnavailable": 0}, True),
        (2, {"maxUnavailable": "0%"}, True),
        (2, {"maxUnavailable": "1%"}, False),
        (2, {}, True),
        (0, {"minAvailable": 2}, False),
    ],
)
def test_workers(replicas: int, spec: Any, blocks: bool) -> None:
    assert find_codes(patch_budget(**spec), workers=[{"replicas": replicas}]) == ({"DG285"} if blocks else set())


@pytest.mark.parametrize(("amount", "codes"), [(1.0, {"DG504"}), (-0.0, {"DG285", "DG504"}), ("1", {"DG503"})])
def test_amounts_that_kubernetes_refuses(amount: Any, codes: set[str]) -> None:
    assert find_codes(patch_budget(maxUnavailable=amount)) == codes


def test_the_one_scheduler() -> None:
    (problem,) = judge(patch_budget("scheduler", minAvailable=1))
    assert (problem.code, problem.at.line) == ("DG285", 1)
    assert "the only pod" in problem.message


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_replicas_of_either_engine(engine: str) -> None:
    budget = patch_budget(minAvailable=3)
    assert find_codes(budget, engine=engine, workers=[{"replicas": 3}]) == {"DG285"}
    assert find_codes(budget, engine=engine, workers=[{"replicas": 4}]) == set()


def test_pods_that_never_become_ready_block_too() -> None:
    (problem,) = judge(("PodDisruptionBudget worker", {"spec": {"unhealthyPodEvictionPolicy": None}}))
    assert (problem.code, problem.severity) == ("DG285", "warning")


def test_two_budgets_for_one_pod() -> None:
    everything = {"selector": {"$patch": "replace", "matchLabels": {"app.kubernetes.io/name": "dask"}}}
    problems = judge(patch_budget("scheduler", maxUnavailable=1, **everything))
    assert [problem.code for problem in problems] == ["DG285"]
    assert "Deployment worker" in problems[0].message


def test_an_empty_selector_selects_every_pod() -> None:
    everything = {"selector": {"$patch": "replace"}}
    assert len(judge(patch_budget("scheduler", maxUnavailable=1, **everything))) == 1


def test_no_pods() -> None:
    assert find_codes(patch_budget(maxUnavailable=1, selector={"matchLabels": {"app": "other"}})) == {"DG286"}


@pytest.mark.parametrize(
    ("spec", "count", "evictable"),
    [
        ({"minAvailable": 1}, 3, 2),
        ({"minAvailable": "34%"}, 3, 1),
        ({"maxUnavailable": "25%"}, 5, 2),
        ({"maxUnavailable": 7}, 3, 7),
        ({}, 3, 0),
    ],
)
def test_percentages_are_rounded_up(spec: Any, count: int, evictable: int) -> None:
    assert count_evictable(spec, count) == evictable
