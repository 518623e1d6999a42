"""A headless Chromium, by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import websocket

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--ignore-certificate-errors"),
    *("--remote-debugging-port=0", "--window-size=1400,900", "--disable-dev-shm-usage"),
)

PATIENCE = 60
"""Seconds that the browser may take to answer."""


class Browser:
    """A page of the browser."""

    def __init__(self, devtools: str) -> None:
        self._numbers, self._session = itertools.count(1), ""
        self.events: list[dict[str, Any]] = []
        """What the browser has reported, of the domains that are enabled."""
        self._socket = websocket.create_connection(devtools, timeout=PATIENCE, suppress_origin=True)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **params: Any) -> Any:
        """Call a method, and return its result."""
        number = next(self._numbers)
        where = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **where}))
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            self.events.append(answer)
        assert "result" in answer, answer
        return answer["result"]

    def open(self, url: str) -> None:
        """Go to a page."""
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, or of its promise; None if it cannot be had, as while the
        page loads.
        """
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def wait_for(self, expression: str, timeout: float = PATIENCE) -> Any:
        """Wait until an expression is true in the page, and return its value."""
        end = time.monotonic() + timeout
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"{expression}: not within {timeout:g} s"
            time.sleep(0.02)
        return value

    def press(self, key: str, text: str = "") -> None:
        """Press a key; with `text`, it writes that."""
        code = {"Enter": 13, "Tab": 9, "Escape": 27}.get(key, ord(key[0]))
        writes = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **writes)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def write(self, text: str) -> None:
        """Write a text where the focus is."""
        self.call("Input.insertText", text=text)

    def take_picture(self, *, whole: bool = False) -> bytes:
        """Return a screenshot as PNG, with `whole` of more than the window shows."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def close(self) -> None:
        """End the connection to the browser."""
        self._socket.close()


@contextmanager
def start_browser(folder: Path, *options: str) -> Iterator[Browser]:
    """Start a browser that keeps its files in a folder, with further options of its command line."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, f"this test needs a browser, one of {', '.join(PROGRAMS)}"
    command = [program, *OPTIONS, *options, f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            port, path = _wait_for_address(folder / "DevToolsActivePort")
            with closing(Browser(f"ws://127.0.0.1:{port}{path}")) as browser:
                yield browser
        finally:
            process.terminate()


def _wait_for_address(file: Path) -> list[str]:
    end = time.monotonic() + PATIENCE
    while not (file.exists() and file.read_text("utf-8").count("\n")):
        assert time.monotonic() < end, "the browser did not start"
        time.sleep(0.1)
    return file.read_text("utf-8").split()
