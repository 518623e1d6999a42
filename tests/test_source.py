"""YAML that people write: what it means, where it stands, and what is refused."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.emit import dump
from daskgen.paths import Path
from daskgen.problems import Position
from daskgen.source import Source, parse

TEXT = b"""\
name: prod   # the cluster
workers:
- memory: 16Gi
  env: {A: "1"}
-   memory: 8Gi
"""


def read(text: str | bytes) -> Source:
    return parse(text if isinstance(text, bytes) else text.encode(), "a.yaml")


def codes(text: str | bytes) -> list[tuple[str, int, int]]:
    return [(it.code, it.at.line, it.at.column) for it in read(text).problems]


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [((), 1, 1), (("name",), 1, 7), (("workers", 0, "memory"), 3, 11), (("workers", 0, "env", "A"), 4, 12)],
)
def test_every_value_has_a_place(path: Path, line: int, column: int) -> None:
    assert read(TEXT).at(path) == Position("a.yaml", line, column)


def test_a_key_has_a_place_of_its_own() -> None:
    assert read(TEXT).at(("workers", 1, "memory"), key=True) == Position("a.yaml", 5, 5)


def test_what_is_not_written_is_where_it_would_be() -> None:
    assert read(TEXT).at(("workers", 1, "env", "B")) == Position("a.yaml", 5, 5)


def test_plain_scalars_mean_what_every_reader_makes_of_them() -> None:
    value = read(
        "a: true\nb: 16\nc: -1.5\nd: null\ne: ~\nf:\ng: 16Gi\nh: 2026.8.0\ni: 10.0.0.0/8\nj: on-demand\n"
    ).value
    assert value == {
        "a": True,
        "b": 16,
        "c": -1.5,
        "d": None,
        "e": None,
        "f": None,
        "g": "16Gi",
        "h": "2026.8.0",
        "i": "10.0.0.0/8",
        "j": "on-demand",
    }


@pytest.mark.parametrize(
    "trap",
    [
        *("y", "N", "yes", "No", "ON", "off", "True", "FALSE", "Null", "08", "010", "0o17", "0x1F", "0b1", "1_000"),
        *("1e3", "1E-3", "1.5e3", ".5", "1.", ".inf", "-.INF", ".NaN", "1:30", "1:30:00", "2026-11-21", "="),
    ],
)
def test_what_readers_disagree_on_is_refused(trap: str) -> None:
    assert codes(f"a: {trap}\n") == [("DG003", 1, 4)]
    assert codes(f"a: '{trap}'\n") == []


def test_a_trap_may_be_a_key() -> None:
    assert codes("on: 1\n") == [("DG003", 1, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("DG002", 3, 1)]),
        ("a:\n\t- 1\n", [("DG001", 2, 1)]),
        ("a: [1\n", [("DG001", 2, 1)]),
        ("a: b: c\n", [("DG001", 1, 5)]),
        ("a: &x 1\nb: *x\n", [("DG004", 1, 4), ("DG004", 2, 4)]),
        ("a: {<<: {b: 1}}\n", [("DG004", 1, 5)]),
        ("a: !secret x\n", [("DG004", 1, 4)]),
        ("%YAML 1.1\n---\na: 1\n", [("DG004", 1, 1)]),
        ("a: 1\n---\nb: 1\n", [("DG005", 2, 1)]),
        ("1: a\n", [("DG006", 1, 1)]),
        ("? [a]\n: b\n", [("DG006", 1, 3)]),
        ('a: "\u2028"\nb: "\x85"\n', [("DG007", 1, 5), ("DG007", 2, 5)]),
        (b"a: \xff\n", [("DG001", 1, 4)]),
        ("a: \x00\n", [("DG001", 1, 4)]),
        ("a: \x07\n", [("DG001", 1, 4)]),
        ("a: 1\nb: \x01", [("DG001", 2, 4)]),
        ("a: " + "x" * (1 << 20), [("DG009", 1, 1)]),
    ],
)
def test_what_is_refused_has_a_place(text: str | bytes, expected: list[tuple[str, int, int]]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "a: " + "[" * 200 + "]" * 200])
def test_deep_nesting_is_refused_and_harms_nobody(text: str) -> None:
    assert [code for code, *_ in codes(text)] == ["DG008"]


def test_block_nesting_is_refused_too() -> None:
    assert [code for code, *_ in codes("".join(" " * depth + "a:\n" for depth in range(300)))] == ["DG008"]


def test_everything_wrong_is_said_at_once() -> None:
    assert [code for code, *_ in codes("a: on\na: 08\n1: x\nb: !t y\n")] == [
        "DG003",
        "DG002",
        "DG003",
        "DG006",
        "DG004",
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff"])
def test_nothing_is_nothing(text: str) -> None:
    assert (read(text).value, read(text).problems) == (None, ())


def test_windows_files_are_read() -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: x\r\n").value == {"a": 1, "b": "x"}


def test_a_source_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(read(TEXT))).at(("name",)).column == 7  # noqa: S301


names = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=2, max_size=8).filter(
    lambda name: name not in {"null", "true", "false", "yes", "no", "on", "off"}
)
values = st.recursive(
    st.integers(100, 999), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
)


def find_leaves(value: object, path: Path = ()) -> list[tuple[Path, object]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    leaves = [leaf for key, item in items for leaf in find_leaves(item, (*path, key))]
    return leaves if isinstance(value, dict | list) else [(path, value)]


@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_places_are_where_the_text_is(value: dict[str, object]) -> None:
    text = dump(value)
    source, lines = read(text), text.splitlines()
    for path, leaf in find_leaves(value):
        at = source.at(path)
        assert lines[at.line - 1][at.column - 1 :].startswith(str(leaf))
