"""Every port of a cluster, tried by pods that have no business with it: ports come from the pods themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from e2e.addons.conftest import describe_login
from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import IMAGE, Kubectl, probe, settle, start_idle

pytestmark = pytest.mark.cluster

NOTEBOOK = {
    "kind": "jupyter",
    "image": IMAGE.replace("/dask:", "/dask-notebook:"),
    "token": "login",
    "cpu": "200m",
    "memory": "512Mi",
    "scratch": "100Mi",
    "storage": "100Mi",
}

LISTENING = """
import json
found = set()
for table in ("/proc/net/tcp", "/proc/net/tcp6"):
    for line in open(table).readlines()[1:]:
        address, port = line.split()[1].split(":")
        if line.split()[3] == "0A" and not address.endswith("0100007F"):
            found.add(int(port, 16))
print(json.dumps(sorted(found)))
"""
"""Print the ports on which processes of a pod accept connections from other pods."""

Targets = Mapping[str, tuple[str, int]]


@pytest.fixture
def ports(namespace: Kubectl, issuer: str, tmp_path: Path) -> Targets:
    """Every port of every pod of a cluster with a login and a notebook."""
    namespace("create", "secret", "generic", "login", "--from-literal=token=of-nobody")
    auth = describe_login(issuer, {"podLabels": {"app": "provider"}})
    dashboard = {"kind": "ingress", "class": "edge", "controllerNamespace": "nowhere", "host": "dask.example.com"}
    expose = {"dashboard": {**dashboard, "tls": {"secret": "none"}, "auth": auth}}
    spec = describe(namespace.namespace, 1, expose=expose, notebooks=[NOTEBOOK])
    deploy(namespace, write_fleet(tmp_path, team=spec), "team")
    namespace("rollout", "status", "statefulset/team-jupyter", "--timeout", "300s")
    pods = namespace.get("pods", "--selector", "app.kubernetes.io/instance=team")["items"]
    return dict(sorted(target for pod in pods for target in list_ports(namespace, pod)))


def list_ports(kubectl: Kubectl, pod: dict[str, Any]) -> Iterator[tuple[str, tuple[str, int]]]:
    """The ports that a pod declares, and those on which its processes listen, where it has Python to see that."""
    component = pod["metadata"]["labels"]["app.kubernetes.io/component"]
    [container] = pod["spec"]["containers"]
    declared = {port["containerPort"] for port in container["ports"]}
    listening: set[int] = set()
    if component != "login":
        listening = set(json.loads(kubectl("exec", pod["metadata"]["name"], "--", "python", "-c", LISTENING)))
        assert declared <= listening, component
    for port in sorted(declared | listening):
        yield f"{component} {port}", (pod["status"]["podIP"], port)


def test_strangers_find_every_port_shut(namespace: Kubectl, elsewhere: Kubectl, ports: Targets) -> None:
    assert {name.split()[0] for name in ports} == {"jupyter", "login", "scheduler", "worker"}
    assert {"scheduler 8786", "scheduler 8787", "worker 8788", "worker 8789", "worker 8790"} <= ports.keys()
    callers = {"stranger": {"app": "stranger"}, "client": CLIENT}
    for kubectl in (namespace, elsewhere):
        for name, labels in callers.items():
            start_idle(kubectl, name, labels)
    shut = dict.fromkeys(ports, "shut")
    expected = {
        "stranger": shut,
        "client": shut | dict.fromkeys(("scheduler 8786", "scheduler 8787"), "open"),
        "stranger elsewhere": shut,
        "client elsewhere": shut,
    }

    def look() -> dict[str, dict[str, str]]:
        near = {name: probe(namespace, name, ports) for name in callers}
        return near | {f"{name} elsewhere": probe(elsewhere, name, ports) for name in callers}

    assert settle(look, expected) == expected
