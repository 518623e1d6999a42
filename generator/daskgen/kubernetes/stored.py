"""Compute what the API server stores for a custom resource: it drops fields, and fills in defaults.

The definitions are those of dask-kubernetes (`scripts/make_definitions.py`). Fields that a definition does not have
are dropped when an object is stored, and its defaults are filled in:
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning.
The steps are those of k8s.io/apiextensions-apiserver, pkg/apiserver/schema/{pruning,defaulting}/algorithm.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path

DEFINITIONS = files("daskgen") / "data" / "operator"

PRESERVE = "x-kubernetes-preserve-unknown-fields"

OWN = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object", PRESERVE: True}}
"""Fields of every object, which are in no definition."""

Schema = Mapping[str, Any]


class Stored(NamedTuple):
    """An object as it is stored, and the places where it differs from the written one."""

    body: Object
    dropped: tuple[Path, ...] = ()
    filled: tuple[Path, ...] = ()


def store(body: Object) -> Stored:
    """Return what is stored for `body`. Kubernetes' own kinds are assumed to be stored unchanged."""
    if body["kind"] not in CUSTOM:
        return Stored(body)
    visit = _Visit([], [])
    kept = visit.keep(body, read_schema(body["kind"]), ())
    return Stored(kept, tuple(visit.dropped), tuple(visit.filled))


def find_dropped(body: Object) -> tuple[Path, ...]:
    """Find the fields of `body` that the server drops silently."""
    return store(body).dropped


@cache
def read_schema(kind: str) -> Schema:
    """Return the schema by which the server prunes objects of a custom kind."""
    definition = json.loads((DEFINITIONS / f"{kind.lower()}.json").read_text("utf-8"))
    (version,) = definition["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    return {**schema, "properties": {**OWN, **schema["properties"]}}


class _Visit(NamedTuple):
    """A walk through an object that records dropped fields and defaults."""

    dropped: list[Path]
    filled: list[Path]

    def keep(self, value: Any, schema: Schema, path: Path) -> Any:
        """Return what is stored for `value`, or `value` itself if its type is wrong, which the server refuses."""
        if isinstance(value, dict) and schema.get("type") == "object":
            return self._fill_in(self._keep_fields(value, schema, path), schema, path)
        if isinstance(value, list) and "items" in schema:
            return [self.keep(item, schema["items"], (*path, index)) for index, item in enumerate(value)]
        return deepcopy(value)

    def _keep_fields(self, value: Object, schema: Schema, path: Path) -> Object:
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        kept: Object = {}
        for key, item in value.items():
            known = fields.get(key, others if isinstance(others, dict) else None)
            if known is not None:
                # A null is no value, unless the definition allows it.
                if item is not None or known.get("nullable"):
                    kept[key] = self.keep(item, known, (*path, key))
            elif schema.get(PRESERVE) or others is True:
                kept[key] = deepcopy(item)
            else:
                self.dropped.append((*path, key))
        return kept

    def _fill_in(self, value: Object, schema: Schema, path: Path) -> Object:
        for key, known in schema.get("properties", {}).items():
            if key not in value and "default" in known:
                value[key] = deepcopy(known["default"])
                self.filled.append((*path, key))
        return value
