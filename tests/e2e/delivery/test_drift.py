"""What an engine delivered is as rendered; what somebody changes by hand is told, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e.delivery.fleet import Fleet

pytestmark = pytest.mark.cluster

NAMES = {"small", "made", "still"}


def find_drift(fleet: Fleet, code: int) -> dict[str, list[dict[str, Any]]]:
    """The drift of each cluster, by its name."""
    told = json.loads(fleet.call("status", "--format", "json", code=code))
    return {cluster["name"]: cluster["drift"] for cluster in told["clusters"]}


def test_what_an_engine_delivered_has_no_drift(fleet: Fleet) -> None:
    for name in NAMES:
        fleet.await_workers(**{name: 1})
    assert find_drift(fleet, 0) == {name: [] for name in NAMES}
    assert json.loads(fleet.call("plan", "--live", "--format", "json"))["clusters"] == []


def test_a_field_changed_by_hand_is_the_only_drift(fleet: Fleet) -> None:
    with fleet.paused():
        fleet.kubectl("scale", "deployment/small-worker", "--replicas", "0")
        drift = find_drift(fleet, 1)
        assert {name for name, found in drift.items() if found} == {"small"}
        assert [(found["kind"], found["name"]) for found in drift["small"]] == [("Deployment", "small-worker")]
        plan = json.loads(fleet.call("plan", "--live", "--format", "json", code=1))
        assert [(cluster["name"], cluster["effects"][0]["kind"]) for cluster in plan["clusters"]] == [
            ("small", "scaled")
        ]
    fleet.await_workers(small=1)
