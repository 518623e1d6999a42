"""Who reaches whom is read from the policies that are rendered."""

from __future__ import annotations

from pathlib import Path

import pytest

from daskgen.overview.ways import Way, find_parts, find_pods, find_ways, name_peer
from support.fleets import read_cluster
from support.places import GOLDEN, ROOT

LISTS = ("8788, 8789, 8790",)


def read_ways(root: Path, name: str) -> list[Way]:
    rendered = read_cluster(root, name)
    parts = find_parts(find_pods(rendered.resources, name))
    return list(find_ways(rendered.resources, parts, [("expose", "dashboard")]))


def test_the_parts_reach_each_other_and_dns() -> None:
    ways = read_ways(GOLDEN / "network", "admitted")
    assert Way("worker", "scheduler", "8786", "within") in ways
    assert Way("scheduler", "worker", *LISTS, "within") in ways
    assert Way("worker", "worker", *LISTS, "within") in ways
    assert Way("worker", "DNS", "53", "out", ("pods of namespace kube-system",)) in ways


def test_clients_are_named_as_the_policy_names_them() -> None:
    [clients] = [way for way in read_ways(GOLDEN / "network", "admitted") if way.source == "clients"]
    assert clients.target == "scheduler"
    assert clients.ports == "8786, 8787"
    assert clients.notes == (
        "pods of its namespace labelled app=notebook",
        "pods of namespace hub labelled app=jupyterhub,component=singleuser-server",
        "pods of namespaces labelled dask=allowed",
        "addresses 10.1.0.0/16 without 10.1.2.0/24",
    )


def test_egress_is_shown_by_its_target() -> None:
    ways = read_ways(GOLDEN / "network", "admitted")
    assert Way("worker", "pods of namespace minio labelled app=minio", "9000", "out") in ways


def test_an_exposure_leads_to_the_login_and_that_to_the_scheduler() -> None:
    ways = read_ways(ROOT, "prod")
    [exposed] = [way for way in ways if way.source == "expose.dashboard"]
    assert (exposed.target, exposed.ports) == ("login", "4180")
    assert exposed.notes[0].startswith("pods of namespaces labelled policy-group.network.openshift.io/ingress")
    assert Way("login", "scheduler", "8787", "within") in ways
    assert Way("login", "everywhere", "443, 6443", "out", ()) in ways


def test_without_isolation_everyone_reaches_everything() -> None:
    ways = read_ways(GOLDEN / "no-isolation", "open")
    assert Way("everyone in Kubernetes", "scheduler") in ways
    assert Way("worker", "everywhere", direction="out") in ways


def test_ways_do_not_name_the_cluster() -> None:
    one, other = (read_ways(GOLDEN / "notebooks", name) for name in ("encrypted", "hub"))
    clients = [[way for way in ways if way.source == "clients"] for ways in (one, other)]
    assert clients[0] == clients[1] != []


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ({"namespaceSelector": {}}, "pods of any namespace"),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "a"}}}, "pods of namespace a"),
        (
            {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}},
            "pods of its namespace labelled a=b|c",
        ),
        (
            {"podSelector": {"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}},
            "pods of its namespace labelled no a",
        ),
        ({"ipBlock": {"cidr": "10.0.0.0/8"}}, "addresses 10.0.0.0/8"),
    ],
)
def test_peers_are_named(peer: dict[str, object], name: str) -> None:
    assert name_peer(peer) == name
