"""Clusters of a name of the fleet in other namespaces, and workers that wait for a scheduler."""

from __future__ import annotations

import asyncio
from copy import deepcopy

from conftest import SMALL, MakeFleet
from daskgen.live.leftovers import find_elsewhere
from daskgen.live.status import look_at
from daskgen.live.status_report import format_details, format_fleet
from support.fleets import read_cluster
from support.recorded import NO_ROOM, REASONS, Recorded, run


def test_a_cluster_that_was_moved_is_still_in_its_former_namespace(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    former = deepcopy(run(prod))
    for body in former:
        body["metadata"]["namespace"] = "before"
    api = Recorded([*run(prod), *former])
    assert asyncio.run(find_elsewhere(api, [prod])) == {"prod": ("before",)}
    state = asyncio.run(look_at(api, prod))._replace(elsewhere=("before",))
    line = "a cluster of this name is in namespace before, too: left behind, if this one was moved from there"
    assert format_fleet([state]).endswith(f"prod: {line}")
    assert f"  {line}" in format_details([state]).splitlines()


def test_who_may_not_look_at_other_namespaces_is_told_nothing(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    assert asyncio.run(find_elsewhere(Recorded(run(prod), refused="Deployment"), [prod])) == {}


def test_workers_wait_for_a_scheduler_that_finds_no_room(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    objects = run(prod)
    for pod in [body for body in objects if body["kind"] == "Pod"]:
        is_worker = "worker" in pod["metadata"]["name"]
        pod["status"] = REASONS["probe"][0] if is_worker else NO_ROOM
    state = asyncio.run(look_at(Recorded(objects), prod))
    assert [what for what, _ in state.workers[0].troubles] == [
        "not ready: it waits for the scheduler, which is not ready"
    ]
    assert state.scheduler.troubles[0][0].startswith("pending for want of cpu")
