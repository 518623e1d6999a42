"""Clusters run as OpenShift's restricted-v2 has it, and answer where their Routes point.

No router is needed: a pod in a namespace labelled as the router's does what a router would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, OPENSHIFT, deploy, describe, scale_down, write_fleet
from e2e.conftest import make_namespace
from e2e.harness import (
    OUTSIDE_RANGE,
    Kubectl,
    list_names,
    make_certificate,
    probe,
    run_client,
    settle,
    start_idle,
)

IDENTITY = """
import json, os, tempfile
def write(folder):
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        return file.write(b"x" * 1_000_000)
try:
    open("/opt/file", "w")
except OSError as error:
    root = error.strerror
ids = {"user": os.getuid(), "group": os.getgid()}
print(json.dumps({**ids, "/opt": root, **{it: write(it) for it in ("/scratch", "/tmp")}}))
"""

AS_RESTRICTED = {
    "user": OUTSIDE_RANGE,
    "group": 0,
    "/opt": "Read-only file system",
    "/scratch": 1_000_000,
    "/tmp": 1_000_000,
}

ROUTER = {"policy-group.network.openshift.io/ingress": ""}
"""Labels of the router's namespace: https://docs.openshift.com/container-platform/latest/networking/network_policy/multitenant-network-policy.html."""

FETCH = """
import os, ssl, sys, urllib.error, urllib.request
url, certificate = sys.argv[1:]
try:
    context = ssl.create_default_context(cadata=certificate) if certificate else None
    with urllib.request.urlopen(url, timeout=10, context=context) as response:
        print(response.status, response.read().decode())
except (OSError, urllib.error.URLError) as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def router(cluster: Kubectl) -> Iterator[Kubectl]:
    """A namespace with the labels of a router's, and a pod `router` in it."""
    with make_namespace(cluster) as kubectl:
        cluster("label", "namespace", kubectl.namespace, *(f"{key}={value}" for key, value in ROUTER.items()))
        start_idle(kubectl, "router", {})
        yield kubectl


def fetch(kubectl: Kubectl, pod: str, url: str, certificate: str = "") -> str:
    """Status and content at `url`, or what failed, as a pod sees it that trusts `certificate`, if there is one."""
    return kubectl("exec", pod, "--", "python", "-c", FETCH, url, certificate).strip()


def follow_route(kubectl: Kubectl) -> dict[str, tuple[str, int]]:
    """Where a router sends what comes by the Route: the endpoints of the Service's port that the Route names."""
    route = kubectl.get("routes")["items"][0]["spec"]
    of_service = f"kubernetes.io/service-name={route['to']['name']}"
    return {
        f"{address} {port['name']}": (address, port["port"])
        for item in kubectl.get("endpointslices", "--selector", of_service)["items"]
        for port in item["ports"]
        if port["name"] == route["port"]["targetPort"]
        for endpoint in item["endpoints"]
        for address in endpoint["addresses"]
    }


@pytest.mark.cluster
def test_prod_runs_as_any_user_and_its_route_leads_to_the_dashboard(
    namespace: Kubectl, router: Kubectl, tmp_path: Path
) -> None:
    spec = scale_down("prod", namespace.namespace, OPENSHIFT)
    deploy(namespace, write_fleet(tmp_path, prod=spec), "prod")
    pods = {name: list_names(namespace, name)[0] for name in ("scheduler", "worker")}
    seen = {role: json.loads(namespace("exec", pod, "--", "python", "-c", IDENTITY)) for role, pod in pods.items()}
    assert seen == dict.fromkeys(pods, AS_RESTRICTED)

    endpoints = follow_route(namespace)
    start_idle(namespace, "stranger", {"app": "stranger"})
    expected = {"router": dict.fromkeys(endpoints, "open"), "stranger": dict.fromkeys(endpoints, "shut")}
    assert endpoints
    assert settle(lambda: look({"router": router, "stranger": namespace}, endpoints), expected) == expected
    [(address, port)] = endpoints.values()
    assert fetch(router, "router", f"http://{address}:{port}/health") == "200 ok"


def look(pods: Mapping[str, Kubectl], targets: Mapping[str, tuple[str, int]]) -> dict[str, dict[str, str]]:
    return {name: probe(kubectl, name, targets) for name, kubectl in pods.items()}


@pytest.mark.cluster
def test_a_reencrypting_route_leads_to_the_dashboards_own_certificate(
    namespace: Kubectl, router: Kubectl, tmp_path: Path
) -> None:
    service = f"sealed-scheduler.{namespace.namespace}.svc"
    certificate, key = make_certificate(tmp_path, service)
    files = ("--cert", str(certificate), "--key", str(key))
    namespace("create", "secret", "tls", "sealed-dashboard-tls", *files)
    dashboard: dict[str, Any] = {"kind": "route", "host": "sealed.apps.example.com", "termination": "reencrypt"}
    dashboard |= {"auth": {"kind": "none", "reason": "this test looks at the certificate alone"}}
    fields: dict[str, Any] = {**OPENSHIFT, "platform": "openshift", "expose": {"dashboard": dashboard}}
    deploy(namespace, write_fleet(tmp_path, sealed=describe(namespace.namespace, **fields)), "sealed")

    [(address, port)] = follow_route(namespace).values()
    trusted = certificate.read_text(encoding="utf-8")
    assert settle(lambda: fetch(router, "router", f"https://{service}:{port}/health", trusted), "200 ok") == "200 ok"
    assert "CERTIFICATE_VERIFY_FAILED" in fetch(router, "router", f"https://{address}:{port}/health", trusted)
    assert not fetch(router, "router", f"http://{address}:{port}/health").startswith("200")
    counted = CONNECT.format(name="sealed", workers=2) + "print(len(client.nthreads()))"
    assert run_client(namespace, "client", CLIENT, counted) == "2\n"
