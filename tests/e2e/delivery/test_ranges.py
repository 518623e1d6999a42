"""A range of workers that takes the place of a number, under either engine: the plan's command keeps the number."""

from __future__ import annotations

import pytest

from e2e.delivery.fleet import Fleet

pytestmark = pytest.mark.cluster


def test_the_command_of_the_plan_keeps_the_number(fleet: Fleet) -> None:
    ranged = fleet.describe(autoscaler="external")
    ranged["workers"][0]["replicas"] = {"min": 1, "max": 8}
    fleet.deliver("Three workers", {"small": fleet.describe(3, autoscaler="external")})
    fleet.await_workers(small=3)
    before = fleet.list_pods("small", "worker")
    fleet.edit({"small": ranged})
    [effect] = fleet.plan()["small"]["effects"]
    assert effect["facts"] == ["number_autoscaled", "number_removed"]
    fleet.run(effect["command"])
    fleet.push("A range of workers")
    fleet.await_sync()
    assert fleet.kubectl.get("deployment", "small-worker")["spec"]["replicas"] == 3
    assert fleet.list_pods("small", "worker") == before
    fleet.deliver("One worker again", {"small": fleet.describe()})
    fleet.await_workers(small=1)
