"""Clusters that run where no file of the fleet has them, and workers that wait for a scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from copy import deepcopy

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.labels import COMPONENT, INSTANCE
from daskgen.kubernetes.objects import Object
from daskgen.live.orphans import MADE, Orphans, find_orphans
from daskgen.live.state import Place
from daskgen.live.status import read_state
from daskgen.live.status_report import format_details, format_fleet
from daskgen.outside.kubernetes import AccessError
from daskgen.render.cluster import RenderedCluster
from support.fleets import read_cluster
from support.recorded import NO_ROOM, REASONS, Recorded, run


def move(cluster: RenderedCluster, namespace: str) -> list[Object]:
    """Return what Kubernetes has of a cluster, in another namespace."""
    objects = deepcopy(run(cluster))
    for body in objects:
        body["metadata"]["namespace"] = namespace
    return objects


def test_a_cluster_that_was_moved_is_still_in_its_former_namespace(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    api = Recorded([*run(prod), *move(prod, "before")])
    found = asyncio.run(find_orphans(api, [prod]))
    assert found == Orphans({"prod": (Place("prod", "before"),)}, (), ())
    state = asyncio.run(read_state(api, prod))._replace(elsewhere=found.elsewhere["prod"])
    line = "a cluster of this name also runs in namespace before: left behind, if this one was moved from there"
    assert format_fleet([state]).endswith(f"prod: {line}")
    assert f"  {line}" in format_details([state]).splitlines()


def test_a_cluster_that_was_renamed_and_moved_at_once(make_fleet: MakeFleet) -> None:
    root = make_fleet(former=SMALL, prod=SMALL + "renamedFrom: former\n")
    former, prod = read_cluster(root, "former"), read_cluster(root, "prod")
    api = Recorded([*run(prod), *move(former, "before")])
    found = asyncio.run(find_orphans(api, [prod]))
    assert found == Orphans({"prod": (Place("former", "before"),)}, (), ())
    state = asyncio.run(read_state(api, prod))._replace(elsewhere=found.elsewhere["prod"])
    assert format_fleet([state]).endswith(
        "prod: cluster former, its former name (renamedFrom), still runs in namespace before: "
        "it is left behind, unless the delivery engine is deleting it now"
    )


def test_a_cluster_of_another_name_elsewhere_may_be_of_another_fleet(make_fleet: MakeFleet) -> None:
    root = make_fleet(theirs=SMALL, prod=SMALL)
    theirs, prod = read_cluster(root, "theirs"), read_cluster(root, "prod")
    api = Recorded([*run(prod), *move(theirs, "before")])
    found = asyncio.run(find_orphans(api, [prod]))
    assert found == Orphans({}, (), (Place("theirs", "before"),))
    said = format_fleet([asyncio.run(read_state(api, prod))], unknown=found.unknown)
    assert said.endswith("\n\nclusters of another fleet, or left behind by this fleet: theirs in namespace before")


def test_an_operator_elsewhere_is_no_cluster(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    labels = {**MADE, INSTANCE: "dask-operator", COMPONENT: "controller"}
    meta = {"name": "dask-operator", "namespace": "dask-operator", "labels": labels}
    api = Recorded([*run(prod), {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta}])
    assert asyncio.run(find_orphans(api, [prod])) == ({}, (), ())


def test_without_rights_to_other_namespaces_only_those_of_the_fleet_are_searched(make_fleet: MakeFleet) -> None:
    root = make_fleet(gone=SMALL, prod=SMALL)
    gone, prod = read_cluster(root, "gone"), read_cluster(root, "prod")
    api = Fenced([*run(prod), *run(gone), *move(prod, "before")])
    found = asyncio.run(find_orphans(api, [prod]))
    assert (found.elsewhere, [state.name for state in found.removed]) == ({}, ["gone"])
    assert asyncio.run(find_orphans(Recorded(run(prod), refused="Deployment"), [prod])) == ({}, (), ())


class Fenced(Recorded):
    """Kubernetes that lets nobody list objects of all namespaces."""

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        if not namespace:
            raise AccessError(f"Kubernetes refuses: {kind} is forbidden", 403)
        return await super().find(version, kind, namespace, labels)


def test_workers_wait_for_a_scheduler_that_finds_no_room(make_fleet: MakeFleet) -> None:
    prod = read_cluster(make_fleet(prod=SMALL))
    objects = run(prod)
    for pod in [body for body in objects if body["kind"] == "Pod"]:
        is_worker = "worker" in pod["metadata"]["name"]
        pod["status"] = REASONS["probe"][0] if is_worker else NO_ROOM
    state = asyncio.run(read_state(Recorded(objects), prod))
    assert [what for what, _ in state.workers[0].troubles] == [
        "not ready: waiting for the scheduler, which is not ready"
    ]
    assert state.groups[0].troubles[0][0].startswith("pending: not enough cpu")
