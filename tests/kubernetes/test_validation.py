"""What the API server refuses is found before it: by the schema of the kind, or where fields do not fit each other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.kubernetes.addresses import is_range, is_within
from daskgen.kubernetes.schema import find_faults, find_faults_in_part
from daskgen.kubernetes.validation import find_refused, is_plain
from daskgen.paths import Path, get

LABELS = {"app": "dask"}
CONTAINER = {
    "name": "worker",
    "image": "dask",
    "env": [{"name": "A", "value": "1"}],
    "ports": [{"name": "comm", "containerPort": 8786}],
    "resources": {"requests": {"cpu": 1}, "limits": {"cpu": 2}},
    "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
}
POD = {"containers": [CONTAINER], "volumes": [{"name": "scratch", "emptyDir": {}}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "worker"},
    "spec": {
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": POD},
    },
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "scheduler"},
    "spec": {"selector": LABELS, "ports": [{"name": "comm", "port": 8786}]},
}
POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "clients"},
    "spec": {
        "podSelector": {},
        "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 8786}]}],
    },
}

IN_POD: Path = ("spec", "template", "spec")
IN_CONTAINER: Path = (*IN_POD, "containers", 0)
BLOCK: Path = ("spec", "ingress", 0, "from", 0, "ipBlock")

# An object, the place that is set to a value, and the place that is wrong then.
SCHEMA: list[tuple[Any, Path, Any, Path]] = [
    (DEPLOYMENT, IN_POD[:-1], [], IN_POD[:-1]),
    (DEPLOYMENT, ("spec", "replicas"), 1 << 31, ("spec", "replicas")),
    (DEPLOYMENT, ("spec", "replicas"), -1, ("spec", "replicas")),
    (DEPLOYMENT, ("spec", "template"), {"metadata": {"labels": LABELS}}, IN_POD),
    (DEPLOYMENT, ("metadata", "labels"), {"a" * 64: "x"}, ("metadata", "labels", "a" * 64)),
    (DEPLOYMENT, ("metadata", "annotations"), {"a b": "x"}, ("metadata", "annotations", "a b")),
    (DEPLOYMENT, (*IN_POD, "containers"), [], (*IN_POD, "containers")),
    (DEPLOYMENT, (*IN_POD, "containers"), ["x"], (*IN_POD, "containers", 0)),
    (DEPLOYMENT, (*IN_CONTAINER, "env", 0), {"name": "A", "valueFrom": {}}, (*IN_CONTAINER, "env", 0, "valueFrom")),
    (DEPLOYMENT, (*IN_CONTAINER, "ports", 0, "containerPort"), 65_536, (*IN_CONTAINER, "ports", 0, "containerPort")),
    (DEPLOYMENT, (*IN_CONTAINER, "livenessProbe"), {"periodSeconds": 3}, (*IN_CONTAINER, "livenessProbe")),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "volumeMounts", 0, "subPath"),
        "a/../../b",
        (*IN_CONTAINER, "volumeMounts", 0, "subPath"),
    ),
    (
        DEPLOYMENT,
        ("spec", "strategy"),
        {"rollingUpdate": {"maxSurge": "x"}},
        ("spec", "strategy", "rollingUpdate", "maxSurge"),
    ),
    *(
        (DEPLOYMENT, (*IN_POD, *path[:1]), value, (*IN_POD, *path))
        for path, value in [
            (("nodeName",), "A_B"),
            (("priorityClassName",), "A B"),
            (("runtimeClassName",), "A B"),
            (("readinessGates", 0, "conditionType"), [{"conditionType": "a b"}]),
            (("securityContext", "sysctls", 0, "name"), {"sysctls": [{"name": "a b", "value": "1"}]}),
            (("resourceClaims", 0), [{"name": "a"}]),
            (
                ("topologySpreadConstraints", 0, "topologyKey"),
                [{"topologyKey": "a b", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}],
            ),
        ]
    ),
    *(
        (DEPLOYMENT, (*IN_CONTAINER, *path[:1]), value, (*IN_CONTAINER, *path))
        for path, value in [
            (("image",), " dask"),
            (("securityContext", "procMount"), {"procMount": "Bogus"}),
            (("envFrom", 0, "prefix"), [{"prefix": "a=", "configMapRef": {"name": "x"}}]),
            (("envFrom", 0, "configMapRef", "name"), [{"configMapRef": {"name": "X_Y"}}]),
            (
                ("env", 0, "valueFrom", "fieldRef", "fieldPath"),
                [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nam"}}}],
            ),
            (
                ("env", 0, "valueFrom", "resourceFieldRef", "divisor"),
                [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "3"}}}],
            ),
        ]
    ),
    *(
        (DEPLOYMENT, (*IN_POD, "volumes", 0), {"name": "scratch", kind: {**source, "defaultMode": 512}}, place)
        for kind, source in [("configMap", {"name": "x"}), ("projected", {}), ("downwardAPI", {})]
        for place in [(*IN_POD, "volumes", 0, kind, "defaultMode")]
    ),
    (DEPLOYMENT, ("metadata", "finalizers"), ["x y"], ("metadata", "finalizers", 0)),
    (SERVICE, ("spec", "ports", 0, "port"), 0, ("spec", "ports", 0, "port")),
    (SERVICE, ("spec", "selector"), {"-a": "b"}, ("spec", "selector", "-a")),
    (POLICY, ("spec", "ingress", 0, "ports", 0, "port"), "16GB", ("spec", "ingress", 0, "ports", 0, "port")),
    (POLICY, ("spec", "ingress", 0, "from", 0), {}, ("spec", "ingress", 0, "from", 0)),
]

FITTING: list[tuple[Any, Path, Any, Path]] = [
    (DEPLOYMENT, ("spec", "selector"), {}, ("spec", "selector")),
    (DEPLOYMENT, ("spec", "selector", "matchLabels"), {"app": "other"}, ("spec", "selector")),
    (
        DEPLOYMENT,
        ("spec", "strategy"),
        {"type": "Recreate", "rollingUpdate": {}},
        ("spec", "strategy", "rollingUpdate"),
    ),
    (DEPLOYMENT, (*IN_POD, "activeDeadlineSeconds"), 5, (*IN_POD, "activeDeadlineSeconds")),
    (DEPLOYMENT, (*IN_POD, "tolerations"), [{"effect": "NoExecute"}], (*IN_POD, "tolerations", 0, "operator")),
    (DEPLOYMENT, (*IN_POD, "volumes"), [], (*IN_CONTAINER, "volumeMounts", 0, "name")),
    (DEPLOYMENT, (*IN_POD, "initContainers"), [{"name": "worker"}], (*IN_CONTAINER, "name")),
    (DEPLOYMENT, (*IN_CONTAINER, "env"), [{"name": "A"}, {"name": "A"}], (*IN_CONTAINER, "env", 1, "name")),
    (DEPLOYMENT, (*IN_CONTAINER, "resources", "requests", "cpu"), 3, (*IN_CONTAINER, "resources", "requests", "cpu")),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "ports"),
        [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}],
        (*IN_CONTAINER, "ports", 1, "name"),
    ),
    (DEPLOYMENT, ("metadata", "annotations"), {"a": "x" * (256 * 1024)}, ("metadata", "annotations")),
    (DEPLOYMENT, (*IN_POD, "dnsPolicy"), "None", (*IN_POD, "dnsConfig", "nameservers")),
    (DEPLOYMENT, (*IN_POD, "dnsConfig"), {"nameservers": ["a.b"]}, (*IN_POD, "dnsConfig", "nameservers", 0)),
    (DEPLOYMENT, (*IN_POD, "hostAliases"), [{"ip": "1.2.3"}], (*IN_POD, "hostAliases", 0, "ip")),
    (
        DEPLOYMENT,
        (*IN_POD, "topologySpreadConstraints"),
        [{"topologyKey": "zone", "maxSkew": 1, "minDomains": 2, "whenUnsatisfiable": "ScheduleAnyway"}],
        (*IN_POD, "topologySpreadConstraints", 0, "minDomains"),
    ),
    (
        DEPLOYMENT,
        (*IN_CONTAINER, "resources", "claims"),
        [{"name": "gpu"}],
        (*IN_CONTAINER, "resources", "claims", 0, "name"),
    ),
    (SERVICE, ("spec", "ports"), [], ("spec", "ports")),
    (SERVICE, ("spec", "ports", 0, "nodePort"), 30_000, ("spec", "ports", 0, "nodePort")),
    (POLICY, (*BLOCK, "cidr"), "999.0.0.0/8", (*BLOCK, "cidr")),
    (POLICY, (*BLOCK, "except"), ["11.0.0.0/16"], (*BLOCK, "except", 0)),
    (POLICY, ("spec", "ingress", 0, "ports", 0, "endPort"), 80, ("spec", "ingress", 0, "ports", 0, "endPort")),
]


def put(body: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(body)
    get(changed, path[:-1])[path[-1]] = value
    return changed


@pytest.mark.parametrize("body", [DEPLOYMENT, SERVICE, POLICY], ids=lambda body: body["kind"])
def test_what_is_right_has_no_faults(body: Any) -> None:
    assert find_faults(body, "1.34") == []
    assert list(find_refused(body)) == []


@pytest.mark.parametrize(("body", "path", "value", "wrong"), SCHEMA)
def test_the_schema_refuses(body: Any, path: Path, value: Any, wrong: Path) -> None:
    assert {fault.path for fault in find_faults(put(body, path, value), "1.34")} == {wrong}


@pytest.mark.parametrize(("body", "path", "value", "wrong"), FITTING)
def test_fields_have_to_fit_each_other(body: Any, path: Path, value: Any, wrong: Path) -> None:
    changed = put(body, path, value)
    assert find_faults(changed, "1.34") == []
    assert {fault.path for fault in find_refused(changed)} == {wrong}


def test_faults_say_what_to_write() -> None:
    (fault,) = find_faults_in_part({"nodeAfinity": {}}, "Affinity")
    assert (fault.key, fault.hint) == (True, "did you mean nodeAffinity?")
    (fault,) = find_faults_in_part({"key": 1}, "Toleration")
    assert (fault.message, fault.hint) == ("must be text, not the number 1", "quote it")
    (fault,) = find_faults_in_part({"podAffinity": "x"}, "Affinity")
    assert fault.message == "must be a map, not the text x"


@pytest.mark.parametrize("text", ["10.0.0.0/8", "10.1.2.3/8", "fd00::/8", "::/0"])
def test_ranges_of_addresses(text: str) -> None:
    assert is_range(text)


@pytest.mark.parametrize("text", ["10.0.0.0", "999.0.0.0/8", "10.0.0.0/33", "fe80::1%eth0/64", "/8", "10.0.0.0/-1", ""])
def test_what_is_no_range_of_addresses(text: str) -> None:
    assert not is_range(text)


@given(st.integers(0, 32), st.integers(0, 32))
def test_a_range_holds_those_that_are_smaller(outer: int, inner: int) -> None:
    assert is_within(f"10.0.0.0/{inner}", f"10.0.0.0/{outer}") == (inner > outer)
    assert not is_within(f"fd00::/{inner}", f"10.0.0.0/{outer}")


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/", True),
        ("/dask/", True),
        ("/a/../b", False),
        ("/a//b", False),
        ("a", False),
        ("/.", False),
        ("/a%2Fb", False),
    ],
)
def test_paths_that_an_ingress_takes(path: str, plain: bool) -> None:
    assert is_plain(path) is plain
