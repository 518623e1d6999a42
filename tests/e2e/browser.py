"""Websites of a cluster as their visitors see them: by single requests, and in a headless Chromium."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from e2e.clusters import ROOT
from support.browser import Browser, start_browser

KEPT = Path(os.environ.get("DASKGEN_E2E_KEEP", ROOT / ".e2e"))
"""Where screenshots are kept."""

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


def read_text(browser: Browser) -> str:
    """Return the text of the page that is open."""
    return str(browser.evaluate(TEXT))


def find_cookies(browser: Browser, url: str) -> dict[str, str]:
    """Return the cookies that the browser sends to an address."""
    found = browser.call("Network.getCookies", urls=[url])["cookies"]
    return {cookie["name"]: cookie["value"] for cookie in found}


def keep(browser: Browser, name: str) -> None:
    """Keep a screenshot."""
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / name).write_bytes(browser.take_picture())


@contextmanager
def browse(folder: Path, website: Website, *others: str) -> Iterator[Browser]:
    """Start a browser that finds the host where the controller serves it, and others by rules such as `MAP a b:1`."""
    address, port = website.controller
    rules = ",".join((f"MAP {website.host}:443 {address}:{port}", *others))
    with start_browser(folder, f"--host-resolver-rules={rules}") as browser:
        yield browser
