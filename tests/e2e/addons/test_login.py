"""A dashboard behind oauth2-proxy: strangers see nothing of it, members of a group all; no port leads past it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.addons.conftest import PORT, describe_login
from e2e.clusters import deploy, describe, write_fleet
from e2e.conftest import make_namespace
from e2e.harness import Kubectl, list_addresses, probe, settle, start_idle, wait_until

pytestmark = pytest.mark.cluster

HERE = Path(__file__).parent

HOST = "dask.example.com"

OPEN = ("/status", "/info/main/workers.html", "/metrics", "/health", "/statics/css/base.css", "/individual-plots.json")

CLOSED = ("/api/v1/retire_workers", "/%61pi/v1/retire_workers", "/json/counts.json", "/proxy/8788/127.0.0.1/status")


@pytest.fixture
def edge(cluster: Kubectl) -> Iterator[Kubectl]:
    """The namespace of an ingress controller, with a pod in its place."""
    with make_namespace(cluster) as kubectl:
        start_idle(kubectl, "controller", {"app": "controller"})
        yield kubectl


def browse(edge: Kubectl, address: str) -> dict[str, Any]:
    """What people get of the dashboard through the login at `address`."""
    program = (HERE / "browse.py").read_text("utf-8")
    found: dict[str, Any] = json.loads(edge("exec", "controller", "--", "python", "-c", program, address, HOST))
    return found


def test_a_dashboard_behind_a_login(namespace: Kubectl, edge: Kubectl, issuer: str, tmp_path: Path) -> None:
    auth = describe_login(issuer, {"podLabels": {"app": "provider"}, "ports": [PORT]})
    dashboard = {"kind": "ingress", "class": "edge", "controllerNamespace": edge.namespace, "host": HOST}
    expose = {"dashboard": {**dashboard, "tls": {"secret": "dask-tls"}, "auth": auth}}
    deploy(namespace, write_fleet(tmp_path, team=describe(namespace.namespace, 1, expose=expose)), "team")

    address = f"team-login.{namespace.namespace}.svc"
    login = {"login": (address, 4180)}
    wait_until(lambda: probe(edge, "controller", login) == {"login": "open"}, "a way to the login")
    assert browse(edge, f"{address}:4180") == {
        "stranger": dict.fromkeys((*OPEN, *CLOSED), 302),
        "websocket of a stranger": 302,
        "forged": dict.fromkeys(("names", "bearer", "cookie", "host"), 302),
        "forged host": 0,
        "alice comes back": 302,
        "alice": {**dict.fromkeys(OPEN, 200), **dict.fromkeys(CLOSED, 404)},
        "websocket": 101,
        "websocket of another page": 403,
        "bob comes back": 403,
        "bob": dict.fromkeys(OPEN, 302),
    }

    start_idle(namespace, "stranger", {"app": "stranger"})
    [scheduler], [worker] = (list_addresses(namespace, component) for component in ("scheduler", "worker"))
    ports = {str(port): (scheduler, port) for port in (8786, 8787)}
    ports |= {str(port): (worker, port) for port in (8788, 8789, 8790)}
    shut = dict.fromkeys(ports, "shut")
    assert settle(lambda: probe(edge, "controller", ports), shut) == shut
    shut["login"] = "shut"
    assert settle(lambda: probe(namespace, "stranger", ports | login), shut) == shut
