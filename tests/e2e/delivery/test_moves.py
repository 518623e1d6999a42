"""Clusters that get another name or namespace, with and without a node port of their own, under either engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.ports import NODE_PORTS
from e2e.delivery.fleet import Fleet
from e2e.harness import Kubectl, describe_namespace, wait_until

pytestmark = pytest.mark.cluster


@pytest.fixture
def other(fleet: Fleet) -> Iterator[Kubectl]:
    """Make another namespace, and delete it afterwards."""
    name = f"{fleet.name}-{uuid4().hex[:4]}"
    fleet.cluster.apply([describe_namespace(name)])
    yield Kubectl(fleet.cluster.kubeconfig, name)
    fleet.cluster("delete", "namespace", name, "--wait=false")


def choose_port(cluster: Kubectl) -> int:
    """Choose a free node port, of those that Kubernetes gives out last."""
    services = cluster.get("services", "--all-namespaces")["items"]
    taken: set[int] = {port.get("nodePort") for service in services for port in service["spec"]["ports"]}
    free = sorted(port for port in NODE_PORTS[:86] if port not in taken)
    return random.sample(free, 1)[0]


def expose(port: int) -> dict[str, Any]:
    """Describe a dashboard at a node port."""
    return {"dashboard": {"kind": "nodeport", "port": port, "sources": ["192.0.2.0/24"]}}


def find_holders(fleet: Fleet, port: int) -> list[tuple[str, str]]:
    """Find namespace and cluster of each Service that has a node port."""
    services = fleet.cluster.get("services", "--all-namespaces", "--selector", INSTANCE)["items"]
    return [
        (service["metadata"]["namespace"], service["metadata"]["labels"][INSTANCE])
        for service in services
        if any(entry.get("nodePort") == port for entry in service["spec"]["ports"])
    ]


def count_services(kubectl: Kubectl, name: str) -> int:
    """Count the Services of a cluster in a namespace."""
    return len(kubectl.get("services", "--selector", f"{INSTANCE}={name}")["items"])


def test_a_rename_keeps_its_node_port_in_two_commits(fleet: Fleet) -> None:
    port = choose_port(fleet.cluster)
    asleep, exposed = fleet.describe_asleep(), {"expose": expose(port)}
    renamed = {**asleep, **exposed, "renamedFrom": "before"}
    fleet.deliver("A node port", {"before": {**asleep, **exposed}})
    fleet.write({"before": None, "after": renamed})
    assert f"error[DG260]: the Service dashboard-nodeport requests node port {port}" in fleet.call("render", code=1)
    fleet.write({"after": None})
    fleet.deliver("The port is given up", {"before": {**asleep, "expose": {"dashboard": "none"}}})
    wait_until(lambda: not find_holders(fleet, port), "the port is free", 60)
    fleet.edit({"before": None, "after": renamed})
    effect = fleet.plan()["after"]["effects"][0]
    assert (effect["kind"], effect["facts"]) == ("renamed", ["starts_empty", "old_deleted", "lost"])
    fleet.push("Renamed, with the port")
    fleet.await_sync()
    assert find_holders(fleet, port) == [(fleet.name, "after")]
    wait_until(lambda: not fleet.list_objects("before"), "nothing left of the old name", 60)
    fleet.deliver("No port", {"after": None}, ["after"])


def test_a_move_keeps_its_node_port_in_two_commits(fleet: Fleet, other: Kubectl) -> None:
    port = choose_port(fleet.cluster)
    asleep, exposed = fleet.describe_asleep(), {"expose": expose(port)}
    moved = {**asleep, **exposed, "namespace": other.namespace}
    fleet.deliver("A node port", {"mover": {**asleep, **exposed}})
    fleet.write({"mover": moved})
    assert "error[DG260]" in fleet.call("render", code=1)
    fleet.deliver("The port is given up", {"mover": {**asleep, "expose": {"dashboard": "none"}}})
    wait_until(lambda: not find_holders(fleet, port), "the port is free", 60)
    fleet.deliver("Moved, with the port", {"mover": moved})
    assert find_holders(fleet, port) == [(other.namespace, "mover")]
    wait_until(lambda: not fleet.list_objects("mover"), "nothing left in the old namespace", 60)
    fleet.deliver("No mover", {"mover": None}, ["mover"])


def test_a_move_within_a_group_deletes_the_old_cluster(fleet: Fleet, other: Kubectl) -> None:
    fleet.deliver("A cluster", {"mover": fleet.describe_asleep()})
    fleet.edit({"mover": {**fleet.describe_asleep(), "namespace": other.namespace}})
    effect = fleet.plan()["mover"]["effects"][0]
    assert (effect["kind"], effect["facts"]) == ("moved", ["starts_empty", "old_deleted", "lost"])
    fleet.push("Another namespace")
    fleet.await_sync()
    assert count_services(other, "mover") > 0
    wait_until(lambda: not fleet.list_objects("mover"), "nothing left in the old namespace", 60)
    fleet.deliver("No mover", {"mover": None}, ["mover"])


def test_a_move_to_another_group_leaves_the_old_cluster_behind(fleet: Fleet, other: Kubectl) -> None:
    """A file in no folder is in the group of its namespace."""
    fleet.deliver("In a group of its namespace", {"loose": fleet.describe_asleep()})
    fleet.edit({"loose": {**fleet.describe_asleep(), "namespace": other.namespace}})
    effects = {effect["kind"]: effect for effect in fleet.plan()["loose"]["effects"]}
    assert effects.keys() == {"moved", "left behind"}
    fleet.push("Another namespace, and so another group")
    fleet.await_sync()
    assert count_services(other, "loose") == count_services(fleet.kubectl, "loose") > 0
    assert f"a cluster of this name also runs in namespace {fleet.name}" in fleet.call("status", code=1)
    fleet.run(f"git worktree add --quiet former HEAD^ && cd former && {effects['left behind']['command']}")
    wait_until(lambda: not fleet.list_objects("loose"), "nothing left in the old namespace", 60)
    fleet.run("git worktree remove former")
    fleet.deliver("No cluster in no folder", {"loose": None}, ["loose"])
