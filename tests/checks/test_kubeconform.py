from __future__ import annotations

import json
from typing import Any

import pytest

from daskgen.checks import kubeconform
from daskgen.checks.kubeconform import Invalid, validate
from daskgen.findings.problem import ToolError
from daskgen.kubernetes.schema import find_minors
from daskgen.outside import tools
from daskgen.outside.processes import Result
from daskgen.paths import split_pointer


def config_map(name: str = "dask", namespace: str = "analytics", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, **fields}


def deployment(**container: Any) -> dict[str, Any]:
    labels = {"app": "dask"}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "worker", "image": "dask", **container}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pods}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "worker"}, "spec": spec}


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let kubeconform give another answer than it would."""

    def let_answer(output: str, errors: str = "") -> None:
        monkeypatch.setattr(tools, "run", lambda *_, **__: Result(0, output, errors))

    return let_answer


@pytest.mark.tools
def test_valid_objects_have_no_findings() -> None:
    assert validate([config_map(), deployment()], "1.34") == []
    assert validate([], "1.34") == []


@pytest.mark.tools
def test_every_mistake_is_found_with_its_path() -> None:
    wrong = deployment(ports=[{"containerPort": 8786}, {"containerPort": "8787"}], comand=["dask"])
    wrong["spec"]["replica"] = 2
    assert validate([wrong], "1.34") == [
        Invalid(0, ("spec",), "additional properties 'replica' not allowed", ("replica",)),
        Invalid(
            0, ("spec", "template", "spec", "containers", 0), "additional properties 'comand' not allowed", ("comand",)
        ),
        Invalid(
            0,
            ("spec", "template", "spec", "containers", 0, "ports", 1, "containerPort"),
            "got string, want integer",
        ),
    ]


@pytest.mark.tools
def test_objects_of_one_name_are_told_apart() -> None:
    objects = [config_map(namespace=f"team-{number}") for number in range(40)]
    objects[7]["dta"] = objects[23]["data"] = {"a": 1}
    assert [(finding.place, finding.path) for finding in validate(objects, "1.34")] == [(7, ()), (23, ("data", "a"))]


@pytest.mark.tools
def test_places_count_through_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubeconform, "BATCH", 2)
    objects = [config_map(), config_map(), config_map(), config_map(dta={}), config_map(dta={})]
    assert [finding.place for finding in validate(objects, "1.34")] == [3, 4]


@pytest.mark.tools
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {**config_map(), "apiVersion": "extensions/v1beta1"},
            "could not find schema for ConfigMap in extensions/v1beta1",
        ),
        ({"apiVersion": "v1", "metadata": {"name": "dask"}}, "error while parsing: missing 'kind' key"),
        ({}, "error while parsing: missing 'kind' key"),
    ],
)
def test_an_object_without_schema_is_a_finding(body: dict[str, Any], words: str) -> None:
    assert validate([body, config_map()], "1.34") == [Invalid(0, (), words)]


@pytest.mark.tools
@pytest.mark.parametrize(
    "text",
    [
        "it's",
        "- at '/data': x",
        'say "no"',
        "back\\slash",
        "a/b~c",
        "größe",
        "emoji 😀",
        "del \x7f",
        "line\u2028end",
        "---\n",
    ],
)
def test_any_text_comes_through(text: str) -> None:
    assert validate([config_map(data={"text": text})], "1.34") == []
    findings = validate([{**config_map(data={"text": text, "list": [text]}), text: 1}], "1.34")
    assert [finding.path for finding in findings] == [(), ("data", "list")]


@pytest.mark.tools
def test_a_key_that_looks_like_a_number_stays_a_key() -> None:
    wrong = config_map(data={"0": 1})
    assert [finding.path for finding in validate([wrong], "1.34")] == [("data", "0")]


def test_another_kubernetes_is_refused() -> None:
    with pytest.raises(ToolError, match=r"there are no schemas for Kubernetes 1\.20, only for 1\.31 to 1\."):
        validate([config_map()], "1.20")


def test_minors_are_in_the_order_of_their_numbers() -> None:
    assert find_minors()[:2] == ["1.31", "1.32"]
    assert find_minors() == sorted(find_minors(), key=lambda minor: int(minor.partition(".")[2]))


@pytest.mark.parametrize("output", ["", "not JSON", "[]", '{"resources": []}', '{"summary": {"valid": 1}}'])
def test_an_answer_that_cannot_be_read_is_an_error(answer: Any, output: str) -> None:
    answer(output, "failed initialising schema location registry")
    with pytest.raises(ToolError, match="no answer that can be read: failed initialising"):
        validate([config_map()], "1.34")


def test_an_object_that_was_not_judged_is_an_error(answer: Any) -> None:
    answer(json.dumps({"resources": [], "summary": {"valid": 1, "invalid": 0, "errors": 0, "skipped": 0}}))
    with pytest.raises(ToolError, match="kubeconform checked 1 of 2 objects"):
        validate([config_map(), config_map()], "1.34")


def test_a_pointer_is_a_path() -> None:
    assert split_pointer("/metadata/annotations/example.com~1a~0b") == ("metadata", "annotations", "example.com/a~b")
    assert split_pointer("/spec/ports/0") == ("spec", "ports", 0)
    assert split_pointer("") == ()
