"""Merge the layers of a cluster: its own file, its profile, and the defaults of the fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.findings.problem import Position
from daskgen.parts.config import merge
from daskgen.paths import Path, get, has
from daskgen.yaml.read import Source


class Layer(NamedTuple):
    """A file that sets values, or its part at `root`."""

    source: Source
    root: Path = ()

    def value(self) -> Any:
        """Return the written value."""
        return get(self.source.value, self.root)

    def follow(self, path: Path) -> tuple[int, bool]:
        """Return how many parts of `path` are written here, and whether the value there hides all layers below."""
        value = self.value()
        for depth, part in enumerate(path):
            if not has(value, part):
                return depth, not isinstance(value, Mapping)
            value = value[part]
        return len(path), not isinstance(value, Mapping)


class Written(NamedTuple):
    """The layers of one cluster, the strongest first."""

    layers: tuple[Layer, ...]

    @property
    def file(self) -> str:
        """The cluster's own file."""
        return self.layers[0].source.file

    def value(self) -> dict[str, Any]:
        """Merge all layers: maps deeply; lists and scalars replace what is below."""
        merged: dict[str, Any] = {}
        for layer in reversed(self.layers):
            merged = merge(merged, layer.value() or {})
        return merged

    def at(self, path: Path, *, key: bool = False) -> Position:
        """Find the position of the value at `path`, or of the nearest value around it that is written."""
        layer, _ = self.owner(path)
        return layer.source.at(layer.root + path, key=key)

    def owner(self, path: Path) -> tuple[Layer, int]:
        """Find the layer that sets the value at `path`, and how many parts of the path are written there."""
        best, best_depth = self.layers[0], -1
        for layer in self.layers:
            depth, hides = layer.follow(path)
            if depth > best_depth:
                best, best_depth = layer, depth
            if hides:
                break
        return best, best_depth
