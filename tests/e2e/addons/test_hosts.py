"""A dashboard under a path of a host that an Ingress or a Gateway serves, as a browser sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from e2e.browser import FIGURES, Controller, Website, browse, keep, read_text
from e2e.clusters import OPEN, deploy, scale_down, write_fleet
from e2e.harness import Kubectl, list_addresses, make_certificate, probe, settle, start_idle, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("traefik")]

CERTIFICATE = "hub-tls"


def serve_by_ingress(namespace: Kubectl, edge: Kubectl, host: str) -> dict[str, Any]:
    """An exposure by an Ingress."""
    return {"kind": "ingress", "class": "traefik", "tls": {"secret": CERTIFICATE}}


def serve_by_gateway(namespace: Kubectl, edge: Kubectl, host: str) -> dict[str, Any]:
    """An exposure by a Gateway of another namespace, which admits routes of ours alone."""
    chosen = {"matchLabels": {"kubernetes.io/metadata.name": namespace.namespace}}
    listener = {
        "name": "https",
        "port": 8443,
        "protocol": "HTTPS",
        "hostname": host,
        "tls": {"certificateRefs": [{"name": CERTIFICATE}]},
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": chosen}},
    }
    spec = {"gatewayClassName": "traefik", "listeners": [listener]}
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "hub"}}
    edge.apply([{**gateway, "spec": spec}])
    parent = {"name": "hub", "namespace": edge.namespace, "sectionName": "https"}
    return {"kind": "gateway", "gateway": parent, "controllerNamespace": "traefik"}


@pytest.fixture(params=[serve_by_ingress, serve_by_gateway])
def hub(
    request: pytest.FixtureRequest, namespace: Kubectl, elsewhere: Kubectl, controller: Controller, tmp_path: Path
) -> Website:
    """`shared` of this repository, under a host that no other test has."""
    serve: Callable[[Kubectl, Kubectl, str], dict[str, Any]] = request.param
    host = f"{namespace.namespace}.example.com"
    certificate, key = make_certificate(tmp_path, host)
    for kubectl in (namespace, elsewhere):
        kubectl("create", "secret", "tls", CERTIFICATE, "--cert", str(certificate), "--key", str(key))
    spec = scale_down("shared", namespace.namespace, {})
    dashboard = {**serve(namespace, elsewhere, host), "host": host, "path": "/dask", "auth": OPEN}
    deploy(namespace, write_fleet(tmp_path, shared={**spec, "expose": {"dashboard": dashboard}}), "shared")
    return Website(host, controller, certificate)


@pytest.fixture
def impostors(namespace: Kubectl, elsewhere: Kubectl) -> dict[str, Kubectl]:
    """Namespaces with a pod `impostor` that has the controller's labels."""
    both = {kubectl.namespace: kubectl for kubectl in (namespace, elsewhere)}
    for kubectl in both.values():
        start_idle(kubectl, "impostor", {"app.kubernetes.io/name": "traefik"})
    return both


STATUSES = {
    **dict.fromkeys(("/dask/status", "/dask/health", "/dask/metrics", "/dask/statics/css/base.css"), 200),
    "/dask/static/js/bokeh.min.js": 200,
    **dict.fromkeys(("/status", "/health", "/metrics"), 404),
}
"""Everything is under the prefix; what is not belongs to other applications of the host."""


def test_a_dashboard_under_a_path_of_a_host(
    namespace: Kubectl, hub: Website, impostors: Mapping[str, Kubectl], tmp_path: Path
) -> None:
    assert settle(lambda: {path: hub.status(path) for path in STATUSES}, STATUSES) == STATUSES

    other = "https://other.example.com"
    opened = {origin: hub.open_websocket("/dask/workers/ws", origin) for origin in (hub.url, other)}
    assert opened == {hub.url: 101, other: 403}

    workers = [f"tcp://{address}:8789" for address in list_addresses(namespace, "worker")]
    with browse(tmp_path / "browser", hub) as browser:
        browser.open(f"{hub.url}/dask/status")
        wait_until(lambda: browser.evaluate(FIGURES), "figures of the status page")
        keep(browser, "status.png")
        browser.open(f"{hub.url}/dask/workers")
        assert settle(lambda: [worker for worker in workers if worker in read_text(browser)], workers) == workers
        keep(browser, "workers.png")
        # What is shown is not in the page itself, which is not loaded again: it comes by the websocket.
        assert not any(worker in hub.get("/dask/workers")[1] for worker in workers)
        namespace("scale", "deployment/shared-worker", "--replicas", "1")
        assert settle(lambda: sum(worker in read_text(browser) for worker in workers), 1) == 1

    dashboard = {"8787": (list_addresses(namespace, "scheduler")[0], 8787)}
    shut = {name: {"8787": "shut"} for name in impostors}
    assert settle(lambda: {name: probe(each, "impostor", dashboard) for name, each in impostors.items()}, shut) == shut
    assert hub.get("/dask/health") == (200, "ok")
