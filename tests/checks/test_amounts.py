"""Numbers of patches prove right: kustomize quotes those that replace what was quoted, and the amount is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.checks.proof import _is_same_amount, prove
from support.fleets import load, read_cluster, render

LIMITS = ("spec", "containers", 0, "resources", "limits")


@pytest.mark.tools
@pytest.mark.parametrize(
    "amounts",
    [{"cpu": 0.5}, {"cpu": 1}, {"memory": 2147483648}, {"memory": 2147483648.0}, {"ephemeral-storage": 1000000000.5}],
)
def test_a_number_in_a_patch(make_fleet: MakeFleet, amounts: dict[str, Any]) -> None:
    container = {"name": "worker", "resources": {"requests": amounts}}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    target = {"kind": "Deployment", "name": "worker"}
    root = make_fleet(prod=f"{SMALL}patches: {json.dumps([{'target': target, 'patch': patch}])}\n")
    assert prove(render(root).tree, [read_cluster(root)], load(root).fleet.kubernetes) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (0.5, "0.5", True),
        (0.5, "500m", True),
        (1, "1", True),
        (1, "2", False),
        ("1Gi", "1G", False),
        (None, "1", False),
    ],
)
def test_amounts_are_compared_as_amounts(ours: Any, theirs: Any, same: bool) -> None:
    assert _is_same_amount((*LIMITS, "cpu"), ours, theirs) is same


def test_nothing_else_is() -> None:
    assert not _is_same_amount(("metadata", "annotations", "example.com/number"), 1, "1")
