"""Whoever can reach a scheduler, a worker or the dashboard is found, however it came about."""

from __future__ import annotations

from typing import Any

import pytest

from support.judging import find_codes, judge

OPERATOR = {"engine": "operator"}


OPEN = {"kind": "none", "reason": "only the team reaches the host"}


def admit(*peers: Any, **rule: Any) -> tuple[str, Any]:
    """A patch by which the policy for clients admits other callers."""
    return "NetworkPolicy clients", {"spec": {"ingress": [{"from": list(peers), **rule}]}}


def block(cidr: str, *besides: str) -> Any:
    return {"ipBlock": {"cidr": cidr, **({"except": list(besides)} if besides else {})}}


def test_nothing_is_found_where_nothing_is_patched() -> None:
    assert judge() == []
    assert judge(**OPERATOR) == []


@pytest.mark.parametrize("spec", [{"type": "LoadBalancer"}, {"type": "NodePort"}, {"externalIPs": ["192.0.2.1"]}])
def test_a_patched_service_opens_the_scheduler(spec: Any) -> None:
    (problem,) = judge(("Service scheduler", {"spec": spec}))
    assert problem.code == "DG301"
    assert problem.message.startswith("Service scheduler ")


def test_so_does_the_service_that_the_operator_makes() -> None:
    service = {"spec": {"scheduler": {"service": {"type": "LoadBalancer"}}}}
    assert find_codes(("DaskCluster dask", service), **OPERATOR) == {"DG301"}
    job = {"kind": "DaskJob", "job": {"command": ["python"]}, **OPERATOR}
    assert find_codes(("DaskJob dask", {"spec": {"cluster": service}}), **job) == {"DG301"}


def test_so_does_an_operation() -> None:
    operations = [{"op": "add", "path": "/spec/type", "value": "NodePort"}]
    (problem,) = judge(("Service scheduler", operations))
    assert problem.code == "DG301"


def test_a_service_of_the_dashboard_may_not_lead_to_the_scheduler() -> None:
    dashboard = {"dashboard": {"kind": "nodeport", "port": 30001, "sources": ["10.0.0.0/8"]}}
    assert find_codes(expose=dashboard) == set()
    ports = [{"port": 8787, "targetPort": "tcp-comm"}]
    assert find_codes(("Service dashboard-nodeport", {"spec": {"ports": ports}}), expose=dashboard) == {"DG301"}


def test_a_service_may_not_lead_elsewhere() -> None:
    spec = {"type": "ExternalName", "externalName": "dask.example.com"}
    assert "DG315" in find_codes(("Service scheduler", {"spec": spec}))


def test_an_ingress_leads_to_the_dashboard_alone_and_with_tls() -> None:
    expose = {
        "dashboard": {
            "kind": "ingress",
            "class": "traefik",
            "host": "dask.example.com",
            "tls": {"secret": "tls"},
            "auth": OPEN,
        }
    }
    assert find_codes(expose=expose) == set()
    backend = {"service": {"name": "scheduler", "port": {"number": 8786}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    rules = [{"host": "dask.example.com", "http": {"paths": paths}}]
    assert find_codes(("Ingress dashboard", {"spec": {"rules": rules}}), expose=expose) == {"DG301"}
    assert find_codes(("Ingress dashboard", {"spec": {"tls": None}}), expose=expose) == {"DG311"}


@pytest.mark.parametrize("tls", [None, {"insecureEdgeTerminationPolicy": "Allow"}])
def test_a_route_has_tls(tls: Any) -> None:
    cluster = {
        "platform": "openshift",
        "expose": {"dashboard": {"kind": "route", "host": "dask.apps.example.com", "auth": OPEN}},
    }
    assert find_codes(**cluster) == set()
    assert find_codes(("Route dashboard", {"spec": {"tls": tls}}), **cluster) == {"DG311"}
    assert find_codes(("Route dashboard", {"spec": {"port": {"targetPort": 8786}}}), **cluster) == {"DG301"}


@pytest.mark.parametrize(
    "patch",
    [
        ("NetworkPolicy clients", {"spec": {"ingress": [{}]}}),
        ("NetworkPolicy clients", [{"op": "remove", "path": "/spec/ingress/0/from"}]),
        ("NetworkPolicy default-deny", {"spec": {"ingress": [{}]}}),
        ("NetworkPolicy worker", {"spec": {"ingress": [{}]}}),
        admit(),
        admit(ports=[{"port": 8000, "endPort": 9000}]),
        admit(ports=[{"port": "tcp-comm"}]),
        admit({"namespaceSelector": {}}),
        admit({"namespaceSelector": {}, "podSelector": {}}),
        admit(
            {"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "Exists"}]}}
        ),
        admit({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["b"]}]}}),
        admit(block("0.0.0.0/0")),
        admit(block("::/0")),
        admit(block("2000::/3")),
        admit(block("0.0.0.0/0", "10.0.0.0/8")),
        admit(block("0.0.0.0/1"), block("128.0.0.0/1")),
        admit(block("0.0.0.0/1")),
        admit(*(block(f"{first}.0.0.0/6") for first in range(4, 224, 4))),
    ],
)
def test_a_patched_policy_opens_the_scheduler(patch: tuple[str, Any]) -> None:
    assert find_codes(patch) == {"DG301"}


