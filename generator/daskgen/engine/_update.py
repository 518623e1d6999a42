"""Make an edit reach pods of the operator, which ignores most changes of its custom resources.

Its handlers of changes are all for one field (dask-kubernetes 2026.3.0,
dask_kubernetes/operator/controller/controller.py); `tests/e2e/test_operator_edits.py` tests each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

from daskgen.delivery import list_engines
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.objects import Object, Resource
from daskgen.paths import Path, get, put

Update = Literal["manual", "recreate", "blue-green"]

RECREATE = {key: value for engine in list_engines() for key, value in engine.recreate_marks().items()}
"""Annotations with which delivery engines recreate a changed object, if they support this."""

CONFIG = "daskgen/config"
"""Annotation with a hash of the configuration, so that a change of it changes the DaskCluster too."""

CLUSTER_LABEL = "dask.org/cluster-name"
"""Label that the operator sets on everything it creates for a DaskCluster."""

COMPONENT_LABEL = "dask.org/component"
"""Label that it sets on what it creates itself, not on what it adopts."""

DIGITS = 7
"""Length of the hash in a name: the longest name of a cluster leaves room for no more."""


def strip_heeded(body: Object) -> Object:
    """Return a custom resource without the fields whose changes the operator applies."""
    stripped = deepcopy(body)
    for *path, last in find_kind(body["kind"]).applied:
        holder = get(stripped, tuple(path))
        if isinstance(holder, dict):
            holder.pop(last, None)
    return stripped


def force(resources: Sequence[Resource]) -> list[Resource]:
    """Have delivery engines recreate the objects that create pods when these or the configuration change."""
    hashed = {"DaskCluster": {CONFIG: _hash(_read_config(resources))}, "DaskWorkerGroup": {}}
    return [
        _annotate(resource, {**RECREATE, **hashed[resource.kind]}) if resource.kind in hashed else resource
        for resource in resources
    ]


def rename(resources: Sequence[Resource], cluster: str, image: str) -> list[Resource]:
    """Add a hash of their content to the names of the objects that create pods.

    A change then creates a DaskCluster beside the old one, with all that belongs to it, and the Services select the new
    pods. `image` is the image of the pods, which the overlay sets.
    """
    for whole in (resource for resource in resources if resource.kind == "DaskCluster"):
        suffix = _suffix(whole, image, _read_config(resources))
        name = f"{cluster}-{whole.key[1]}{suffix}"
        return [_rename(resource, suffix, name) for resource in resources]
    return list(resources)


def _rename(resource: Resource, suffix: str, cluster: str) -> Resource:
    match resource.kind:
        case "DaskCluster":
            return _select(resource._replace(suffix=suffix), ("spec", "scheduler", "service"), cluster)
        case "DaskAutoscaler":
            return resource._replace(suffix=suffix)
        case "DaskWorkerGroup":
            return resource._replace(suffix=_suffix(resource, suffix))
        case "Service":
            return _select(resource, ("spec",), cluster)
    return resource


def _select(resource: Resource, place: Path, cluster: str) -> Resource:
    return resource._replace(body=put(resource.body, (*place, "selector", CLUSTER_LABEL), cluster))


def _annotate(resource: Resource, annotations: Mapping[str, str]) -> Resource:
    path: Path = ("metadata", "annotations")
    return resource._replace(body=put(resource.body, path, {**(get(resource.body, path) or {}), **annotations}))


def _suffix(resource: Resource, *others: Any) -> str:
    return f"-{_hash([strip_heeded(resource.body), *others])}"


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:DIGITS]


def _read_config(resources: Sequence[Resource]) -> list[Object]:
    return [resource.body["data"] for resource in resources if resource.generated]
