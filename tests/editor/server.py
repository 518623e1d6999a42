"""Talk to a language server over its standard input and output.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}


class Server:
    """A language server for the folder of a fleet."""

    def __init__(self, program: Path, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.last = 0
        snippets = {
            "completion": {"completionItem": {"snippetSupport": True}},
            "hover": {"contentFormat": ["markdown"]},
        }
        capabilities = {"textDocument": {**snippets, "publishDiagnostics": {}}, "workspace": {"configuration": True}}
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities})
        self.send("initialized", {})
        self.send("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def open(self, path: str, text: str) -> str:
        """Open a file with a text, as an editor does; return its address."""
        uri = (self.root / path).as_uri()
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        return uri

    def at(self, method: str, uri: str, line: int, column: int) -> Any:
        """Ask about a place of a file; lines and columns count from 0."""
        return self.ask(method, {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}})

    def wait_for_diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """Return what is underlined in a file."""

        def is_wanted(message: dict[str, Any]) -> bool:
            return message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri

        found: list[dict[str, Any]] = self.read_until(is_wanted)["params"]["diagnostics"]
        return found

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        self.last += 1
        number = self.last
        self.send(method, params, id=number)
        return self.read_until(lambda message: message.get("id") == number and "method" not in message)["result"]

    def send(self, method: str, params: Any, **more: Any) -> None:
        """Send a message."""
        self.write({"jsonrpc": "2.0", "method": method, "params": params, **more})

    def write(self, message: Any) -> None:
        """Write a message with its header."""
        data = json.dumps(message).encode()
        self.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.stdin.flush()

    def read_until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read messages up to a wanted one, and answer what the server asks for."""
        while True:
            message = self.read()
            if is_wanted(message):
                return message
            if message.get("method") == "workspace/configuration":
                sections = [SETTINGS.get(item.get("section", "")) for item in message["params"]["items"]]
                self.write({"jsonrpc": "2.0", "id": message["id"], "result": sections})
            elif "id" in message and "method" in message:
                self.write({"jsonrpc": "2.0", "id": message["id"], "result": None})

    def read(self) -> dict[str, Any]:
        """Read one message. Raises `EOFError` if the server has ended."""
        length = 0
        while line := self.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if not length:
            raise EOFError("the language server has ended")
        message: dict[str, Any] = json.loads(self.stdout.read(length))
        return message

    @property
    def stdin(self) -> BinaryIO:
        """The server's standard input."""
        assert self.process.stdin
        return self.process.stdin  # type: ignore[return-value]

    @property
    def stdout(self) -> BinaryIO:
        """The server's standard output."""
        assert self.process.stdout
        return self.process.stdout  # type: ignore[return-value]

    def close(self) -> None:
        """End the server."""
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()
