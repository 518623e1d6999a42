"""Find the JSON 6902 operations that turn one object into another, and apply operations.

Custom resources are patched with operations, since a strategic merge replaces their lists as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.findings.problem import suggest
from daskgen.kubernetes.merge import Keys, name_element
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, get, has, join_pointer, split_pointer
from daskgen.words import count, show_value

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "add": ("value",),
    "copy": ("from",),
    "move": ("from",),
    "remove": (),
    "replace": ("value",),
    "test": ("value",),
}
"""Operation to the fields that it needs besides its path."""


def find_operations(base: Object, wanted: Object, keys: Keys) -> list[Object]:
    """Return operations, in order, that turn `base` into `wanted`; `keys` identify elements of lists."""
    return list(_change(base, wanted, (), keys))


class OperationError(ValueError):
    """An operation does not fit the object; `index` is its place among the others, `hint` says what to do."""

    def __init__(self, index: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.index, self.hint = index, hint


def apply_operations(body: Object, operations: Sequence[Any]) -> Any:
    """Return the result of operations on an object, which may have another shape.

    Raises `OperationError` for the first that does not fit.
    """
    result: Any = body
    for index, operation in enumerate(operations):
        result = _apply(result, operation, index)
    return result


def _apply(body: Any, operation: Any, index: int) -> Any:
    import jsonpatch  # noqa: PLC0415 - slow to load, and rarely needed
    import jsonpointer  # noqa: PLC0415 - as above

    if malformed := _find_malformed(operation):
        raise OperationError(index, *malformed)
    try:
        return jsonpatch.apply_patch(body, [operation])
    except jsonpatch.JsonPatchTestFailed as error:
        message = f"the test of {operation['path']} fails: the object has another value there"
        raise OperationError(index, message, "write the value that is rendered, or remove the test") from error
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise OperationError(index, *_find_missing(body, operation)) from error
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        # The library has no message for an operation inside of text or a number.
        raise OperationError(index, *_find_missing(body, operation)) from error


def _find_malformed(operation: Any) -> tuple[str, str] | None:
    """Return the fault of a single operation, which the library does not check, and what to do."""
    op = operation.get("op") if isinstance(operation, Mapping) else None
    if op not in [*OPERATIONS]:
        return f"{show_value(op)} is not an operation", suggest(
            str(op), OPERATIONS, f"op is one of {', '.join(OPERATIONS)}"
        )
    fields = ("op", "path", *OPERATIONS[op])
    if unknown := [name for name in operation if name not in {*fields, "value"}]:
        return f"{unknown[0]} is not a field of {op}", suggest(str(unknown[0]), fields, f"fields: {', '.join(fields)}")
    for field in fields:
        if field not in operation:
            return f"{field} is missing", f"{op} has {', '.join(fields)}"
        if field in {"path", "from"} and not isinstance(operation[field], str):
            return f"{field} must be text", "such as /spec/replicas"
    return None


def _find_missing(body: Any, operation: Mapping[str, Any]) -> tuple[str, str]:
    """Return which path of an operation does not exist, and what exists instead."""
    pointers = [operation[field] for field in ("from", "path") if field in operation]
    if wrong := [pointer for pointer in pointers if pointer and not pointer.startswith("/")]:
        return f"{wrong[0]} is not a path", f"did you mean /{wrong[0]}?"
    for pointer in pointers:
        path = split_pointer(pointer)
        depth = next((depth for depth in range(len(path)) if not has(get(body, path[:depth]), path[depth])), None)
        if depth is not None:
            return _describe_missing(get(body, path[:depth]), path, depth)
    return f"{pointers[-1]} does not fit the object", "compare it with what `daskgen render --stdout NAME` prints"


def _describe_missing(holder: Any, path: Path, depth: int) -> tuple[str, str]:
    place = join_pointer(path[:depth]) or "the object"
    if isinstance(holder, Mapping):
        known = list(map(str, holder))
        return f"{place} has no {path[depth]}", suggest(str(path[depth]), known, f"it has {', '.join(known)}")
    if isinstance(holder, list):
        return (
            f"{place} has no element {path[depth]}",
            f"it has {count(len(holder), 'element')}; the first is 0, and - is the end",
        )
    return f"{place} is a single value, without {path[depth]}", "remove the rest of the path"


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
