"""Where objects name each other, where selectors stand and where images do: the places kustomize changes.

Taken from kustomize 5.8.1, api/internal/konfig/builtinpluginconsts, for the kinds that are rendered. A list is stepped
through at `*`. What is not here, kustomize leaves alone: arguments, variables, custom resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

POD = ("spec", "template", "spec")

POD_AFFINITY_TERMS = (
    ("requiredDuringSchedulingIgnoredDuringExecution", "*"),
    ("preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"),
)

SELECTORS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Service": (("spec", "selector"),),
    "Deployment": (
        ("spec", "selector", "matchLabels"),
        ("spec", "template", "metadata", "labels"),
        *(
            (*POD, "affinity", side, *term, "labelSelector", "matchLabels")
            for side in ("podAffinity", "podAntiAffinity")
            for term in POD_AFFINITY_TERMS
        ),
        (*POD, "topologySpreadConstraints", "*", "labelSelector", "matchLabels"),
    ),
    "PodDisruptionBudget": (("spec", "selector", "matchLabels"),),
    "NetworkPolicy": (
        ("spec", "podSelector", "matchLabels"),
        ("spec", "ingress", "*", "from", "*", "podSelector", "matchLabels"),
        ("spec", "egress", "*", "to", "*", "podSelector", "matchLabels"),
    ),
}
"""Kind to the labels that get the cluster's instance, with `includeSelectors`."""

CONTAINERS = ((*POD, "containers", "*"), (*POD, "initContainers", "*"))

REFERENCES: Mapping[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "Deployment": (
        ("ServiceAccount", POD, "serviceAccountName"),
        ("ConfigMap", (*POD, "volumes", "*", "configMap"), "name"),
        ("ConfigMap", (*POD, "volumes", "*", "projected", "sources", "*", "configMap"), "name"),
        *(("ConfigMap", (*it, "env", "*", "valueFrom", "configMapKeyRef"), "name") for it in CONTAINERS),
        *(("ConfigMap", (*it, "envFrom", "*", "configMapRef"), "name") for it in CONTAINERS),
    ),
    "Ingress": (
        ("Service", ("spec", "rules", "*", "http", "paths", "*", "backend", "service"), "name"),
        ("Service", ("spec", "defaultBackend", "service"), "name"),
    ),
}
"""Kind to the kind that is named, where, and by which field. A name is followed only if the cluster has that object."""


def find_places(value: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every mapping that stands at `path`."""
    if not path:
        if isinstance(value, dict):
            yield value
    elif path[0] == "*":
        if isinstance(value, list):
            for item in value:
                yield from find_places(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from find_places(value[path[0]], path[1:])
