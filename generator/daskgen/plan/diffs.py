"""Diff objects line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from itertools import zip_longest
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.yaml.write import dump


class Diff(NamedTuple):
    """A unified diff of the YAML of one object, without a line break at its end."""

    kind: str
    name: str
    text: str

    @property
    def changed(self) -> list[str]:
        """Return the lines that are removed or added, without their context, which may differ between clusters."""
        return [line for line in self.text.splitlines() if line.startswith(("-", "+"))]


def diff_objects(before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[Diff]:
    """Diff the objects that have the same key; objects that are equal have no diff."""
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        body = new or old
        if body and old != new:
            lines = unified_diff(_lay_out(_arrange(old, new)), _lay_out(new), _title(old), _title(new), lineterm="")
            yield Diff(*key_of(body), "\n".join(lines))


def _arrange(value: Any, like: Any) -> Any:
    """Arrange keys in the order of another value, as their order has no meaning."""
    if isinstance(value, dict) and isinstance(like, dict):
        keys = [*(key for key in like if key in value), *(key for key in value if key not in like)]
        return {key: _arrange(value[key], like.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(like, list):
        return [_arrange(*pair) for pair in zip_longest(value, like[: len(value)])]
    return value


def _lay_out(body: Object | None) -> list[str]:
    return dump(body).splitlines() if body else []


def _title(body: Object | None) -> str:
    return f"{body['kind']}/{body['metadata']['name']}" if body else "/dev/null"
