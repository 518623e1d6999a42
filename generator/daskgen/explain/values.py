"""Find other values that a field of a spec can have, from the JSON schema of the spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from daskgen.paths import Path, get
from daskgen.spec.cluster import Cluster

Node = Mapping[str, Any]
"""A schema."""

TEXTS = (
    "other",
    "another",
    "7",
    "7m",
    "/other",
    "other.example.com",
    "10.99.0.0/16",
    "2024.8.1",
    "sha256:" + "0123456789abcdef" * 4,
    "OTHER",
    "DG301",
    "memory",
    "nvidia.com/gpu",
    "another reason",
    "status.hostIP",
)
"""An example for every pattern that a field of a spec can have."""


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "7Gi"}}}

MAPS: tuple[dict[str, Any], ...] = (
    {"other": "other"},
    {"name": "other"},
    {"claimName": "other"},
    {"secretName": "other"},
    {"medium": "Memory"},
    {"driver": "other.example.com"},
    {"sources": [{"secret": {"name": "other"}}]},
    {"items": [{"path": "other", "fieldRef": {"fieldPath": "metadata.name"}}]},
    {
        "volumeClaimTemplate": {
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "7Gi"}}}
        }
    },
    {"key": "other", "operator": "Exists"},
    {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "other"}]}},
    {"topologyKey": "other", "maxSkew": 7, "whenUnsatisfiable": "DoNotSchedule"},
    {"configMapKeyRef": {"name": "other", "key": "other"}},
)
"""An example for every part of a spec in the format of Kubernetes."""

EXAMPLES: Mapping[str, tuple[dict[str, Any], ...]] = {
    "Patch": (
        {
            "target": {"kind": "NetworkPolicy", "name": "default-deny"},
            "patch": {"metadata": {"annotations": {"example.com/other": "other"}}},
        },
    )
}
"""Examples for models whose fields must fit the rest of the spec."""


@cache
def read_schema() -> Node:
    """Return the JSON schema of a cluster."""
    return Cluster.model_json_schema()


def find_schemas(spec: Any, path: Path) -> list[Node]:
    """Find the schemas of the value at `path` of a spec; more than one if it can be written in several ways."""
    nodes, value = list(expand(read_schema())), spec
    for part in path:
        nodes = [inner for node in nodes if _fits(node, value) for inner in _descend(node, part)]
        value = get(value, (part,))
    return nodes


def find_default(spec: Any, path: Path) -> Any:
    """Return the default of a field from its schema; None if it has none."""
    fields = (node.get("properties", {}).get(path[-1], {}) for node in find_schemas(spec, path[:-1]))
    return next((field["default"] for field in fields if "default" in field), None)


def list_values(nodes: Sequence[Node], value: Any) -> Iterator[Any]:
    """List other values that the schemas allow, likely ones first. Patterns and validators may still refuse some."""
    if variants := [node for node in nodes if _is_variant(node)]:
        kind = value.get("kind") if isinstance(value, Mapping) else value
        others = [node for node in variants if node["properties"]["kind"]["const"] != kind]
        yield from (example for node in others for example in _list_maps(node))
        return
    for node in nodes:
        if "enum" in node:
            yield from (member for member in node["enum"] if member != value)
        elif node.get("type") != "null" and value in (None, (), [], {}):
            yield from _list_examples(node)
    if not is_choice(nodes):
        yield from (example for node in nodes for example in node.get("examples", ()) if example != value)
        yield from _list_like(value)


def is_choice(nodes: Sequence[Node]) -> bool:
    """Return whether the schemas list every value, so that each of them can be tried."""
    return any("enum" in node or "const" in node or _is_variant(node) for node in nodes)


def make_example(node: Node) -> Any:
    """Make a value that a schema allows, with only its required fields."""
    return next(_list_examples(next(expand(node))), None)


def _list_examples(node: Node) -> Iterator[Any]:
    if "const" in node:
        yield node["const"]
    elif "enum" in node:
        yield from node["enum"]
    elif node.get("type") == "object":
        yield from _list_maps(node)
    elif node.get("type") == "array":
        yield from ([example] for inner in expand(node.get("items", {})) for example in _list_examples(inner))
    elif node.get("type") in {"integer", "number"}:
        yield from (node.get("minimum", 1), node.get("minimum", 1) + 1)
    elif node.get("type") == "boolean":
        yield from (True, False)
    elif node.get("type") in {"string", None}:
        yield from (text for text in TEXTS if _is_allowed(node, text))


def _list_maps(node: Node) -> Iterator[dict[str, Any]]:
    fields = node.get("properties", {})
    if node.get("title") in EXAMPLES:
        yield from EXAMPLES[node["title"]]
    elif fields:
        required = {name: make_example(fields[name]) for name in node.get("required", ())}
        yield required
        for name, field in fields.items():
            if name not in required:
                yield from ({**required, name: example} for inner in expand(field) for example in _list_examples(inner))
    elif "patternProperties" in node:
        for pattern, inner in node["patternProperties"].items():
            yield {next(text for text in TEXTS if re.search(pattern, text)): make_example(inner)}
    else:
        yield from MAPS


def _list_like(value: Any) -> Iterator[Any]:
    """List values of the same type."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        if amount := re.match(r"(\d+)(.*)", value, re.DOTALL):
            yield f"{int(amount[1]) + 1}{amount[2]}"
        yield from (f"{value}x", *TEXTS)


def _is_allowed(node: Node, text: str) -> bool:
    long_enough = node.get("minLength", 0) <= len(text) <= node.get("maxLength", len(text))
    return long_enough and bool(re.search(node.get("pattern", ""), text))


def expand(node: Node) -> Iterator[Node]:
    """Follow references, and list the alternatives of a schema."""
    if "$ref" in node:
        yield from expand(read_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    elif options := node.get("anyOf") or node.get("oneOf"):
        for option in options:
            yield from expand(option)
    else:
        yield node


def _descend(node: Node, part: str | int) -> Iterator[Node]:
    """Find the schemas of an element, or of the value of a key."""
    if isinstance(part, int):
        inner = node.get("items")
    else:
        inner = node.get("properties", {}).get(part) or next(
            (found for pattern, found in node.get("patternProperties", {}).items() if re.search(pattern, part)),
            node.get("additionalProperties"),
        )
    if isinstance(inner, Mapping):
        yield from expand(inner)


def _is_variant(node: Node) -> bool:
    return "const" in node.get("properties", {}).get("kind", {})


def _fits(node: Node, value: Any) -> bool:
    """Return whether a value has the type and the variant of a schema."""
    if isinstance(value, Mapping):
        kind = node["properties"]["kind"]["const"] if _is_variant(node) else value.get("kind")
        return node.get("type") == "object" and kind == value.get("kind")
    return node.get("type") == ("array" if isinstance(value, list) else node.get("type"))
