"""Find the JSON 6902 operations that make one object of another, and apply those of others.

Custom resources are patched so, since a strategic merge replaces their lists whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.kubernetes.merge import Keys, name_element
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, join_pointer

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "add": ("value",),
    "copy": ("from",),
    "move": ("from",),
    "remove": (),
    "replace": ("value",),
    "test": ("value",),
}
"""Operation to the fields it needs beside its path."""


def find_operations(base: Object, wanted: Object, keys: Keys) -> list[Object]:
    """Return operations, in order, that make `wanted` of `base`; elements of lists are known by `keys`."""
    return list(_change(base, wanted, (), keys))


class OperationError(ValueError):
    """An operation does not fit the object; `index` is its place among the others."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


def apply_operations(body: Object, operations: Sequence[Any]) -> Any:
    """Return what operations make of an object: of another shape, if they say so.

    Raises `OperationError` for the first that does not fit.
    """
    result: Any = body
    for index, operation in enumerate(operations):
        result = _apply(result, operation, index)
    return result


def _apply(body: Any, operation: Any, index: int) -> Any:
    import jsonpatch  # noqa: PLC0415 - slow to load, and rarely needed
    import jsonpointer  # noqa: PLC0415 - as above

    if message := _find_malformed(operation):
        raise OperationError(index, message)
    try:
        return jsonpatch.apply_patch(body, [operation])
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        # The library shows the whole object after these words.
        raise OperationError(index, str(error).partition(" in {")[0]) from error
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        # It has no words for an operation inside of text or a number.
        raise OperationError(index, f"there is no {operation['path']} in the object") from error


def _find_malformed(operation: Any) -> str:
    """Return what an operation lacks, which the library does not check."""
    if not isinstance(operation, Mapping) or operation.get("op") not in [*OPERATIONS]:
        return f"op is none of: {', '.join(OPERATIONS)}"
    fields = ("path", *OPERATIONS[operation["op"]])
    missing = [field for field in fields if field not in operation]
    wrong = [field for field in ("path", "from") if field in fields and not isinstance(operation.get(field), str)]
    if missing or wrong:
        return f"{(missing or wrong)[0]} {'is missing' if missing else 'must be text'}"
    return ""


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
    key = keys[str(path[-1])]
    old, new = ([name_element(element, key) for element in elements] for elements in (base, wanted))
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
