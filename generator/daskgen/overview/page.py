"""Write the page: one file of HTML that holds its style, its code and the document, and asks no server for anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from daskgen.words import SURROGATE

LIBRARY = "d3-hierarchy"
"""Lays out the map. `scripts/get_d3_hierarchy.py` says its version."""

ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""Characters by which a text in a script could end it, as JSON writes them otherwise."""


def write_page(document: Mapping[str, Any]) -> str:
    """Write the page of a document."""
    style, code, library = _read("style.css"), _read("page.js"), _read(f"{LIBRARY}.min.js")
    policy = (
        f"default-src 'none'; script-src {_hash(library)} {_hash(code)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(_read("page.html")).substitute(
        policy=policy,
        title=escape(SURROGATE.sub("\ufffd", str(document["title"]))),
        style=style,
        licence=_read(f"{LIBRARY}.LICENSE.txt").strip(),
        library=library,
        code=code,
        data=write_data(document),
    )


def write_data(document: Mapping[str, Any]) -> str:
    """Write a document as JSON that can stand in a script of a page, whatever texts it holds."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return SURROGATE.sub("\ufffd", text).translate(ESCAPES)


def _hash(text: str) -> str:
    """Return the source by which a content security policy admits one script or style."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (files("daskgen") / "data" / "overview" / name).read_text("utf-8")
