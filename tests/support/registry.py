"""A registry on this machine, with the part of the distribution API that tells digests.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread


def digest_of(content: str) -> str:
    """Return the digest of a manifest."""
    return f"sha256:{sha256(content.encode()).hexdigest()}"


class Registry(ThreadingHTTPServer):
    """Manifests by repository and tag; users see them with a password or a token, if one is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manifests: dict[tuple[str, str], str] = {}
        self.address = "127.0.0.1"
        self.password = ""
        self.token = ""
        self.says_digests = True
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        """Return its name in references."""
        return f"{self.address}:{self.server_port}"

    def push(self, repository: str, tag: str, content: str) -> str:
        """Add a manifest, and return its digest."""
        digest = digest_of(content)
        self.manifests[repository, tag] = self.manifests[repository, digest] = content
        return digest

    @contextmanager
    def serving(self, tls: SSLContext | None = None) -> Iterator[Registry]:
        """Serve until the block ends."""
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        thread = Thread(target=self.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Registry
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        if self.path.startswith("/token"):
            self.give_token()
        elif not self.is_allowed():
            self.send(401, challenge=self.challenge)
        else:
            _, _, repository, reference = self.split()
            content = self.server.manifests.get((repository, reference))
            self.send(200 if content else 404, content or "", body=body)

    def split(self) -> tuple[str, str, str, str]:
        before, _, reference = self.path.partition("/manifests/")
        return "", "v2", before.removeprefix("/v2/"), reference

    @property
    def challenge(self) -> str:
        if self.server.token:
            realm = f"https://{self.server.host}/token"
            return f'Bearer realm="{realm}",service="registry",scope="repository:team/dask:pull"'
        return 'Basic realm="registry"'

    def is_allowed(self) -> bool:
        wanted = f"Bearer {self.server.token}" if self.server.token else f"Basic {self.server.password}"
        return not (self.server.token or self.server.password) or self.headers["Authorization"] == wanted

    def give_token(self) -> None:
        right = self.headers["Authorization"] == f"Basic {self.server.password}"
        self.send(200 if right else 401, f'{{"token": "{self.server.token}"}}' if right else "", body=True)

    def send(self, code: int, content: str = "", challenge: str = "", *, body: bool = False) -> None:
        self.send_response(code)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        if content and self.server.says_digests:
            self.send_header("Docker-Content-Digest", digest_of(content))
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        if body:
            self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def encode_login(user: str, password: str) -> str:
    """Encode a login as docker's configuration and the header do."""
    return b64encode(f"{user}:{password}".encode()).decode()
