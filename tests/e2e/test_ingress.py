"""A dashboard under a path of a host that an ingress controller serves, as a browser sees it."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import websocket

from e2e.clusters import ROOT, deploy, scale_down, write_fleet
from e2e.conftest import make_namespace
from e2e.harness import Kubectl, list_addresses, list_nodes, make_certificate, probe, settle, start_idle, wait_until

MANIFEST = Path(__file__).parent / "traefik.yaml"

KEPT = Path(os.environ.get("DASKGEN_E2E_KEEP", ROOT / ".e2e"))
"""Where screenshots are kept."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--ignore-certificate-errors"),
    *("--remote-debugging-port=0", "--window-size=1400,900", "--disable-dev-shm-usage"),
)

EVERYTHING = """
var everything = node => [node, ...[node.shadowRoot, ...node.childNodes].filter(Boolean).flatMap(everything)];
everything(document.body)"""
"""All that is in a page, its shadow roots included, in which Bokeh draws."""

FIGURES = EVERYTHING + '.filter(it => it.matches?.(".bk-Figure")).length'

TEXT = EVERYTHING + '.map(it => it.data ?? "").join(" ")'


class Controller(NamedTuple):
    """A node's address, and the port on which it serves HTTPS for the controller."""

    address: str
    port: int


class Hub(NamedTuple):
    """A host that the controller serves with our certificate."""

    host: str
    controller: Controller
    certificate: Path

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and content of a path, from a server that has the host's certificate."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(self.controller, 10)
        with context.wrap_socket(plain, server_hostname=self.host) as secure:
            connection = http.client.HTTPSConnection(self.host)
            connection.sock = secure
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")

    def status(self, path: str) -> int:
        """Status of a path; 0 if there is none, as when the certificate is another."""
        try:
            return self.get(path)[0]
        except OSError:
            return 0

    def open_websocket(self, origin: str) -> int:
        """Status with which a websocket is opened or refused for a page of `origin`."""
        key = {"Sec-WebSocket-Key": "c29tZSBzaXh0ZWVuIGJ5Lg==", "Sec-WebSocket-Version": "13"}
        return self.get("/dask/workers/ws", Upgrade="websocket", Connection="Upgrade", Origin=origin, **key)[0]


@pytest.fixture
def controller(cluster: Kubectl) -> Iterator[Controller]:
    """Traefik, as traefik.yaml has it; gone afterwards unless it was there before."""
    there = "namespace/traefik" in cluster("get", "namespaces", "--output", "name").split()
    traefik = Kubectl(cluster.kubeconfig, "traefik")
    try:
        cluster("apply", "--server-side", "--force-conflicts", "--filename", str(MANIFEST))
        traefik("rollout", "status", "deployment/traefik", "--timeout", "180s")
        ports = {port["name"]: port["nodePort"] for port in traefik.get("service", "traefik")["spec"]["ports"]}
        yield Controller(next(iter(list_nodes(cluster).values())), ports["websecure"])
    finally:
        if not there:
            cluster("delete", "--filename", str(MANIFEST), "--ignore-not-found", "--timeout", "120s")


@pytest.fixture
def hub(namespace: Kubectl, controller: Controller, tmp_path: Path) -> Hub:
    """`shared` of this repository, under a host that no other test has."""
    host = f"{namespace.namespace}.example.com"
    certificate, key = make_certificate(tmp_path, host)
    namespace("create", "secret", "tls", "hub-tls", "--cert", str(certificate), "--key", str(key))
    spec = scale_down("shared", namespace.namespace, {"expose": {"dashboard": {"host": host}}})
    deploy(namespace, write_fleet(tmp_path, shared=spec), "shared")
    return Hub(host, controller, certificate)


