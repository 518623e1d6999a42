"""Find values that change: in a spec, in daskgen.yaml, or in a running object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Key
from daskgen.paths import Path


class Change(NamedTuple):
    """A value before and after; None if the value does not exist on that side."""

    path: Path
    before: Any
    after: Any
    element: str = ""
    """Name of the element that is added to the list at `path`, or removed from it."""
    owner: Key | None = None
    """Kind and name of the object that has the value; None for a value of the spec."""
    by: str = ""
    """Field manager that has set the value of the object since it was applied."""


def find_changes(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Find values that differ, down to the deepest path on both sides; list elements are matched by their names."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from find_changes(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(before, after, path)
    elif before != after:
        yield Change(path, before, after)


def _compare_lists(before: list[Any], after: list[Any], path: Path) -> Iterator[Change]:
    old, new = _index(before), _index(after)
    if not (_is_named(before) and _is_named(after)):
        yield from _compare_places(before, after, path)
        return
    for name in dict.fromkeys([*old, *new]):
        if name in old and name in new:
            yield from find_changes(old[name], new[name], (*path, list(new).index(name)))
        else:
            yield Change(path, old.get(name), new.get(name), name or "0")


def _compare_places(before: Sequence[Any], after: Sequence[Any], path: Path) -> Iterator[Change]:
    if len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from find_changes(*pair, (*path, index))
    else:
        yield Change(path, list(before), list(after))


def _index(values: list[Any]) -> dict[str, Any]:
    """Index elements by their names; an element without a name has the key ""."""
    return {str(value.get("name", "")): value for value in values if isinstance(value, Mapping)}


def _is_named(values: list[Any]) -> bool:
    """Return whether the elements of a list have different names; one of them may have none."""
    return bool(values) and all(isinstance(value, Mapping) for value in values) and len(_index(values)) == len(values)
