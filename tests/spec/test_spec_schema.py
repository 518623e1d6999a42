"""What editors are told of specs: they accept what daskgen accepts, and underline what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from daskgen.spec.schema import make_schemas
from daskgen.yaml.read import parse
from support.places import TESTS

SCHEMAS = {name: Draft202012Validator(json.loads(text)) for name, text in make_schemas().items()}
GOOD = sorted((TESTS / "golden").glob("*/clusters/**/*.yaml"))


def read(path: Path) -> Any:
    return parse(path.read_bytes(), path.name).value


@pytest.mark.parametrize("path", GOOD, ids=[path.stem for path in GOOD])
def test_good_clusters(path: Path) -> None:
    assert [error.message for error in SCHEMAS["cluster.json"].iter_errors(read(path))] == []


@pytest.mark.parametrize("path", sorted((TESTS / "golden").glob("*/daskgen.yaml")), ids=lambda path: path.parent.name)
def test_good_fleets(path: Path) -> None:
    assert [error.message for error in SCHEMAS["fleet.json"].iter_errors(read(path))] == []


@pytest.mark.parametrize(
    "case",
    [
        "unknown-fields",
        "unknown-kind",
        "fields-of-another-kind",
        "wrong-types",
        "node-port-range",
        "name-invalid",
        "list",
    ],
)
def test_bad_clusters(case: str) -> None:
    assert list(SCHEMAS["cluster.json"].iter_errors(read(TESTS / "bad" / f"{case}.yaml")))
