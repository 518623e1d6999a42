"""Websites of a cluster as their visitors see them: by single requests, and in a headless Chromium."""

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

import websocket

from e2e.clusters import ROOT
from e2e.harness import wait_until

KEPT = Path(os.environ.get("DASKGEN_E2E_KEEP", ROOT / ".e2e"))
"""Where screenshots are kept."""

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--ignore-certificate-errors"),
    *("--remote-debugging-port=0", "--window-size=1400,900", "--disable-dev-shm-usage"),
)

EVERYTHING = """
var everything = node => [node, ...[node.shadowRoot, ...node.childNodes].filter(Boolean).flatMap(everything)];
everything(document.body)"""
"""All that is in a page, its shadow roots included, in which Bokeh draws."""

FIGURES = EVERYTHING + '.filter(node => node.matches?.(".bk-Figure")).length'

TEXT = EVERYTHING + '.map(node => node.data ?? "").join(" ")'

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "c29tZSBzaXh0ZWVuIGJ5Lg==",
    "Sec-WebSocket-Version": "13",
}


class Controller(NamedTuple):
    """A node's address, and the port on which it serves HTTPS for the controller."""

    address: str
    port: int


class Website(NamedTuple):
    """A host that a controller serves with our certificate."""

    host: str
    controller: Controller
    certificate: Path

    @property
    def url(self) -> str:
        """Return its address."""
        return f"https://{self.host}"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and content of a path, from a server that has the host's certificate."""
        response = self.request(path, headers)
        return response.status, response.read().decode(errors="replace")

    def request(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Return the response to a request for a path, from a server that has the host's certificate."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(self.controller, 10)
        with context.wrap_socket(plain, server_hostname=self.host) as secure:
            connection = http.client.HTTPSConnection(self.host)
            connection.sock = secure
            connection.request("GET", path, headers=dict(headers))
            return connection.getresponse()

    def status(self, path: str, **headers: str) -> int:
        """Return the status of a path; 0 if there is none, as when the certificate is another."""
        try:
            return self.get(path, **headers)[0]
        except OSError:
            return 0

    def open_websocket(self, path: str, origin: str, **headers: str) -> int:
        """Return the status with which a websocket is opened or refused for a page of `origin`."""
        return self.request(path, {"Origin": origin, **UPGRADE, **headers}).status


class Browser:
    """A page of a headless Chromium, by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/."""

    def __init__(self, devtools: str) -> None:
        self._numbers, self._session = itertools.count(1), ""
        self._socket = websocket.create_connection(devtools, timeout=60, suppress_origin=True)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **params: Any) -> Any:
        """Call a method, and return its result."""
        number = next(self._numbers)
        where = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **where}))
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            pass
        return answer["result"]

    def open(self, url: str) -> None:
        """Go to a page."""
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page; None if it cannot be had, as while the page loads."""
        return self.call("Runtime.evaluate", expression=expression)["result"].get("value")

    def find_cookies(self, url: str) -> dict[str, str]:
        """Return the cookies that the browser sends to an address."""
        found = self.call("Network.getCookies", urls=[url])["cookies"]
        return {cookie["name"]: cookie["value"] for cookie in found}

    def read(self) -> str:
        """Return the page's text."""
        return str(self.evaluate(TEXT))

    def close(self) -> None:
        """End the connection to the browser."""
        self._socket.close()

    def keep(self, name: str) -> None:
        """Keep a screenshot."""
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / name).write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def browse(folder: Path, website: Website, *others: str) -> Iterator[Browser]:
    """Start a browser that finds the host where the controller serves it, and others by rules such as `MAP a b:1`."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, f"this test needs a browser, one of {', '.join(PROGRAMS)}"
    address, port = website.controller
    rules = ",".join((f"MAP {website.host}:443 {address}:{port}", *others))
    command = [program, *OPTIONS, f"--host-resolver-rules={rules}", f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            active = folder / "DevToolsActivePort"
            wait_until(lambda: active.exists() and active.read_text().count("\n"), "DevTools of the browser")
            port_of_devtools, path = active.read_text().split()
            with closing(Browser(f"ws://127.0.0.1:{port_of_devtools}{path}")) as browser:
                yield browser
        finally:
            process.terminate()
