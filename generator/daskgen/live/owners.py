"""Find who set the fields of an object, from its managed fields.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.kubernetes.dry_run import Override
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path

Step = tuple[str, Any]
"""Prefix and content of a step: `f` a key, `k` the fields that identify an element, `v` an element, `i` an index."""


def find_manager(live: Object) -> str:
    """Return the field manager that applied an object last; "" without server-side apply.

    Only an apply by the same manager removes fields that the last one had and the new one lacks.
    """
    applied = [entry for entry in _find_entries(live) if entry.get("operation") == "Apply"]
    return max(applied, key=lambda entry: entry.get("time", ""))["manager"] if applied else ""


def find_overrides(live: Object, applied: Object) -> Iterator[Override]:
    """List the fields that other managers have set in an object, whose rendered form is `applied`."""
    manager = find_manager(live)
    told = set()
    for entry in _find_entries(live):
        if (entry["manager"], entry.get("operation")) == (manager, "Apply"):
            continue
        for steps in _find_leaves(entry.get("fieldsV1", {})):
            before, after, path = _get(live, steps), _get(applied, steps), _find_path(live, steps)
            if before != after and path not in told:
                told.add(path)
                yield Override(path, before, after, entry["manager"])


def _find_entries(live: Object) -> list[Object]:
    entries = live["metadata"].get("managedFields", [])
    return [entry for entry in entries if entry.get("subresource") != "status"]


def _find_leaves(fields: Mapping[str, Any], steps: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the paths of the leaves. `.` stands for an element itself, and is left out as its fields say more."""
    for name, inner in fields.items():
        if name != ".":
            sort, _, what = name.partition(":")
            deeper = (*steps, (sort, what if sort == "f" else json.loads(what)))
            yield from _find_leaves(inner, deeper) if inner else [deeper]


def _get(value: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        key = _find_key(value, step)
        if key is None:
            return None
        value = value[key]
    return value


def _find_path(value: Any, steps: Sequence[Step]) -> Path:
    """Return the keys and indexes to which steps lead; None if the object has no such field."""
    return tuple(
        what if sort == "f" else "=".join(map(str, what.values())) if isinstance(what, Mapping) else str(what)
        for sort, what in steps
    )


def _find_key(value: Any, step: Step) -> str | int | None:
    """Return the key or index to which a step leads; None if there is none."""
    sort, what = step
    if isinstance(value, dict):
        return what if sort == "f" and what in value else None
    if not isinstance(value, list):
        return None
    if sort == "i":
        return what if what < len(value) else None
    alike = (
        index
        for index, element in enumerate(value)
        if (element == what if sort == "v" else isinstance(element, dict) and what.items() <= element.items())
    )
    return next(alike, None)
