"""Format the whole spec of a cluster, with its defaults, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.explain.outcomes import dump_spec, find_leaves
from daskgen.explain.values import find_default
from daskgen.paths import Path, get
from daskgen.render.cluster import RenderedCluster
from daskgen.spec.written import Layer, Written
from daskgen.words import escape
from daskgen.yaml.read import parse
from daskgen.yaml.write import dump

DEFAULT = "default"

EMPTY: tuple[Any, ...] = (None, "", [], {})

WIDEST = 60
"""Column after which comments are no longer below each other."""


def format_spec(rendered: RenderedCluster) -> str:
    """Write the spec as a file of its own would have it: every field, and comments on their origin."""
    origins = _Origins(rendered.written, dump_spec(rendered))
    spec = origins.leave_out_empty(origins.spec)
    text = dump(spec)
    source = parse(text.encode(), rendered.written.file)
    said = {source.at(leaf).line: origins.describe(leaf) for leaf in find_leaves(spec)}
    lines = text.splitlines()
    column = min(WIDEST, max(len(lines[number - 1]) for number in said))
    return "\n".join(
        f"{line:{column}}  # {said[number]}" if number in said else line for number, line in enumerate(lines, 1)
    )


class _Origins(NamedTuple):
    """The whole spec of a cluster, and what of it is written."""

    written: Written
    spec: dict[str, Any]

    def find(self, path: Path) -> tuple[Layer, Path] | None:
        """Find the layer that sets a value, and the place there; None for a default.

        A short form, such as `image: NAME:TAG`, sets what differs from the defaults of the fields that it stands for.
        """
        layer, depth = self.written.owner(path)
        place = path[:depth]
        is_short = 0 < depth < len(path) and not isinstance(get(layer.value(), place), Mapping | list)
        is_set = depth == len(path) or (is_short and find_default(self.spec, path) != get(self.spec, path))
        return (layer, place) if is_set else None

    def describe(self, path: Path) -> str:
        """Say which line sets a value."""
        found = self.find(path)
        if not found:
            return DEFAULT
        layer, place = found
        at = layer.source.at(layer.root + place)
        part = f", {' '.join(map(str, layer.root)).replace('profiles', 'profile')}" if layer.root else ""
        return escape(f"{at.file}:{at.line}{part}")

    def leave_out_empty(self, value: Any, path: Path = ()) -> Any:
        """Leave out fields that have no value and are not written."""
        if isinstance(value, list):
            return [self.leave_out_empty(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        inner = {key: self.leave_out_empty(field, (*path, key)) for key, field in value.items()}
        return {key: field for key, field in inner.items() if field not in EMPTY or self.find((*path, key))}
