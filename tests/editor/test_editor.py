"""What people see in an editor: the language server of YAML reads the schema that `daskgen render` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from server import Server

from support.commands import daskgen
from support.node import install_packages

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the language server at the version of package-lock.json."""
    packages = install_packages(HERE, tmp_path_factory.mktemp("server"))
    return packages / ".bin/yaml-language-server"


@pytest.fixture
def server(program: Path, tmp_path: Path) -> Iterator[Server]:
    """A language server in a fleet that `daskgen init` made."""
    daskgen("init", ".", root=tmp_path)
    daskgen("render", root=tmp_path)
    server = Server(program, tmp_path)
    yield server
    server.close()


def test_the_files_of_a_new_fleet_have_no_underlined_word(server: Server) -> None:
    for path in ("daskgen.yaml", "clusters/dev.yaml"):
        assert server.wait_for_diagnostics(server.open(path, (server.root / path).read_text("utf-8"))) == []


def test_a_typo_is_underlined(server: Server) -> None:
    text = (server.root / "clusters/dev.yaml").read_text("utf-8").replace("  memory: 4Gi", "  memroy: 4Gi")
    [found] = server.wait_for_diagnostics(server.open("clusters/dev.yaml", text))
    line = text.splitlines().index("  memroy: 4Gi")
    assert found["range"]["start"] == {"line": line, "character": 2}
    assert "memroy is not allowed" in found["message"]


def test_fields_and_their_values_are_offered(server: Server) -> None:
    text = (server.root / "clusters/dev.yaml").read_text("utf-8") + "platform: \nexpose:\n  dashboard:\n    kind: \n"
    uri = server.open("clusters/dev.yaml", text)
    lines = text.splitlines()
    offered = server.at("textDocument/completion", uri, lines.index("platform: "), len("platform: "))
    assert {"kubernetes", "openshift"} <= {item["label"] for item in offered["items"]}
    offered = server.at("textDocument/completion", uri, lines.index("    kind: "), len("    kind: "))
    assert {"ingress", "route", "gateway"} <= {item["label"] for item in offered["items"]}
    offered = server.at("textDocument/completion", uri, lines.index("scheduler:") + 1, 2)
    assert {"address", "nodeSelector", "volumes"} <= {item["label"] for item in offered["items"]}


def test_the_kind_chooses_the_fields(server: Server) -> None:
    more = "expose:\n  dashboard:\n    kind: ingress\n    host: dask.example.com\n    "
    text = (server.root / "clusters/dev.yaml").read_text("utf-8") + more
    uri = server.open("clusters/dev.yaml", text)
    offered = server.at("textDocument/completion", uri, len(text.splitlines()) - 1, 4)
    names = {item["label"] for item in offered["items"]}
    assert {"class", "path", "tls", "auth"} <= names
    assert "sources" not in names


def test_a_field_is_explained_where_the_mouse_is(server: Server) -> None:
    text = (server.root / "clusters/dev.yaml").read_text("utf-8")
    uri = server.open("clusters/dev.yaml", text)
    shown = server.at("textDocument/hover", uri, text.splitlines().index("scheduler:") + 2, 4)
    assert "Memory" in str(shown["contents"])
