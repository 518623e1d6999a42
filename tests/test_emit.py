"""What is written is read as it was meant, by every reader."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from daskgen.checks.kustomize import read
from daskgen.emit import dump, dump_all, dump_slowly
from daskgen.source import parse
from daskgen.tools import run

TRICKY = [
    *(
        "",
        " ",
        "~",
        "null",
        "Null",
        "true",
        "True",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "Y",
        "N",
        "=",
        "<<",
        "-",
        "?",
        ":",
    ),
    *(
        "0",
        "08",
        "0o10",
        "0x1F",
        "0b1",
        "1_000",
        "1e3",
        "1E-3",
        ".5",
        "1.",
        "1.10",
        "+1",
        "-0",
        ".inf",
        ".nan",
        "1:30:00",
    ),
    *(
        "2026-11-21",
        "2026-11-21T10:00:00Z",
        "2026.8.0",
        "16Gi",
        "500m",
        "10.0.0.0/8",
        "tcp://a:8786",
        "a: b",
        "a #b",
        "#a",
    ),
    *(
        "- a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a'",
        '"a"',
        "{a}",
        "[a]",
        "a,b",
        "a\tb",
        "\ta",
        " a",
        "a ",
        "é",
        "😀",
    ),
]

texts = st.text() | st.sampled_from(TRICKY) | st.from_regex(r"[-+.0-9a-fxoXO_:eE]{1,8}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def test_a_deployment_reads_as_people_write_one() -> None:
    container = {"name": "worker", "args": ["dask", "worker", "--worker-port", "8789"], "env": []}
    assert dump({"spec": {"replicas": 2, "containers": [container]}}) == (
        "spec:\n"
        "  replicas: 2\n"
        "  containers:\n"
        "  - name: worker\n"
        "    args:\n"
        "    - dask\n"
        "    - worker\n"
        "    - --worker-port\n"
        "    - '8789'\n"
        "    env: []\n"
    )


def test_documents_are_separated() -> None:
    assert dump_all([{"a": 1}, {"b": 2}]) == "a: 1\n---\nb: 2\n"


def test_lines_of_a_text_stay_lines() -> None:
    assert dump({"script": "one\ntwo\n"}) == "script: |\n  one\n  two\n"


def test_a_value_used_twice_is_written_twice() -> None:
    labels = {"a": "b"}
    assert dump({"one": labels, "two": labels}) == "one:\n  a: b\ntwo:\n  a: b\n"


@given(values)
@settings(max_examples=500)
def test_layout_is_that_of_pyyaml(value: object) -> None:
    assert dump(value) == dump_slowly(value)


@given(values)
def test_yaml_1_1_readers_read_what_was_written(value: object) -> None:
    assert yaml.safe_load(dump(value)) == value


printable = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"], exclude_characters="\ufeff"))
own_values = st.recursive(
    st.none() | st.booleans() | st.integers() | printable | st.sampled_from(TRICKY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable | st.sampled_from(TRICKY), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(printable, own_values, min_size=1, max_size=4))
def test_our_own_reader_reads_what_was_written(value: dict[str, object]) -> None:
    source = parse(dump(value).encode(), "file.yaml")
    assert (source.value, source.problems) == (value, ())


@pytest.mark.tools
@given(st.lists(printable | st.from_regex(r"[-+.0-9a-fxoXO_:eE]{1,8}", fullmatch=True), min_size=300, max_size=300))
@settings(max_examples=5, deadline=None)
def test_kustomize_reads_what_was_written(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> None:
    folder = tmp_path_factory.mktemp("kustomize")
    data = {f"k{index}": text for index, text in enumerate([*TRICKY, *strings])}
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}
    (folder / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    (folder / "a.yaml").write_text(dump(config_map), encoding="utf-8")
    built = run("kustomize", "build", str(folder)).output
    assert read(built)[0]["data"] == data
