"""JSON 6902: which operations make one object of another.

Custom resources are patched so, since a strategic merge replaces their lists whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.kubernetes.merge import Keys, name_element
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, join_pointer


def find_operations(base: Object, wanted: Object, keys: Keys) -> list[Object]:
    """Operations, in order, that make `wanted` of `base`; elements of lists are known by `keys`."""
    return list(_change(base, wanted, (), keys))


def apply_operations(body: Object, operations: Sequence[Any]) -> Object:
    """What operations make of an object. Raises `ValueError` in words if one does not fit."""
    import jsonpatch  # noqa: PLC0415 - slow to load, and rarely needed
    import jsonpointer  # noqa: PLC0415 - as above

    try:
        result: Object = jsonpatch.apply_patch(body, list(operations))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError) as error:
        # The library shows the whole object after these words.
        raise ValueError(str(error).partition(" in {")[0]) from error
    return result


def _change(base: Any, wanted: Any, path: Path, keys: Keys) -> Iterator[Object]:
    if base == wanted:
        return
    if isinstance(base, Mapping) and isinstance(wanted, Mapping):
        yield from _change_map(base, wanted, path, keys)
    elif isinstance(base, list) and isinstance(wanted, list) and path[-1] in keys:
        yield from _change_list(base, wanted, path, keys)
    else:
        yield _operation("replace", path, wanted)


def _change_map(base: Mapping[str, Any], wanted: Mapping[str, Any], path: Path, keys: Keys) -> Iterator[Object]:
    for key in base:
        if key not in wanted:
            yield _operation("remove", (*path, key))
    for key, value in wanted.items():
        if key in base:
            yield from _change(base[key], value, (*path, key), keys)
        else:
            yield _operation("add", (*path, key), value)


def _change_list(base: Sequence[Any], wanted: Sequence[Any], path: Path, keys: Keys) -> Iterator[Object]:
    old, new = ([name_element(it, keys[str(path[-1])]) for it in elements] for elements in (base, wanted))
    moved = [name for name in old if name in new] != [name for name in new if name in old]
    if moved or len(set(new)) < len(new) or len(set(old)) < len(old):
        yield _operation("replace", path, list(wanted))
        return
    for index in reversed(range(len(base))):
        if old[index] not in new:
            yield _operation("remove", (*path, index))
    for index, element in enumerate(wanted):
        if new[index] in old:
            yield from _change(base[old.index(new[index])], element, (*path, index), keys)
        else:
            yield _operation("add", (*path, index), element)


def _operation(name: str, path: Path, *value: Any) -> Object:
    return {"op": name, "path": join_pointer(path), **({"value": value[0]} if value else {})}
