"""Edits of one text leave the rest of a file as it was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from daskgen.findings.problem import DaskgenError
from daskgen.paths import Path, get
from daskgen.yaml.edit import Edit, edit
from daskgen.yaml.read import parse

DIGEST = "sha256:" + "0" * 64

SPEC = """\
# The team's cluster.
namespace: analytics   # theirs
image: ghcr.io/dask/dask:1   # from the platform team

scheduler: {image: {name: 'a/b', tag: '2'}, cpu: 1}
workers:
- name: "large"
  image:
    name: c/d
    tag: "3"  # tested
    pullSecrets:
    - registry
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Edit(("image",), "x:1@d"), "image: ghcr.io/dask/dask:1   #", "image: x:1@d   #"),
        (Edit(("scheduler", "image", "tag"), "5"), "tag: '2'}", "tag: '5'}"),
        (Edit(("scheduler", "image", "tag"), DIGEST, "digest"), "tag: '2'}", f"tag: '2', digest: {DIGEST}}}"),
        (Edit(("workers", 0, "image", "tag"), "4"), 'tag: "3"', 'tag: "4"'),
        (
            Edit(("workers", 0, "image", "tag"), DIGEST, "digest"),
            'tag: "3"  # tested\n',
            f'tag: "3"  # tested\n    digest: {DIGEST}\n',
        ),
        (Edit(("workers", 0, "name"), "b", "image2"), '- name: "large"\n', '- name: "large"\n  image2: b\n'),
    ],
)
def test_one_place_changes(change: Edit, before: str, after: str) -> None:
    assert SPEC.count(before) == 1
    assert edit(parse(SPEC.encode(), "a.yaml"), [change]) == SPEC.replace(before, after)


def test_several_edits_of_a_file() -> None:
    changes = [Edit(("namespace",), "other"), Edit(("workers", 0, "image", "name"), "e"), Edit(("image",), "f")]
    text = edit(parse(SPEC.encode(), "a.yaml"), changes)
    assert [get(parse(text.encode(), "a.yaml").value, change.path) for change in changes] == ["other", "e", "f"]
    assert len(text.splitlines()) == len(SPEC.splitlines())


@pytest.mark.parametrize("text", ["a: b\r\nc: d\r\n", "a: b\r\nc: d", "c: d\r\na: b"])
def test_the_line_ends_stay(text: str) -> None:
    edited = edit(parse(text.encode(), "a.yaml"), [Edit(("a",), "e", "f")])
    assert edited == text.replace("a: b", "a: b\r\nf: e")


def test_a_text_that_would_mean_something_else_is_refused() -> None:
    with pytest.raises(DaskgenError, match=r"a\.yaml: a cannot be edited"):
        edit(parse(b"a: b\n", "a.yaml"), [Edit(("a",), "c: d")])
    with pytest.raises(DaskgenError, match=r"a\.yaml: a cannot be edited"):
        edit(parse(b"a: |\n  b\nc: d\n", "a.yaml"), [Edit(("a",), "one")])


TEXTS = st.text("abcxyz", min_size=1, max_size=4)
VALUES = st.recursive(TEXTS, lambda inner: st.dictionaries(TEXTS, inner, min_size=1, max_size=3), max_leaves=8)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.booleans(), st.data())
def test_any_text_of_any_file(value: dict[str, object], flow: bool, data: st.DataObject) -> None:
    source = parse(yaml.safe_dump(value, default_flow_style=flow).encode(), "a.yaml")
    path = data.draw(st.sampled_from(sorted(_find_texts(value))))
    key = data.draw(st.sampled_from(["", "new"]))
    edited = parse(edit(source, [Edit(path, DIGEST, key)]).encode(), "a.yaml").value
    assert get(edited, Edit(path, DIGEST, key).result) == DIGEST


def _find_texts(value: object, path: Path = ()) -> list[Path]:
    if not isinstance(value, dict):
        return [path]
    return [place for key, inner in value.items() for place in _find_texts(inner, (*path, key))]
