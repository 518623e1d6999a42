"""Manifests with anything anywhere: findings, never a traceback."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from daskgen.importing.report import format_json, format_result
from support.imports import find_containers, import_text, list_cases, read_case, render_import

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "x",
        0,
        True,
        [],
        {},
        ["a"],
        {"a": 1},
        [{}],
        [None],
        {"name": "x"},
        -1,
        "",
        [["a"]],
        1.5,
        "{{ x }}",
        "9" * 5000,
    ]
)


READABLE = [case for case in list_cases() if case != "operator"]
"""That one is indented wrongly, and no YAML before it is mended."""


@seed(11)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_manifest_makes_it_fail(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(READABLE))
    documents = [document for text in read_case(case).values() for document in yaml.safe_load_all(text)]
    places = [place for document in documents for place in _find_places(document)]
    for holder, key in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        holder[key] = data.draw(JUNK)
    text = "---\n".join(f"{json.dumps(document, default=str)}\n" for document in documents)
    result = import_text(text)
    assert format_result(result)
    assert json.loads(format_json(result))["kind"] == "Import"
    for imported in result.clusters:
        for container in find_containers(render_import(imported).objects if render_import(imported).cluster else []):
            assert "command" not in container


def _find_places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a document: what holds it, and under which key."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *_find_places(value[key])]]
