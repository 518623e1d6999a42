"""Keep the labels and annotations that delivery tools add to the objects they apply: these are not drift."""

from __future__ import annotations

from typing import Any

from daskgen.delivery import list_engines
from daskgen.kubernetes.labels import MANAGED_BY
from daskgen.kubernetes.objects import Object

HELM, KUBECTL = (
    ("meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "helm.sh/chart"),
    "kubectl.kubernetes.io/last-applied-configuration",
)

KEPT = frozenset(key for engine in list_engines() for key in engine.marks().keys) | {*HELM, KUBECTL}
"""Keys of labels and annotations that tools add, whether or not the fleet has `delivery`."""


def keep_marks(rendered: Object, live: Object | None) -> Object:
    """Return a rendered object with the marks of the live one, as the delivery tool applies it.

    A dry run without them would remove them, since it uses the field manager of the tool, which owns them.
    """
    if not live:
        return rendered
    found = {field: _find_marks(live["metadata"].get(field) or {}) for field in ("labels", "annotations")}
    kept = {field: {**(rendered["metadata"].get(field) or {}), **marks} for field, marks in found.items() if marks}
    return {**rendered, "metadata": {**rendered["metadata"], **kept}} if kept else rendered


def _find_marks(keys: dict[str, Any]) -> dict[str, Any]:
    """Find the marks among labels or annotations. Helm replaces daskgen's name by its own in a label."""
    return {key: value for key, value in keys.items() if key in KEPT or (key, value) == (MANAGED_BY, "Helm")}
