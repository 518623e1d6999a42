"""What an engine does whose place another takes in daskgen.yaml, until somebody deletes its objects."""

from __future__ import annotations

import pytest

from e2e.delivery.engines import ENGINES
from e2e.delivery.fleet import Fleet
from e2e.harness import wait_until

pytestmark = pytest.mark.cluster


def test_an_engine_that_is_replaced_goes_on_applying_and_pruning_its_groups(fleet: Fleet) -> None:
    fleet.deliver("One more", {"gone": fleet.describe_asleep()})
    [other] = [engine for engine in ENGINES.values() if engine is not fleet.engine]
    before = fleet.list_pods()
    with fleet.replaced_by(other):
        fleet.edit({"gone": None, "small": fleet.describe(env={"REPLACED": "yes"})}, ["gone"])
        plans = fleet.plan()
        assert plans["gone"]["effects"][0]["kind"] == "deleted"
        [left] = [effect for effect in plans["gitops"]["effects"] if effect["kind"] == "left behind"]
        assert left["command"] == f"kubectl delete -k overlays/gitops/{fleet.engine.kind}  # at the previous commit"
        fleet.push(f"{other.kind} instead of {fleet.engine.kind}")
        wait_until(lambda: not fleet.list_objects("gone"), "the cluster that is gone from Git is pruned")
        wait_until(lambda: not before & fleet.list_pods("small"), "the other cluster is updated")
    fleet.deliver("As before", {"small": fleet.describe()})
