"""What is written is read as it was meant, by every reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from daskgen.outside.tools import run
from daskgen.yaml.write import dump, dump_all, dump_slowly

WORDS = [
    word
    for line in (
        "~ null Null true True FALSE y Y n N yes Yes no NO on On off OFF yEs = << - -- --- ... ? : # @ ! % | >",
        "0 08 0o10 0O10 0x1F 0b1 1_000 1e3 1E-3 .5 1. 1.10 +1 -0 12e45 0192117 .inf -.INF .nan 1:30 1:30:00",
        "2026-11-21 2026-11-21T10:00:00Z 9999999999999999999999 2026.8.0 16Gi 500m 10.0.0.0/8 25% $(POD_NAME)",
        "tcp://a:8786 --no-dashboard a,b a: #a a# *a &a !a %a @a `a 'a' \"a\" it's {a} [a] a\\b é 😀 a😀b",
    )
    for word in line.split()
]
PHRASES = [
    "",
    " ",
    "  a",
    "a  ",
    "a  b",
    "a: b",
    "a #b",
    "a# b",
    "- a",
    "? a",
    ": a",
    "a\tb",
    "\ta",
    "a\t",
    "\u00a0",
    "x" * 200,
]
LINES = ["a\nb", "a\nb\n", "a\n\n", "\n", "\na", "  a\nb", "a\n  b\n", "a \nb", "a\n\n\nb\n", "# a\nb: c\n", "\ta\nb\n"]
RARE = ["a\n---\nb\n", "a\r\nb\r\n", "a\rb", "a\x85b", "a\u2028b", "a\u2029b\n", "\ufeffa", "a\x00b", "a\x07", "a\x9b"]
TRICKY = [*WORDS, *PHRASES, *LINES, *RARE]

# Few examples, as each starts a process; not shrunk, as that would take minutes.
PROCESS = settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

REFUSED_BY_KUSTOMIZE = re.compile("[\x7f-\x9f\ufffe\uffff]")
"""Even when escaped."""
ESCAPED_IN_JSON = {ord(character): f"\\u{ord(character):04x}" for character in "\u2028\u2029\ufeff"}

numbers_almost = st.from_regex(r"[-+.0-9a-fxXoObBeE_:]{1,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TRICKY) | numbers_almost
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=20,
    )


def test_a_deployment_reads_as_people_write_one() -> None:
    container = {
        "name": "worker",
        "args": ["dask", "worker", "--worker-port", "8789"],
        "env": [],
        "tty": None,
    }
    assert dump({"spec": {"replicas": 2, "paused": False, "containers": [container]}}) == (
        "spec:\n"
        "  replicas: 2\n"
        "  paused: false\n"
        "  containers:\n"
        "  - name: worker\n"
        "    args:\n"
        "    - dask\n"
        "    - worker\n"
        "    - --worker-port\n"
        "    - '8789'\n"
        "    env: []\n"
        "    tty: null\n"
    )


def test_documents_are_separated() -> None:
    assert dump_all([{"a": 1}, {"b": 2}]) == "a: 1\n---\nb: 2\n"
    assert dump_all([]) == ""


def test_lines_of_a_text_stay_lines() -> None:
    assert dump({"files": [{"run.sh": "one\n\n  two\n"}]}) == "files:\n- run.sh: |\n    one\n\n      two\n"


def test_long_lines_are_not_folded() -> None:
    assert dump({"a": "word " * 5000 + "end"}).count("\n") == 1


def test_a_value_used_twice_is_written_twice() -> None:
    labels = {"a": "b"}
    assert dump({"one": labels, "two": labels}) == "one:\n  a: b\ntwo:\n  a: b\n"


def test_values_that_yaml_has_no_form_for_are_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="cannot represent an object"):
        dump({"path": Path("/data")})


@pytest.mark.parametrize("text", TRICKY)
def test_tricky_texts_stay_what_they_are(text: str) -> None:
    values: list[Any] = [
        text,
        [text],
        [[text]],
        {"key": text},
        {"key": [text]},
        [{"key": [{"key": text}]}],
        {text: 1},
    ]
    assert [yaml.safe_load(dump(value)) for value in values] == values


@settings(max_examples=500)
@given(nested(scalars))
def test_the_layout_is_that_of_pyyaml(value: Any) -> None:
    assert dump(value) == dump_slowly(value)


@given(st.dictionaries(st.none() | st.booleans() | st.integers() | st.text("ab: \n", max_size=150), scalars))
def test_unusual_keys_are_written_as_pyyaml_writes_them(value: Any) -> None:
    assert dump(value) == dump_slowly(value)


@given(nested(scalars))
def test_readers_of_yaml_1_1_read_what_was_written(value: Any) -> None:
    assert yaml.safe_load(dump(value)) == value


def is_readable(text: str) -> bool:
    return not REFUSED_BY_KUSTOMIZE.search(text)


def build(folder: Path, example: str) -> str:
    (folder / "example.yaml").write_text(example, encoding="utf-8")
    (folder / "kustomization.yaml").write_text("resources: [example.yaml]")
    return run("kustomize", "build", str(folder)).output


@pytest.mark.tools
@settings(PROCESS)
@given(st.lists(texts.filter(is_readable), min_size=300, max_size=300))
def test_kustomize_reads_what_it_reads_in_json(tmp_path_factory: pytest.TempPathFactory, drawn: list[str]) -> None:
    example: dict[str, Any] = {"apiVersion": "example.com/v1", "kind": "Example", "metadata": {"name": "a"}}
    example["spec"] = [{text: [text]} for text in [*filter(is_readable, TRICKY), *drawn]]
    folder = tmp_path_factory.mktemp("overlay")
    in_json = json.dumps(example, ensure_ascii=False).translate(ESCAPED_IN_JSON)
    assert build(folder, dump(example)) == build(folder, in_json)
