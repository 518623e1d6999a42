"""Leaves out of a spec what its fields do not take; patches say it then, as Kubernetes takes more than daskgen does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from daskgen.parts.config import merge
from daskgen.paths import Path, get
from daskgen.spec.cluster import Cluster
from daskgen.spec.explain import find_written

DEPTHS = {"scheduler": 2, "workers": 3}
"""How far a field's path leads, where not one step."""

MAPS = {"env", "labels", "annotations", "nodeSelector", "volumes", "tolerations", "topologySpreadConstraints"}
"""Fields of which one entry may be left out."""

KEPT = {"namespace", "image", "workers", "name"}
"""Fields that no cluster does without."""


def remove_refused(spec: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The spec without fields that are refused; `shared` are the fleet's defaults."""
    fitting = deepcopy(dict(spec))
    while refused := set(_find_refused(fitting, shared)):
        for path in sorted(refused, key=str, reverse=True):
            _take_out(fitting, path)
    return {key: value for key, value in fitting.items() if value or key in KEPT}


def _take_out(spec: dict[str, Any], path: Path) -> None:
    """Take out a field, and the map or list around it that has nothing else."""
    holder = get(spec, path[:-1])
    holder.pop(path[-1])
    if not holder and path[-2:-1] and path[-2] in MAPS:
        get(spec, path[:-2]).pop(path[-2])


def _find_refused(spec: dict[str, Any], shared: Mapping[str, Any]) -> Iterator[Path]:
    value = merge(shared, {"name": "cluster", **spec})
    try:
        Cluster.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            path = _cut(find_written(value, details["loc"]))
            if path and get(spec, path) is not None and path[-1] not in KEPT and path[0] not in KEPT - {"workers"}:
                yield path


def _cut(path: Path) -> Path:
    """The field that is refused, or its entry."""
    depth = DEPTHS.get(str(path[0]), 1) if path else 0
    if len(path) > depth and path[depth - 1] in MAPS:
        depth += 1
    return path[:depth] if len(path) >= depth else ()
