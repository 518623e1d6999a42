"""The page is one file, whatever texts are in it, and admits nothing but its own scripts."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import get_d3_hierarchy
import pytest

from daskgen.overview.page import write_data, write_page

EVIL = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & \u2028 ${title}"

DOCUMENT = {"title": EVIL, "daskgen": "0", "kubernetes": "1.34", "clusters": [{"name": EVIL, "file": "a"}]}


class Elements(HTMLParser):
    """Elements of a page, and the texts of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in {"script", "style"}:
            self.texts.append(data)


def test_texts_cannot_end_the_script_that_holds_them() -> None:
    page = Elements(write_page(DOCUMENT))
    kinds = [attributes.get("type") for tag, attributes in page.elements if tag == "script"]
    assert kinds == [None, "application/json", "module"]
    assert not [tag for tag, _ in page.elements if tag == "img"]
    assert json.loads(write_data(DOCUMENT)) == DOCUMENT


def test_nothing_in_the_data_can_be_read_as_html() -> None:
    assert not set("<>&\u2028\u2029") & set(write_data(DOCUMENT))


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    assert write_page({**DOCUMENT, "title": "\udcff"}).encode()


def test_only_its_own_scripts_and_its_style_are_admitted() -> None:
    page = Elements(write_page(DOCUMENT))
    [policy] = [attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv")]
    assert policy
    hashes = set(re.findall(r"'sha256-([^']+)'", policy))
    texts = [text for text in page.texts if text.strip() and not text.startswith("{")]
    assert {base64.b64encode(sha256(text.encode()).digest()).decode() for text in texts} == hashes
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_the_library_is_the_one_that_was_fetched(tmp_path: Path) -> None:
    for name, digest in get_d3_hierarchy.SHA256.items():
        assert sha256((get_d3_hierarchy.OUTPUT / name).read_bytes()).hexdigest() == digest
    assert get_d3_hierarchy.VERSION in (get_d3_hierarchy.OUTPUT / "d3-hierarchy.min.js").read_text("utf-8")


def test_another_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(*_words: object, cwd: Path, **_options: object) -> None:
        (cwd / "d3-hierarchy-3.1.3.tgz").write_bytes(b"another")

    monkeypatch.setattr("subprocess.run", pack)
    with pytest.raises(ValueError, match="and not sha512-GRajN5"):
        get_d3_hierarchy.fetch(tmp_path)
