"""Fields that the API server drops in the versions in which their feature gate is off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daskgen.kubernetes.gates import GATES, find_dropped
from daskgen.kubernetes.schema import SCHEMAS, find_minors
from daskgen.paths import Path, PathPattern
from support.gated import EXAMPLES, POD, set_field

SINCE = {gate.name: gate.since for gate in GATES}


def find_field(schema: Any, place: PathPattern, definitions: Any) -> bool:
    """Return whether a schema has a field at a place."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if not place:
        return True
    inner = schema.get("items") if place[0] == "*" else schema.get("properties", {}).get(place[0])
    return inner is not None and find_field(inner, place[1:], definitions)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_every_place_is_a_field_of_pods(gate: Any) -> None:
    minors = find_minors()
    known = [json.loads((SCHEMAS / minor / "deployment-apps-v1.json").read_text("utf-8"))["$defs"] for minor in minors]
    for place in gate.places:
        assert any(find_field({"$ref": "#/$defs/PodSpec"}, place, definitions) for definitions in known), place


@pytest.mark.parametrize(("name", "change", "path"), EXAMPLES)
def test_a_field_is_dropped_until_its_gate_is_on(name: str, change: Any, path: Path) -> None:
    pod, since = set_field(change), SINCE[name]
    for minor in find_minors():
        is_off = since is None or int(minor.partition(".")[2]) < since
        assert [(found.path, found.gate.name) for found in find_dropped(pod, minor)] == [(path, name)] * is_off


def test_a_pod_without_such_fields() -> None:
    assert not list(find_dropped(POD, find_minors()[0]))
