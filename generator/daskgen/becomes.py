"""Where a value of the spec came from, and what it turns into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from daskgen.findings.problem import Position
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import find_minors
from daskgen.layers.truth import Identity, index_truth
from daskgen.paths import Path, find_differences, get, has
from daskgen.render.cluster import RenderedCluster, build_objects
from daskgen.spec.cluster import Cluster

Objects = Mapping[tuple[str, str], Object]


class Origin(NamedTuple):
    """A value of the spec; `at` is None for daskgen's own default."""

    value: Any
    at: Position | None


class Outcome(NamedTuple):
    """A place in an object, as Kubernetes gets it, that depends on a value; no path: the whole object does."""

    kind: str
    name: str
    path: Path
    value: Any


def find_value(prepared: RenderedCluster, path: Path) -> Origin:
    """The value at `path` and who wrote it. Raises `KeyError` if there is no such field."""
    layer, depth = prepared.written.owner(path)
    if depth == len(path):
        return Origin(get(layer.value(), path), prepared.written.at(path))
    everything = _dump(prepared)
    if not has(get(everything, path[:-1]), path[-1]):
        raise KeyError(path[-1])
    return Origin(get(everything, path), None)


def find_outcomes(prepared: RenderedCluster, path: Path) -> list[Outcome]:
    """Every place that is another one if the value at `path` is.

    Found by trying: the spec is built again with another value, and the two are compared.
    """
    before = _index(prepared.valid)
    for spec in _vary(prepared, path):
        try:
            after = _index(Cluster.model_validate(spec))
        except ValidationError:
            continue
        if before != after:
            return list(_compare(before, after))
    return []


def _compare(before: Objects, after: Objects) -> Iterator[Outcome]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old and new:
            for path, value, other in find_differences(old, new):
                yield Outcome(key[0], old["metadata"]["name"], path, _find_lines(value, other))
        elif old:
            yield Outcome(key[0], old["metadata"]["name"], (), None)


def _find_lines(value: Any, other: Any) -> Any:
    """Of a text of several lines, those that differ."""
    if not (isinstance(value, str) and isinstance(other, str) and "\n" in value):
        return value
    there = other.splitlines()
    return ", ".join(line.strip() for line in value.splitlines() if line not in there)


def _index(cluster: Cluster) -> Objects:
    resources, _ = build_objects(cluster, find_minors()[-1])
    identity = Identity(cluster.name, cluster.namespace.name, cluster.image.reference)
    return index_truth(resources, identity)


def _vary(prepared: RenderedCluster, path: Path) -> Iterator[dict[str, Any]]:
    """The spec with other values at `path`, likely ones first, and last without any."""
    for other in (*_find_others(find_value(prepared, path).value), ABSENT):
        spec = _dump(prepared)
        parent: Any = get(spec, path[:-1])
        if other is not ABSENT:
            parent[path[-1]] = other
        else:
            del parent[path[-1]]
        yield spec


def _dump(prepared: RenderedCluster) -> dict[str, Any]:
    """The whole spec, with everything that nobody wrote."""
    return prepared.valid.model_dump(mode="json", by_alias=True)


ABSENT = object()


def _find_others(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        if amount := re.match(r"(\d+)(.*)", value):
            yield f"{int(amount[1]) + 1}{amount[2]}"
        yield f"{value}x"
