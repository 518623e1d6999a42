"""Apply a strategic merge patch to an object, and find the patch that makes one object of another.

The keys of each kind are in `kubernetes/kinds.py`. What kustomize 5.8.1 does with the order of lists was
measured: elements named by a patch come first, in the patch's order, then the others; where a list has two keys
(`topologySpreadConstraints`), changed elements stay in place.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from daskgen.kubernetes.objects import Object

Keys = Mapping[str, str]
"""Lists whose elements have a name, and the fields with it; several are separated by a space."""

SECOND_KEY = "protocol"
"""The key of ports beside the number: the protocol, if it is set."""

REPLACE = {"$patch": "replace"}


def merge_patch(base: Any, patch: Any, keys: Keys) -> Any:
    """Apply `patch` as Kubernetes does: maps merge, null removes, elements with a name merge, the rest is replaced.

    Any JSON value may patch any other: the result need not have the shape of an object.
    """
    if not isinstance(patch, Mapping):
        return patch
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    merged = dict(base) if isinstance(base, Mapping) else {}
    for key, value in patch.items():
        if value is None or _is_deleted(value):
            merged.pop(key, None)
        elif key in keys and isinstance(value, list):
            merged[key] = _merge_list(merged.get(key, []), value, keys[key], keys)
        else:
            merged[key] = merge_patch(merged.get(key), value, keys)
    return merged


def _merge_list(base: Any, patch: Sequence[Any], key: str, keys: Keys) -> list[Any]:
    if REPLACE in patch or not isinstance(base, list):
        return [element for element in patch if element != REPLACE]
    merged: dict[Any, Any] = {name_element(element, key): element for element in base}
    for element in patch:
        name = name_element(element, key)
        if _is_deleted(element):
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), element, keys)
    return list(merged.values())


def _is_deleted(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("$patch") == "delete"


def name_element(element: Any, key: str) -> Hashable:
    """Return the value that identifies an element of a list: that of its merge key, else the element itself."""
    if not isinstance(element, Mapping):
        return json.dumps(element)
    names = [element.get(field) for field in key.split()]
    return tuple(name if isinstance(name, Hashable) else json.dumps(name) for name in names)


def find_difference(base: Object, wanted: Object, keys: Keys) -> Object:
    """Return the smallest patch by which kustomize turns `base` into `wanted`, with its order of lists; {} if equal."""
    patch: Object = {
        key: _difference(key, base.get(key), value, keys)
        for key, value in wanted.items()
        if key not in base or base[key] != value
    }
    if not base.keys() <= wanted.keys():
        patch.update((key, None) for key in base if key not in wanted)
    return patch


def _difference(key: str, base: Any, wanted: Any, keys: Keys) -> Any:
    if isinstance(base, dict) and isinstance(wanted, dict):
        return find_difference(base, wanted, keys)
    if isinstance(base, list) and isinstance(wanted, list) and key in keys:
        return _list_difference(key, base, wanted, keys)
    return wanted


def _list_difference(list_name: str, base: list[Object], wanted: list[Object], keys: Keys) -> list[Object]:
    key = keys[list_name]
    old, new = _name_elements(key, base), _name_elements(key, wanted)
    by_protocol = list_name == "ports" and any(SECOND_KEY in port for port in [*base, *wanted])
    if not new or old is None or by_protocol:
        return [REPLACE, *wanted]
    first = list(new)[: len(new) - _count_unmoved(old, new)]
    return [
        *({key: name, **find_difference(old[name], new[name], keys)} if name in old else new[name] for name in first),
        *({key: name, "$patch": "delete"} for name in old if name not in new),
    ]


def _name_elements(key: str, elements: list[Object]) -> dict[Any, Object] | None:
    """Return the elements of a list by their names; None unless the names are unique."""
    named = {element.get(key): element for element in elements}
    return named if None not in named and len(named) == len(elements) else None


def _count_unmoved(base: dict[Any, Object], wanted: dict[Any, Object]) -> int:
    """Count the elements at the end of `wanted` that are in `base` unchanged and in that order."""
    left = reversed(base.items())
    for count, named in enumerate(reversed(wanted.items())):
        if named not in left:
            return count
    return len(wanted)
