"""Say what becomes of the values of a JupyterHub with Dask: those of the daskhub chart, or of zero-to-jupyterhub.

The file of a hub names Secrets where these values hold passwords, so a person writes it; each value is named with the
field for it. https://github.com/dask/helm-chart/blob/main/daskhub/values.yaml
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.paths import Path, format_path, get
from daskgen.yaml.read import Source

HUB, GATEWAY = "jupyterhub", "dask-gateway"

BLOCKS = ("singleuser", "hub", "proxy")
"""Blocks by which values of zero-to-jupyterhub are known; `scheduling`, `cull` and others may be in any chart's."""

LOGIN = "notebooks.0.auth, with the client's id and secret in a Secret"

FIELDS: Mapping[Path, str] = {
    (HUB, "singleuser", "image"): "notebooks.0.image",
    (HUB, "singleuser", "cpu"): "notebooks.0.cpu",
    (HUB, "singleuser", "memory"): "notebooks.0.memory",
    (HUB, "singleuser", "storage"): "notebooks.0.storage",
    (HUB, "singleuser", "profileList"): "notebooks.0.profiles",
    (HUB, "singleuser", "serviceAccountName"): "notebooks.0.serviceAccount",
    (HUB, "hub", "config"): LOGIN,
    (HUB, "ingress"): "notebooks.0.host, class and tlsSecret",
    (HUB, "proxy", "https"): "notebooks.0.host, class and tlsSecret",
    (HUB, "scheduling", "userPlaceholder"): "notebooks.0.placeholders",
    (HUB, "cull"): "notebooks.0.cullAfter",
    (HUB, "proxy", "secretToken"): "nothing: the chart creates a token, and one in Git is known to all who read it",
    (GATEWAY, "gateway", "backend", "image"): "image",
    (GATEWAY, "gateway", "backend", "scheduler"): "scheduler.cpu and scheduler.memory",
    (GATEWAY, "gateway", "backend", "worker"): "workers.0.cpu, memory and threads",
    (GATEWAY, "gateway", "extraConfig"): "the options of users: workers.0.replicas is what a user may have",
}
"""The fields of `kind: JupyterHub` for the values that have one."""

UNNEEDED = "nothing: users create clusters by KubeCluster, and no gateway is needed"

REST: Mapping[str, str] = {HUB: "notebooks.0.values, as it is", GATEWAY: UNNEEDED}
"""What becomes of all other values of a chart."""


def is_values(value: Any) -> bool:
    """Return whether a document without a kind looks like values of these charts."""
    if not isinstance(value, dict) or "kind" in value:
        return False
    return isinstance(value.get(HUB), dict) or sum(isinstance(value.get(block), dict) for block in BLOCKS) > 1


def check_values(document: Source) -> Iterator[Problem]:
    """Name the field for each value."""
    if not isinstance(get(document.value, (HUB,)), dict):
        yield from _name_fields(document, HUB, ())
        return
    for chart in document.value:
        yield from _name_fields(document, chart, (chart,))


def _name_fields(document: Source, chart: str, prefix: Path) -> Iterator[Problem]:
    for path in _list_values(get(document.value, prefix), (chart,)):
        place = (*prefix, *path[1:])
        message = f"{format_path(place)} becomes {FIELDS.get(path) or REST.get(chart, UNNEEDED)}"
        yield Problem(document.at(place), "DG618", message, severity="warning")


def _list_values(value: Any, path: Path) -> Iterator[Path]:
    """List the paths with a field, and the shortest others that contain none."""
    if path in FIELDS or not any(field[: len(path)] == path for field in FIELDS):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _list_values(inner, (*path, key))
