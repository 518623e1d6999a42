"""Follow paths into nested maps and lists: ("workers", 0, "memory")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import jsonpointer

Path = tuple[str | int, ...]

PathPattern = tuple[str, ...]
"""A path that may match several places: `*` stands for every element of a list."""


def has(value: Any, part: str | int) -> bool:
    """Return whether `value` is a map with that key, or a list with that index."""
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def get(value: Any, path: Path) -> Any:
    """Return the value at `path` inside `value`; None if there is none."""
    for part in path:
        if not has(value, part):
            return None
        value = value[part]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of `value` with `new` at `path`; the copy shares everything beside the path with `value`."""
    if not path:
        return new
    part, *rest = path
    copy = value.copy()
    copy[part] = put(copy[part], tuple(rest), new) if rest else new
    return copy


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value inside `value` and its path: `value` itself first, maps and lists before their values."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))


def find_maps(value: Any, pattern: PathPattern) -> Iterator[dict[str, Any]]:
    """Find every map at a place that `pattern` matches."""
    if not pattern:
        if isinstance(value, dict):
            yield value
    elif pattern[0] == "*":
        if isinstance(value, list):
            for item in value:
                yield from find_maps(item, pattern[1:])
    elif isinstance(value, dict) and pattern[0] in value:
        yield from find_maps(value[pattern[0]], pattern[1:])


Mark = TypeVar("Mark")

Tree = Mapping[Any, Any]
"""Marks by the places that patterns match: of a value, only what is in both is then looked at."""


def plant(marks: Iterable[tuple[PathPattern, Mark]]) -> Tree:
    """Build the tree of marks for `find_marks`; of two at one place, the later one."""
    tree: dict[str, Any] = {}
    for pattern, mark in marks:
        *parents, last = pattern
        branch = tree
        for part in parents:
            branch = branch.setdefault(part, {})
        branch[last] = mark
    return tree


def find_marks(value: Any, tree: Tree) -> list[tuple[Path, Any, Any]]:
    """Find every place in `value` that has a mark and a value other than null: its path, that value and the mark."""
    found: list[tuple[Path, Any, Any]] = []
    _walk_both(value, tree, (), found)
    return found


def _walk_both(value: Any, tree: Tree, path: Path, found: list[tuple[Path, Any, Any]]) -> None:
    is_list = isinstance(value, list)
    for part, inner in enumerate(value) if is_list else value.items():
        branch = tree.get("*" if is_list else part)
        if branch is None or inner is None:
            continue
        if isinstance(branch, dict):
            _walk_both(inner, branch, (*path, part), found)
        else:
            found.append(((*path, part), inner, branch))


def find_differences(one: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Find every path at which two values differ, and both values there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if one.get(key) != other.get(key):
                yield from find_differences(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            if left != right:
                yield from find_differences(left, right, (*path, index))
    else:
        yield path, one, other


def split_pointer(pointer: str) -> Path:
    """Return the path that a JSON pointer most likely means: numbers are indexes of lists."""
    parts = map(jsonpointer.unescape, pointer.split("/")[1:])
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def join_pointer(path: Path) -> str:
    """Return the JSON pointer of a path."""
    pointer: str = jsonpointer.JsonPointer.from_parts(path).path
    return pointer


def parse_path(text: str) -> Path:
    """Parse a path as messages write it; numbers are indexes of lists."""
    return tuple(int(part) if part.isdecimal() else part for part in text.split("."))


def format_path(path: Path) -> str:
    """Format a path for messages: workers.0.memory."""
    return ".".join(str(part) for part in path)
