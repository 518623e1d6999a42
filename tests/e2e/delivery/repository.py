"""A Git server for as long as tests need it, and a fleet that is pushed to it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

from daskgen.yaml.write import dump


class Server(ThreadingMixIn, WSGIServer):
    """Answers several engines at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of what it answers."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """Nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[int]:
    """Have everybody read the bare repository in `folder`, at /fleet.git of this port."""
    with Repo(str(folder)) as repository, make_server("", 0, make_application(repository), Server, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def make_application(repository: BackendRepo) -> Any:
    """What answers those who read it."""
    return make_wsgi_chain(DictBackend({"/fleet.git": repository}))


class Repository:
    """A working copy of a fleet, and the bare repository it is pushed to."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bare = folder / "fleet", folder / "fleet.git"
        for path, *options in ((self.root,), (self.bare, "--bare")):
            path.mkdir(parents=True)
            git(path, "init", "--quiet", "--initial-branch", "main", *options)

    @property
    def head(self) -> str:
        """The last commit."""
        return git(self.root, "rev-parse", "HEAD")

    def write(self, path: str, content: Mapping[str, Any]) -> None:
        """Write a YAML file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dump(dict(content)), encoding="utf-8")

    def push(self, message: str) -> str:
        """Commit all there is in the working copy, push it, and give the commit."""
        git(self.root, "add", "--all")
        git(
            self.root,
            "-c",
            "user.name=Tests",
            "-c",
            "user.email=tests@example.com",
            "commit",
            "--allow-empty",
            "-qm",
            message,
        )
        git(self.root, "push", "--quiet", str(self.bare), "main")
        return self.head


def git(folder: Path, *words: str) -> str:
    """What Git prints."""
    done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()