@pytest.fixture
def impostors(cluster: Kubectl, namespace: Kubectl) -> Iterator[dict[str, Kubectl]]:
    """Namespaces with a pod `impostor` that has the controller's labels."""
    with make_namespace(cluster) as elsewhere:
        both = {item.namespace: item for item in (namespace, elsewhere)}
        for kubectl in both.values():
            start_idle(kubectl, "impostor", {"app.kubernetes.io/name": "traefik"})
        yield both


class Browser:
    """A page of a headless Chromium, by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/."""

    def __init__(self, devtools: str) -> None:
        self._numbers, self._session = itertools.count(1), ""
        self._socket = websocket.create_connection(devtools, timeout=60, suppress_origin=True)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **params: Any) -> Any:
        """Call a method, and give its result."""
        number = next(self._numbers)
        where = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **where}))
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            pass
        return answer["result"]

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; None if it cannot be had, as while the page loads."""
        return self.call("Runtime.evaluate", expression=expression)["result"].get("value")

    def read(self) -> str:
        """The page's text."""
        return str(self.evaluate(TEXT))

    def close(self) -> None:
        self._socket.close()

    def keep(self, name: str) -> None:
        """Keep a screenshot."""
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / name).write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def browse(hub: Hub, folder: Path) -> Iterator[Browser]:
    """A browser that finds the host where the controller serves it."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, f"this test needs a browser, one of {', '.join(BROWSERS)}"
    rules = f"--host-resolver-rules=MAP {hub.host}:443 {hub.controller.address}:{hub.controller.port}"
    command = [program, *OPTIONS, rules, f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            active = folder / "DevToolsActivePort"
            wait_until(lambda: active.exists() and active.read_text().count("\n"), "DevTools of the browser")
            port, path = active.read_text().split()
            with closing(Browser(f"ws://127.0.0.1:{port}{path}")) as browser:
                yield browser
        finally:
            process.terminate()


@pytest.mark.cluster
def test_a_dashboard_under_a_path_of_a_host(
    namespace: Kubectl, hub: Hub, impostors: Mapping[str, Kubectl], tmp_path: Path
) -> None:
    """All in one test: two at once would share the controller, and one would take it from the other."""
    assert settle(lambda: {address: hub.status(address) for address in STATUSES}, STATUSES) == STATUSES

    own, other = f"https://{hub.host}", "https://other.example.com"
    assert {origin: hub.open_websocket(origin) for origin in (own, other)} == {own: 101, other: 403}

    workers = [f"tcp://{address}:8789" for address in list_addresses(namespace, "worker")]
    with browse(hub, tmp_path / "browser") as browser:
        browser.call("Page.navigate", url=f"https://{hub.host}/dask/status")
        wait_until(lambda: browser.evaluate(FIGURES), "figures of the status page")
        browser.keep("status.png")
        browser.call("Page.navigate", url=f"https://{hub.host}/dask/workers")
        assert settle(lambda: [worker for worker in workers if worker in browser.read()], workers) == workers
        browser.keep("workers.png")
        # What is shown is not in the page itself, which is not loaded again: it comes by the websocket.
        assert not any(worker in hub.get("/dask/workers")[1] for worker in workers)
        namespace("scale", "deployment/shared-worker", "--replicas", "1")
        assert settle(lambda: sum(worker in browser.read() for worker in workers), 1) == 1

    dashboard = {"8787": (list_addresses(namespace, "scheduler")[0], 8787)}
    shut = {name: {"8787": "shut"} for name in impostors}
    assert (
        settle(
            lambda: {impostor.namespace: probe(impostor, "impostor", dashboard) for impostor in impostors.values()},
            shut,
        )
        == shut
    )
    assert hub.get("/dask/health") == (200, "ok")


STATUSES = {
    **dict.fromkeys(("/dask/status", "/dask/health", "/dask/metrics", "/dask/statics/css/base.css"), 200),
    "/dask/static/js/bokeh.min.js": 200,
    **dict.fromkeys(("/status", "/health", "/metrics"), 404),
}
"""Everything is under the prefix; what is not belongs to other applications of the host."""
