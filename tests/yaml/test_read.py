"""YAML is read strictly: what readers disagree on is a problem, and every problem and value has its place.

In the examples » stands where a problem is reported and is no part of the text.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from itertools import count
from pathlib import Path as FilePath
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from daskgen.findings.problem import Position
from daskgen.outside.tools import run
from daskgen.paths import Path, format_path, get, split_pointer
from daskgen.yaml.dialect import DEEPEST, LARGEST
from daskgen.yaml.read import Source, parse, parse_all
from daskgen.yaml.write import dump

FILE = "clusters/prod.yaml"

# Few examples, as each starts a process; not shrunk, as that would take minutes.
PROCESS = settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

SPEC = """\
# yaml-language-server: $schema=../schema/cluster.json
name: prod
image: "ghcr.io/dask/dask:2026.8.0-py3.12"
scheduler: {cpu: 1, memory: 4Gi}
workers:
- name: gpu
  replicas: {min: 0, max: 8}
  spot: true
env:
  RATIO: 0.5
  EMPTY:
"""


def read(text: str) -> Source:
    return parse(text.encode(), FILE)


def find(marked: str) -> tuple[Source, list[tuple[int, int]]]:
    """Read a text without its marks, and tell where these stand."""
    before, *parts = marked.split("»")
    places = []
    for part in parts:
        places.append((before.count("\n") + 1, len(before) - before.rfind("\n")))
        before += part
    return read(before), places


def test_a_spec_is_read_as_plain_values() -> None:
    assert read(SPEC).problems == ()
    assert read(SPEC).value == {
        "name": "prod",
        "image": "ghcr.io/dask/dask:2026.8.0-py3.12",
        "scheduler": {"cpu": 1, "memory": "4Gi"},
        "workers": [{"name": "gpu", "replicas": {"min": 0, "max": 8}, "spot": True}],
        "env": {"RATIO": 0.5, "EMPTY": None},
    }


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ((), 2, 1),
        (("image",), 3, 8),
        (("scheduler",), 4, 12),
        (("scheduler", "memory"), 4, 29),
        (("workers",), 6, 1),
        (("workers", 0), 6, 3),
        (("workers", 0, "replicas", "max"), 7, 27),
        (("env", "EMPTY"), 11, 9),
    ],
)
def test_a_value_has_its_place(path: Path, line: int, column: int) -> None:
    assert read(SPEC).at(path) == Position(FILE, line, column)
    assert read(SPEC).depth(path) == len(path)


def test_columns_count_characters() -> None:
    assert read("{é: 1, 😀: 2, b: 3}").at(("b",)).column == 17


def test_a_key_has_its_place() -> None:
    assert read(SPEC).at(("workers", 0, "replicas"), key=True) == Position(FILE, 7, 3)
    assert read(SPEC).at(("workers", 0), key=True) == Position(FILE, 6, 3)


def test_what_is_not_written_has_the_place_of_what_is_around_it() -> None:
    source = read(SPEC)
    assert source.at(("workers", 0, "memory", "limit")) == source.at(("workers", 0))
    assert source.depth(("workers", 0, "memory", "limit")) == 2
    assert source.at(("workers", 1)) == source.at(("workers",))
    assert source.depth(("expose",)) == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "~\n"])
def test_an_empty_file_is_no_problem(text: str) -> None:
    source = read(text)
    assert (source.value, source.problems) == (None, ())
    assert source.at(("workers", 0)).file == FILE


def test_values_made_elsewhere_stand_at_the_file() -> None:
    assert Source("daskgen.yaml", {"defaults": {}}).at(("defaults",)) == Position("daskgen.yaml", 1, 1)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfname: prod\n", b"name: prod\r\n", b"---\nname: prod\n...\n"])
def test_ways_to_save_a_file_are_no_problem(data: bytes) -> None:
    source = parse(data, FILE)
    assert (source.value, source.problems) == ({"name": "prod"}, ())
    assert source.at(("name",)).column == 7


def test_a_source_travels_between_processes() -> None:
    source = read(SPEC)
    assert pickle.loads(pickle.dumps(source)) == source  # noqa: S301
    assert source.at(("env", "RATIO")) == pickle.loads(pickle.dumps(source)).at(("env", "RATIO"))  # noqa: S301


def test_paths_are_written_with_dots() -> None:
    assert format_path(("workers", 0, "memory")) == "workers.0.memory"


def test_a_pointer_is_a_path() -> None:
    assert split_pointer("/metadata/labels/app.kubernetes.io~1name") == ("metadata", "labels", "app.kubernetes.io/name")
    assert split_pointer("/containers/0") == ("containers", 0)


@pytest.mark.parametrize(
    ("path", "value"), [((), {"a": [1]}), (("a", 0), 1), (("a", 1), None), (("a", "b"), None), (("b", "c"), None)]
)
def test_a_path_leads_to_a_value_or_nothing(path: Path, value: object) -> None:
    assert get({"a": [1]}, path) == value


@pytest.mark.parametrize(
    ("marked", "message", "hint"),
    [
        ("a: »on\n", "a: on is true to other YAML readers", "quote it, or write true"),
        ("a: {b: »N}\n", "a.b: N is false to other YAML readers", "quote it, or write false"),
        ("- »NULL\n", "0: NULL is null to other YAML readers", "quote it, or write null"),
        ("cpu: »08\n", "cpu: 08 is a number to other YAML readers", "quote it, or write plain decimals"),
        ("at: »22:30\n", "at: 22:30 is a number in base 60 to other YAML readers", "quote it"),
        ("day: »2026-11-21\n", "day: 2026-11-21 is a date to other YAML readers", "quote it"),
        ("a: »=\n", "a: = is a default value to other YAML readers", "quote it"),
        ("»on: push\n", "the key on is true to other YAML readers", "quote it"),
        ("point: {x: 1, »y: 2}\n", "point: the key y is true to other YAML readers", "quote it"),
    ],
)
def test_what_readers_disagree_on_is_a_problem(marked: str, message: str, hint: str) -> None:
    source, [(line, column)] = find(marked)
    assert source.problems == ((Position(FILE, line, column), "DG003", message, hint, "error"),)


def words(*lines: str) -> Iterator[str]:
    return (word for line in lines for word in line.split())


TRAPS = [
    *words("y Y yes Yes YES n N no No NO on On ON off Off OFF True TRUE False FALSE Null NULL"),
    *words("08 007 0x_ 0o10 0O7 0x1F -0xff 0b1 1_000 1__0 1e3 1E-3 1.5e+3 12e45 .5 5. +.5 1_0.5 12345678901234567890"),
    *words(".inf -.INF +.Inf .nan .NaN 10:20 1:30:00 -1:30 190:20:30.15 2026-11-21 2026-1-2 2026-11-21T10:20:30Z"),
    "2026-11-21 10:20:30.5 +02:00",
]
ORDINARY = [
    *words(
        "16Gi 500m 10m 1.5.2 2026.8.0 10.0.0.0/8 25% 1e 0x 0b2 0o8 1:99 1:2:x 2026-11-21-a 2026-11 12-11-2026 1-2 1+2"
    ),
    *words(
        "on-demand yEs oN nO nULL yes! ghcr.io/dask/dask:2026.8.0-py3.12 host:8080 tls://prod:8786 -.. -a .a _1 e3 inf"
    ),
    "2026-11-21 is a day",
    "no way",
]


@pytest.mark.parametrize("text", TRAPS)
def test_traps_are_refused_unless_quoted(text: str) -> None:
    assert [problem.code for problem in read(f"a: {text}\n").problems] == ["DG003"]
    assert [problem.code for problem in read(f"{text}: a\n").problems] == ["DG003"]
    assert read(f"a: '{text}'\nb: \"{text}\"\n'{text}': c\n").problems == ()


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_need_no_quotes(text: str) -> None:
    source = read(f"{text}: [{text}]\n")
    assert (source.value, source.problems) == ({text: [text]}, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("~", None), ("0", 0), ("-7", -7), ("+1", 1), ("1.10", 1.1), ("-0.5", -0.5), ("null", None)],
)
def test_plain_scalars_mean_what_all_readers_make_of_them(text: str, value: object) -> None:
    assert read(f"a: {text}\n").value == {"a": value}
    assert type(read(f"a: {text}\n").value["a"]) is type(value)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("a:\n  b: 1\n  »\tc: 2\n", "a tab cannot indent"),
        ("a: |\n»\tb\n", "a tab cannot indent"),
        ("a: b»: c\n", "a colon cannot stand here"),
        ("a: 1\n  b»: 2\n", "a colon cannot stand here"),
        ("a: 1\n»b\nc: 2\n", "this key has no colon"),
        ("a: 1\nb:\n    c: 1\n  »d: 2\n", "this is not part of the map begun in line 1"),
        ('a: "b" »c\n', "this is not part of the map begun in line 1"),
        ("- a\n»b: 1\n", "this is not part of the list begun in line 1"),
        ("'a' »1\n", "this is not part of what stands before"),
        ('a: 1\nb: »"c\nd: 2\n', "the quote that opens here is not closed"),
        ("a: [1,\n\n2\nb»: 3\n", "a comma is missing here, or the ] for the [ in line 1"),
        ("a: {b: 1 c»: 2}\n", "a comma is missing here, or the } for the { in line 1"),
        ("a: »]\n", "a value is missing before this"),
        ("a: »@b\n", "text cannot begin with @"),
        ("a: »`b`\n", "text cannot begin with `"),
        ("a: »*.csv\n", "text cannot begin with & or *"),
        ("a: »? b\n", "text cannot begin with ?"),
        ("a: »- b\n", "a list cannot begin here"),
        ("a: |»b\n", "text cannot follow here"),
        ('a: "»\\d"\n', "YAML does not know this escape"),
        ("é: »%\n", "text cannot begin with %"),
        ("a: !<b»\n", "did not find the expected '>'"),
        ("a: »\0\n", "the character U+0000 is not allowed"),
        ("a: 😀»\x1b[0m\n", "the character U+001B is not allowed"),
    ],
)
def test_what_is_not_yaml_is_said_in_plain_words(marked: str, message: str) -> None:
    source, [(line, column)] = find(marked)
    assert [problem[:3] for problem in source.problems] == [(Position(FILE, line, column), "DG001", message)]


def test_what_is_not_utf_8_is_not_read() -> None:
    latin = parse("a: 1\né: caf".encode() + b"\xe9\n", FILE).problems
    assert [problem[:3] for problem in latin] == [(Position(FILE, 2, 7), "DG001", "not UTF-8 text")]
    assert parse("a: 1\n".encode("utf-16"), FILE).problems[0].message == "not UTF-8 text"


def test_a_key_given_twice_is_a_problem_at_the_second() -> None:
    source, [(line, column)] = find('env:\n  A: 1\n  B: 2\n  »"A": 3\nother: {A: 4}\n')
    message = "env: the key A stands in line 2 already"
    assert [problem[:3] for problem in source.problems] == [(Position(FILE, line, column), "DG002", message)]


@pytest.mark.parametrize(
    ("marked", "messages"),
    [
        ("a: »&b 1\n", ["a: the anchor &b is not read here"]),
        ("a: [»*b]\n", ["a.0: the alias *b is not read here"]),
        ("»*a : b\n", ["the alias *a is not read here"]),
        ("a: {»<<: {b: 1}}\n", ["a: merge keys (<<) are not read here"]),
        ("a: »!!str 1\n", ["a: the tag !!str is not read here"]),
        ("a: »! on\n", ["a: the tag ! is not read here", "a: on is true to other YAML readers"]),
        ("»!a b: c\n", ["the tag !a is not read here"]),
        ("a: »!b!c d\n", ["tags (!) are not read here"]),
        ("# c\n»%YAML 1.2\n---\na: 1\n", ["directives (%) are not read here"]),
        ("»%YAML 3.0\n---\na: 1\n", ["directives (%) are not read here"]),
    ],
)
def test_shorthand_is_not_read(marked: str, messages: list[str]) -> None:
    source, [(line, column)] = find(marked)
    assert [problem.message for problem in source.problems] == messages
    assert source.problems[0][:2] == (Position(FILE, line, column), "DG004")


@pytest.mark.parametrize("marked", ["a: 1\n\n»---\nb: 2\n", "a: 1\n»---\n", "---\n»--- 2\n"])
def test_a_file_is_one_document(marked: str) -> None:
    source, [(line, column)] = find(marked)
    message = "a second document begins here"
    assert [problem[:3] for problem in source.problems] == [(Position(FILE, line, column), "DG005", message)]


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("ports: {»8787: http}\n", "ports: the key 8787 is not text"),
        ("»true: 1\n", "the key true is not text"),
        ("»1.5: 1\n", "the key 1.5 is not text"),
        ("»~: 1\n", "the key ~ is not text"),
        ("? »[a]\n: 1\n", "a list or map cannot be a key"),
        ("image: {»{ .Values.image }}\n", "image: a list or map cannot be a key"),
    ],
)
def test_keys_are_text(marked: str, message: str) -> None:
    source, [(line, column)] = find(marked)
    assert [problem[:3] for problem in source.problems] == [(Position(FILE, line, column), "DG006", message)]


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("a: b»\u2028c\n", "the character U+2028 is not allowed"),
        ("# é»\x85\na: 1\n", "the character U+0085 is not allowed"),
        ('a: [»"b\\P"]\n', "a.0: the character U+2029 is not allowed"),
        ('a: {»"\\x9b": 1}\n', "a: the character U+009B is not allowed"),
    ],
)
def test_characters_that_do_not_survive_are_a_problem(marked: str, message: str) -> None:
    source, [(line, column)] = find(marked)
    assert [problem[:3] for problem in source.problems] == [(Position(FILE, line, column), "DG007", message)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_what_is_nested_without_end_is_left_alone(opening: str) -> None:
    problem = read(opening * (LARGEST // len(opening))).problems[-1]
    assert (problem.code, problem.message) == ("DG008", "nested more than 100 levels deep")


def test_what_is_nested_deep_enough_is_read() -> None:
    assert read("[" * DEEPEST + "]" * DEEPEST).problems == ()
    assert read("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)).problems[0].at.column == DEEPEST + 1


def test_a_large_file_is_not_read() -> None:
    assert read("#" * LARGEST).problems == ()
    problem = (Position(FILE), "DG009", f"has {LARGEST + 1} bytes, more than {LARGEST}")
    assert read("#" * (LARGEST + 1)).problems[0][:3] == problem


def test_aliases_that_multiply_cost_nothing() -> None:
    levels = [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n" for level in range(1, 99)]
    assert {problem.code for problem in read("a0: &a0 1\n" + "".join(levels)).problems} == {"DG004"}


def test_what_cannot_be_known_is_no_value() -> None:
    assert read("a: *b\n").value is read("a: 1\n---\nb: 2\n").value is read("a: [\n").value is None
    assert read("a: 1\na: 2\nb: on\n3: c\n").value == {"a": 1, "b": "on", "3": "c"}


def test_all_problems_are_reported_at_once() -> None:
    source, places = find("»on: 1\na: »yes\n»a: 2\n»3: 4\nb: [»1e3, »&c d]\ne: {f\n»")
    codes = ["DG003", "DG003", "DG002", "DG006", "DG003", "DG004", "DG001"]
    assert [(problem.code, problem.at[1:]) for problem in source.problems] == list(zip(codes, places, strict=True))


letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
texts = st.text(letters, max_size=20) | st.sampled_from([*TRAPS, *ORDINARY, "", "a: b", "# a", "- a", "a\nb\n"])
decimals = st.decimals(-(10**9), 10**9, places=4).map(float)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | decimals | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20
)


@settings(max_examples=300)
@given(values)
def test_what_is_written_is_read(value: object) -> None:
    source = read(dump(value))
    assert (source.value, source.problems) == (value, ())


shapes = st.recursive(
    st.none(), lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple), max_leaves=12
)


def fill(shape: Any, names: Iterator[str]) -> Any:
    """Make lists of lists, maps of tuples, and give every key and scalar a name of its own."""
    if isinstance(shape, tuple):
        return {next(names): fill(part, names) for part in shape}
    return [fill(part, names) for part in shape] if isinstance(shape, list) else next(names)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for part in value if isinstance(value, dict) else range(len(value)):
            yield from walk(value[part], (*path, part))


def write_flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_flow_in_lines(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=3).replace("\n", "  # 😀\n")


@given(shapes, st.sampled_from([dump, write_flow, write_flow_in_lines]))
def test_places_are_where_keys_and_scalars_are_written(shape: Any, write: Any) -> None:
    value = fill(shape, (f"é{number}" for number in count()))
    text: str = write(value)
    source = read(text)

    lines = text.split("\n")

    def written_at(place: Position) -> str:
        return lines[place.line - 1][place.column - 1 :].lstrip("\"'")

    for path, part in walk(value):
        if path and isinstance(path[-1], str):
            assert written_at(source.at(path, key=True)).startswith(path[-1])
        if isinstance(part, str):
            assert written_at(source.at(path)).startswith(part)
        assert source.depth(path) == len(path)


yaml_like = st.text("ab01eyn:-.,[]{}'\"#|>?&*!%@~_=< \n\t", max_size=40) | st.lists(
    st.sampled_from(
        [*TRAPS, *ORDINARY, "a: ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", '"', "'", ": ", "# ", "&a ", "*a"]
    )
).map("".join)


@settings(max_examples=500)
@given(yaml_like | st.text())
def test_what_is_no_problem_is_read_alike_by_readers_of_yaml_1_1(text: str) -> None:
    source = read(text)
    if not source.problems:
        assert yaml.load(text, Loader=yaml.CSafeLoader) == source.value


@given(st.binary() | yaml_like.map(str.encode))
def test_every_problem_is_inside_the_file(data: bytes) -> None:
    lines = data.decode(errors="replace").split("\n")
    for problem in parse(data, FILE).problems:
        assert 1 <= problem.at.line <= len(lines) + 1
        assert problem.at.column >= 1


def build(folder: FilePath, example: str) -> Any:
    (folder / "example.yaml").write_text(example, encoding="utf-8")
    (folder / "kustomization.yaml").write_text("resources: [example.yaml]")
    return yaml.safe_load(run("kustomize", "build", str(folder)).output)


@pytest.mark.tools
@settings(PROCESS)
@given(st.lists(st.from_regex(r"[-+.0-9a-fxoXO_:eETZ]{1,10}", fullmatch=True), min_size=300, max_size=300))
def test_what_is_no_problem_is_read_alike_by_kustomize(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[str]
) -> None:
    plain = [text for text in [*ORDINARY, *drawn] if not read(f"a: {text}\n").problems]
    head = "apiVersion: example.com/v1\nkind: Example\nmetadata: {name: a}\nspec:\n"
    text = head + "".join(f"  k{index}: {text}\n" for index, text in enumerate(plain))
    folder = tmp_path_factory.mktemp("overlay")
    assert build(folder, text) == build(folder, json.dumps(read(text).value))


def test_many_documents_are_read_in_time_and_too_many_refused() -> None:
    text = b"---\na: 1\n" * 10_000
    sources = parse_all(text, FILE)
    assert len(sources) == 10_000
    assert sources[-1].at(("a",)) == Position(FILE, 20_000, 4)
    [refused] = parse_all(text + b"---\n", FILE)
    assert [problem.code for problem in refused.problems] == ["DG009"]


def test_problems_of_a_later_document_stand_where_they_are() -> None:
    _, second, third = parse_all(b"a: 1\n---\nb: 1\nb: 2\n---\nc: [1\nd: 2\n", FILE)
    [duplicate] = second.problems
    assert (duplicate.at.line, duplicate.message) == (4, "the key b stands in line 3 already")
    [unclosed] = third.problems
    assert (unclosed.at.line, unclosed.message) == (7, "a comma is missing here, or the ] for the [ in line 6")
    [odd] = parse_all(b"a: 1\n---\nb: \x01\n", FILE)[1].problems
    assert odd.at == Position(FILE, 3, 4)
