"""Leave out of a spec the values that its fields refuse; patches hold them, as Kubernetes accepts more than daskgen."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from pydantic import ValidationError

from daskgen.parts.config import merge
from daskgen.paths import Path, format_path, get
from daskgen.spec.cluster import Cluster
from daskgen.spec.explain import describe_one, find_written

DEPTHS = {"scheduler": 2, "job": 2, "workers": 3}
"""Length of a field's path, where it is not 1."""

MAPS = {
    *("containers", "initContainers", "envFrom"),
    *("env", "labels", "annotations", "nodeSelector", "volumes", "tolerations", "topologySpreadConstraints"),
}
"""Fields of which a single entry may be left out."""

KEPT = {"namespace", "image", "workers", "name", "command"}
"""Fields that every cluster needs."""


class Fitting(NamedTuple):
    """A spec without refused fields, and the messages about those by their dotted paths."""

    spec: dict[str, Any]
    refused: dict[str, str]


def remove_refused(spec: Mapping[str, Any], shared: Mapping[str, Any]) -> Fitting:
    """Take out of a spec the fields that are refused; `shared` are the fleet's defaults."""
    fitting = deepcopy(dict(spec))
    messages: dict[str, str] = {}
    while refused := _find_refused(fitting, shared):
        messages |= {format_path(path): message for path, message in refused.items()}
        for path in sorted(refused, key=str, reverse=True):
            _take_out(fitting, path)
    return Fitting({key: value for key, value in fitting.items() if value or key in KEPT}, messages)


def _take_out(spec: dict[str, Any], path: Path) -> None:
    """Take out a field, and the map or list around it if that is empty then."""
    holder = get(spec, path[:-1])
    holder.pop(path[-1])
    if not holder and path[-2:-1] and path[-2] in MAPS:
        get(spec, path[:-2]).pop(path[-2])


def _find_refused(spec: dict[str, Any], shared: Mapping[str, Any]) -> dict[Path, str]:
    """Return the paths of fields that can be left out and are refused, each with the message."""
    value = merge(shared, {"name": "cluster", **spec})
    try:
        Cluster.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = {_cut(find_written(value, detail["loc"])): describe_one(Cluster, value, detail) for detail in details}
        return {path: message for path, message in found.items() if _may_go(spec, path)}
    return {}


def _may_go(spec: dict[str, Any], path: Path) -> bool:
    needed = not path or path[-1] in KEPT or path[0] in KEPT - {"workers"}
    return not needed and get(spec, path) is not None


def _cut(path: Path) -> Path:
    """Return the path of the refused field, or of its entry."""
    depth = DEPTHS.get(str(path[0]), 1) if path else 0
    if len(path) > depth and path[depth - 1] in MAPS:
        depth += 1
    return path[:depth] if len(path) >= depth else ()
