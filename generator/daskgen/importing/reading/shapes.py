"""Check that manifests have the types that Kubernetes requires, in the fields that `import` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.paths import Path, format_path, get
from daskgen.yaml.read import Source

Shape = dict[str, Any] | list[Any] | str
"""A map by key, with `*` for all other keys; a list with the shape of its elements; a scalar, or text only."""

ONE = ""
TEXT = "text"
MAP: Shape = {"*": ONE}
TEXTS: Shape = {"*": TEXT}

NAMED: Shape = {"name": ONE}

METADATA: Shape = {"name": ONE, "namespace": ONE, "labels": TEXTS, "annotations": TEXTS}

PROBE: Shape = {"httpGet": {"path": ONE}}

CONTAINER: dict[str, Shape] = {
    **dict.fromkeys(("name", "image", "imagePullPolicy"), ONE),
    "args": [TEXT],
    "command": [TEXT],
    "startupProbe": PROBE,
    "readinessProbe": PROBE,
    "livenessProbe": PROBE,
    "env": [{"name": TEXT, "value": TEXT, "valueFrom": {"*": MAP}}],
    "envFrom": [{"configMapRef": MAP, "secretRef": MAP}],
    "ports": [{"name": ONE, "containerPort": ONE}],
    "resources": {"limits": MAP, "requests": MAP},
    "volumeMounts": [{"name": ONE, "mountPath": ONE}],
    "securityContext": {"capabilities": {}},
}

SELECTOR: Shape = {"matchLabels": MAP, "matchExpressions": [{"key": ONE, "operator": ONE, "values": [ONE]}]}

TERM: Shape = {"labelSelector": SELECTOR, "topologyKey": ONE}

APART: Shape = {
    "requiredDuringSchedulingIgnoredDuringExecution": [TERM],
    "preferredDuringSchedulingIgnoredDuringExecution": [{"podAffinityTerm": TERM}],
    "requiredDuringSchedulingIgnoreDuringExecution": [TERM],
    "preferredDuringSchedulingIgnoreDuringExecution": [{"podAffinityTerm": TERM}],
}

POD_SPEC: dict[str, Shape] = {
    **{key: shape for key, shape in CONTAINER.items() if key not in {"name", "securityContext"}},
    "containers": [CONTAINER],
    "initContainers": [CONTAINER],
    "volumes": [{"name": ONE, "configMap": NAMED, "projected": {"sources": [{"configMap": NAMED}]}}],
    "serviceAccountName": ONE,
    "imagePullSecrets": [{"name": ONE}],
    "securityContext": {"capabilities": {}},
    "topologySpreadConstraints": [{"topologyKey": ONE, "whenUnsatisfiable": ONE}],
    "affinity": {"podAntiAffinity": APART},
}
"""Includes fields of containers, which are here when they are not indented enough."""

POD: dict[str, Shape] = {**POD_SPEC, "metadata": METADATA, "spec": POD_SPEC}

SERVICE: Shape = {"ports": [{"name": ONE, "port": ONE}], "selector": MAP}

OLD_POD: dict[str, Shape] = {
    **{key: CONTAINER[key] for key in ("image", "imagePullPolicy", "env", "resources")},
    "imagePullSecrets": [{"name": ONE}],
    "replicas": ONE,
    "protocol": ONE,
}
"""Fields of the operator's format of 2022."""

DASK_CLUSTER: dict[str, Shape] = {
    "scheduler": {**POD, **OLD_POD, "service": SERVICE, "serviceType": ONE},
    "worker": {**POD, "replicas": ONE},
}

OBJECTS: Mapping[str | None, dict[str, Shape]] = {
    "Deployment": {"metadata": METADATA, "spec": {**POD_SPEC, "template": POD, "replicas": ONE}},
    "Pod": POD,
    "Service": {"metadata": METADATA, "spec": SERVICE},
    "DaskCluster": {"metadata": METADATA, "spec": {**OLD_POD, **DASK_CLUSTER}},
    "DaskJob": {
        "metadata": METADATA,
        "spec": {"job": POD, "cluster": {"metadata": METADATA, "spec": DASK_CLUSTER}},
    },
    "DaskWorkerGroup": {"metadata": METADATA, "spec": {**OLD_POD, "cluster": ONE, "worker": {**POD, "replicas": ONE}}},
    "DaskAutoscaler": {"metadata": METADATA, "spec": {"cluster": ONE, "minimum": ONE, "maximum": ONE}},
}
"""Kind to its shape."""

BLOCK: dict[str, Shape] = {
    **{key: POD_SPEC[key] for key in ("env", "resources", "livenessProbe", "readinessProbe", "affinity")},
    "image": {"repository": ONE, "tag": ONE, "pullPolicy": ONE, "pullSecrets": [{"name": ONE}]},
    "mounts": {"volumes": POD_SPEC["volumes"], "volumeMounts": CONTAINER["volumeMounts"]},
    "annotations": TEXTS,
    "securityContext": POD_SPEC["securityContext"],
    "default_resources": MAP,
    "extraArgs": [ONE],
    **dict.fromkeys(("name", "replicas", "threads_per_worker", "serviceType"), ONE),
}

VALUES: dict[str, Shape] = {
    "fullnameOverride": ONE,
    "scheduler": BLOCK,
    "worker": BLOCK,
    "additional_worker_groups": [BLOCK],
    "webUI": {"ingress": {"annotations": MAP}},
}
"""Values of the dask Helm chart."""

WORDS = ((dict, "a map"), (list, "a list"), (object, "one value"))


def check_shape(document: Source) -> Iterator[Problem]:
    """Find values of the wrong type, such as a list in place of a map, or a number in place of text."""
    kind = get(document.value, ("kind",))
    known = {**OBJECTS, None: VALUES}
    shape = {"kind": ONE, **(known.get(kind, {}) if isinstance(kind, str | None) else {})}
    for path, wanted in _find_misshapen(document.value, shape, ()):
        value = get(document.value, path)
        if wanted == TEXT and not isinstance(value, dict | list):
            written = json.dumps(value)
            message = f"{format_path(path)} is {written}, but Kubernetes requires a string"
            yield Problem(document.at(path), "DG616", message, f'quote it: "{written}"')
        else:
            found = _name(value) if value is not None else "empty"
            message = f"{format_path(path)} is {found}, but must be {_name(wanted)}".removeprefix(" ")
            yield Problem(document.at(path), "DG610", message)


def _find_misshapen(value: Any, shape: Shape, path: Path) -> Iterator[tuple[Path, Shape]]:
    if _name(value) != _name(shape) or (shape == TEXT and not isinstance(value, str)):
        yield path, shape
    elif isinstance(shape, dict):
        for key, item in value.items():
            wanted = shape.get(key, shape.get("*"))
            if wanted is not None and item is not None:
                yield from _find_misshapen(item, wanted, (*path, key))
    elif isinstance(shape, list):
        for index, item in enumerate(value):
            yield from _find_misshapen(item, shape[0], (*path, index))


def _name(value: Any) -> str:
    return next(word for kind, word in WORDS if isinstance(value, kind))