@pytest.mark.parametrize(
    "patch",
    [
        admit({"podSelector": {}}),
        admit({"podSelector": {"matchLabels": {"app": "notebook"}}}),
        admit({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "hub"}}}),
        admit({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "notebook"}}}),
        admit(block("10.0.0.0/8"), block("172.16.0.0/12"), block("192.168.0.0/16"), block("fd00::/8")),
        admit(block("11.0.0.0/8"), block("2001:db8::/32")),
        admit(block("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1")),
        admit(ports=[{"port": 9000}]),
        admit(ports=[{"port": 8786, "protocol": "UDP"}]),
        ("NetworkPolicy clients", {"spec": {"ingress": None}}),
    ],
)
def test_a_policy_may_admit_callers_who_are_named(patch: tuple[str, Any]) -> None:
    assert find_codes(patch) == set()


def test_the_dashboard_is_not_for_everybody_either() -> None:
    assert find_codes(admit(ports=[{"port": 8787}])) == {"DG313"}
    dashboard = {"kind": "nodeport", "port": 30001, "sources": ["10.0.0.0/8", "0.0.0.0/0"]}
    (problem,) = judge(expose={"dashboard": dashboard})
    assert problem.code == "DG313"


def test_clients_of_the_spec_are_judged_alike_and_where_they_stand() -> None:
    clients = [{"cidr": "10.0.0.0/8"}, {"cidr": "0.0.0.0/0"}]
    (problem,) = judge(network={"clients": clients})
    assert problem.code == "DG301"


@pytest.mark.parametrize(
    "spec",
    [
        {"policyTypes": ["Ingress"]},
        {"policyTypes": ["Egress"]},
        {"podSelector": {"matchLabels": {"app": "other"}}},
        {"podSelector": {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "DoesNotExist"}]}},
    ],
)
def test_isolation_that_a_patch_takes_away_is_found(spec: Any) -> None:
    # The policy also allows DNS, which other policies then deny.
    assert find_codes(("NetworkPolicy default-deny", {"spec": spec})) - {"DG284"} == {"DG309"}


def test_so_is_a_policy_that_selects_pods_of_others() -> None:
    selector = [{"op": "replace", "path": "/spec/podSelector", "value": {}}]
    assert find_codes(("NetworkPolicy clients", selector)) == {"DG314"}


def test_so_are_pods_that_policies_select_no_more() -> None:
    labels = {"metadata": {"labels": {"app.kubernetes.io/name": "mine"}}}
    assert "DG309" in find_codes(("DaskCluster dask", {"spec": {"worker": labels}}), **OPERATOR)


def test_one_reason_ends_them() -> None:
    waived = [{"rule": "DG301", "reason": "a laboratory network without other users"}]
    assert judge(("Service scheduler", {"spec": {"type": "LoadBalancer"}}), waive=waived) == []


def test_a_controller_without_security_fixes_is_reported() -> None:
    dashboard = {
        "kind": "ingress",
        "class": "nginx",
        "host": "dask.example.com",
        "tls": {"secret": "tls"},
        "auth": OPEN,
    }
    assert find_codes(expose={"dashboard": dashboard}) == {"DG261"}
    assert find_codes(expose={"dashboard": {**dashboard, "controllerNamespace": "nginx-ingress"}}) == set()
