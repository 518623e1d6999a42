"""Write Dask's own configuration, in the format of its documentation, to the file that every pod reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from daskgen.kubernetes.objects import metadata
from daskgen.paths import Path
from daskgen.yaml.write import dump

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ConfigMap

FILE = "dask.yaml"

LOCK = "requirements.txt"
"""File of the packages that pods install when they start."""

HEADER = "# Made by daskgen from the cluster's `config`, its exposure and daskgen's defaults.\n"
"""Header of the mounted file, which therefore must not change unless the configuration does."""

ROUTES_PATH: Path = ("distributed", "scheduler", "http", "routes")

ROUTES = tuple(f"distributed.http.{name}" for name in ("scheduler.prometheus", "scheduler.info", "health", "statics"))
"""What the dashboard of the scheduler serves besides its pages. Of Dask's own list (distributed 2026.8.0,
distributed.yaml) two are left out: `distributed.http.proxy` opens websockets to any host that a request names, and
`distributed.http.scheduler.json` lists the addresses of all workers."""

DEFAULTS: dict[str, Any] = {
    "distributed": {
        "scheduler": {"http": {"routes": list(ROUTES)}},
        "worker": {"memory": {"target": 0.6, "spill": 0.7, "pause": 0.8, "terminate": 0.9}},
    }
}
"""The routes, and fractions of a worker's memory at which it spills, pauses and restarts. Dask's default of `terminate`
is 0.95. The nanny needs a part of the container's memory too, and must act before the kernel does."""


def is_configuration(config_map: Mapping[str, Any]) -> bool:
    """Return whether a ConfigMap is one that pods read when they start."""
    return not {FILE, LOCK}.isdisjoint(config_map.get("data") or {})


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `over` into `under`: maps merge deeply, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def config_map(*layers: Mapping[str, Any]) -> ConfigMap:
    """Build the ConfigMap that is mounted: the defaults, and `layers` merged into them in that order."""
    text = HEADER + dump(reduce(merge, layers, DEFAULTS))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("dask"), "data": {FILE: text}}
