"""Dask's own configuration, as its documentation writes it, in the file that every pod reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from daskgen.kubernetes.objects import metadata
from daskgen.yaml.write import dump

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ConfigMap

FILE = "dask.yaml"

HEADER = "# Made by daskgen from the cluster's `config`, its exposure and daskgen's defaults.\n"
"""Part of what is mounted, so it says nothing that could change while the configuration does not."""

DEFAULTS: dict[str, Any] = {
    "distributed": {"worker": {"memory": {"target": 0.6, "spill": 0.7, "pause": 0.8, "terminate": 0.9}}}
}
"""Shares of a worker's memory at which it spills, pauses and is restarted. Dask's own last one is 0.95; the nanny needs
its part of the container's memory too, and must act before the kernel does."""


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one mapping over another: maps merge deeply, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def config_map(*layers: Mapping[str, Any]) -> ConfigMap:
    """The ConfigMap that is mounted: the defaults, and `layers` over them, the last on top."""
    text = HEADER + dump(reduce(merge, layers, DEFAULTS))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("dask"), "data": {FILE: text}}
