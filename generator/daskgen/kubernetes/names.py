"""Where pods stand in objects, where objects name each other, where selectors are: the places kustomize changes.

Taken from kustomize 5.8.1, api/internal/konfig/builtinpluginconsts, for the kinds that are rendered. A list is stepped
through at `*`. What is not here, kustomize leaves alone: arguments, variables. Of custom resources it knows nothing but
containers; their bases tell it the rest (`layers/configuration.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.kubernetes.objects import Object

Place = tuple[str, ...]

CUSTOM: Mapping[str, str] = dict.fromkeys(
    ("DaskCluster", "DaskWorkerGroup", "DaskAutoscaler", "DaskJob"), "kubernetes.dask.org"
)
"""Kinds that kustomize does not know, and their group."""

WITHIN = ("cluster", "spec")
"""Where a DaskJob has what a DaskCluster has in its spec."""

PODS: Mapping[str, tuple[Place, ...]] = {
    "Deployment": (("spec", "template", "spec"),),
    "DaskCluster": (("spec", "scheduler", "spec"), ("spec", "worker", "spec")),
    "DaskWorkerGroup": (("spec", "worker", "spec"),),
    "DaskJob": (("spec", "job", "spec"), ("spec", *WITHIN, "scheduler", "spec"), ("spec", *WITHIN, "worker", "spec")),
}
"""Kind to where the specs of its pods are."""

REPLICAS: Mapping[str, Place] = {
    "Deployment": ("spec", "replicas"),
    "DaskCluster": ("spec", "worker", "replicas"),
    "DaskWorkerGroup": ("spec", "worker", "replicas"),
    "DaskJob": ("spec", *WITHIN, "worker", "replicas"),
}
"""Kind to how many pods it asks for."""

POD_AFFINITY_TERMS = (
    ("requiredDuringSchedulingIgnoredDuringExecution", "*"),
    ("preferredDuringSchedulingIgnoredDuringExecution", "*", "podAffinityTerm"),
)

POD_SELECTORS: tuple[Place, ...] = (
    *(
        ("affinity", side, *term, "labelSelector", "matchLabels")
        for side in ("podAffinity", "podAntiAffinity")
        for term in POD_AFFINITY_TERMS
    ),
    ("topologySpreadConstraints", "*", "labelSelector", "matchLabels"),
)


def _select_in_pods(kind: str) -> tuple[Place, ...]:
    return tuple((*pod, *path) for pod in PODS[kind] for path in POD_SELECTORS)


SELECTORS: Mapping[str, tuple[Place, ...]] = {
    "Service": (("spec", "selector"),),
    "Deployment": (
        ("spec", "selector", "matchLabels"),
        ("spec", "template", "metadata", "labels"),
        *_select_in_pods("Deployment"),
    ),
    "DaskCluster": (("spec", "scheduler", "service", "selector"), *_select_in_pods("DaskCluster")),
    "DaskWorkerGroup": _select_in_pods("DaskWorkerGroup"),
    "DaskJob": (("spec", *WITHIN, "scheduler", "service", "selector"), *_select_in_pods("DaskJob")),
    "PodDisruptionBudget": (("spec", "selector", "matchLabels"),),
    "NetworkPolicy": (
        ("spec", "podSelector", "matchLabels"),
        ("spec", "ingress", "*", "from", "*", "podSelector", "matchLabels"),
        ("spec", "egress", "*", "to", "*", "podSelector", "matchLabels"),
    ),
}
"""Kind to the labels that get the cluster's instance, with `includeSelectors`."""

CONTAINER_LISTS = ("containers", "initContainers")

Reference = tuple[str, Place, str]


def _refer_in_pods(kind: str) -> tuple[Reference, ...]:
    pods = PODS[kind]
    containers = [(*pod, field, "*") for pod in pods for field in CONTAINER_LISTS]
    return (
        *(("ServiceAccount", pod, "serviceAccountName") for pod in pods),
        *(("ConfigMap", (*pod, "volumes", "*", "configMap"), "name") for pod in pods),
        *(("ConfigMap", (*pod, "volumes", "*", "projected", "sources", "*", "configMap"), "name") for pod in pods),
        *(("ConfigMap", (*it, "env", "*", "valueFrom", "configMapKeyRef"), "name") for it in containers),
        *(("ConfigMap", (*it, "envFrom", "*", "configMapRef"), "name") for it in containers),
    )


REFERENCES: Mapping[str, tuple[Reference, ...]] = {
    "Deployment": _refer_in_pods("Deployment"),
    "DaskCluster": _refer_in_pods("DaskCluster"),
    "DaskWorkerGroup": (("DaskCluster", ("spec",), "cluster"), *_refer_in_pods("DaskWorkerGroup")),
    "DaskAutoscaler": (("DaskCluster", ("spec",), "cluster"),),
    "DaskJob": _refer_in_pods("DaskJob"),
    "Ingress": (
        ("Service", ("spec", "rules", "*", "http", "paths", "*", "backend", "service"), "name"),
        ("Service", ("spec", "defaultBackend", "service"), "name"),
    ),
}
"""Kind to the kind that is named, where, and by which field. A name is followed only if the cluster has that object."""


def find_places(value: Any, path: Place) -> Iterator[dict[str, Any]]:
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


def find_pods(body: Object) -> Iterator[tuple[Place, Object]]:
    """The specs of an object's pods, and where they stand."""
    for place in PODS.get(body["kind"], ()):
        for spec in find_places(body, place):
            yield place, spec
