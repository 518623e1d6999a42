"""How the objects that Kubernetes gets differ, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from itertools import zip_longest
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.yaml.write import dump


class Diff(NamedTuple):
    """An object before and after, under its full name: a unified diff of its YAML, without a line break at its end."""

    kind: str
    name: str
    text: str

    @property
    def changed(self) -> list[str]:
        """Its lines that go or come, without those around them, which may be the cluster's own."""
        return [line for line in self.text.splitlines() if line.startswith(("-", "+"))]


def find_diffs(before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[Diff]:
    """Compare objects by what tells a cluster's objects apart; one diff for each that is not the same."""
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        it = new or old
        if it and old != new:
            lines = unified_diff(_lay_out(_arrange(old, new)), _lay_out(new), _title(old), _title(new), lineterm="")
            yield Diff(*key_of(it), "\n".join(lines))


def _arrange(value: Any, like: Any) -> Any:
    """Keys in the order of another value, as far as that has them: their order means nothing."""
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
