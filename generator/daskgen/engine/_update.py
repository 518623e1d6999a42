"""How an edit reaches pods of the operator, which takes in next to nothing of it once it has made them.

Found in dask-kubernetes 2026.3.0, dask_kubernetes/operator/controller/controller.py, whose handlers of changes are all
for one field; `tests/e2e/test_operator_edits.py` sees each.
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
from daskgen.paths import Path, get

Update = Literal["manual", "recreate", "blue-green"]

RECREATE = {key: value for engine in list_engines() for key, value in engine.recreate_marks().items()}
"""Annotations with which engines delete an object that changed, and create it anew; those that can."""

CONFIG = "daskgen/config"
"""Annotation with a hash of the configuration, so that another one is a change of the DaskCluster, too."""

CLUSTER_LABEL = "dask.org/cluster-name"
"""With which the operator labels all that it makes of a DaskCluster."""

COMPONENT_LABEL = "dask.org/component"
"""With which it labels what it makes itself, and not what it only adopts."""

DIGITS = 7
"""Of the hash in a name: the longest name of a cluster leaves room for no more."""


def strip_heeded(body: Object) -> Object:
    """A custom resource without the fields of which a change is taken in."""
    stripped = deepcopy(body)
    for *path, last in find_kind(body["kind"]).applied:
        holder = get(stripped, tuple(path))
        if isinstance(holder, dict):
            holder.pop(last, None)
    return stripped


def force(resources: Sequence[Resource]) -> list[Resource]:
    """Have engines recreate what pods are made of when it changes, configuration included."""
    hashed = {"DaskCluster": {CONFIG: _hash(_read_config(resources))}, "DaskWorkerGroup": {}}
    return [
        _annotate(resource, {**RECREATE, **hashed[resource.key[0]]}) if resource.key[0] in hashed else resource
        for resource in resources
    ]


def rename(resources: Sequence[Resource], cluster: str, image: str) -> list[Resource]:
    """Give what pods are made of a name that is another one whenever they are.

    A DaskCluster then is made beside the old one, with all that belongs to it, and the Services in front of it lead to
    the new pods. `image` is what they run, which overlays set.
    """
    for whole in (resource for resource in resources if resource.key[0] == "DaskCluster"):
        suffix = _suffix(whole, image, _read_config(resources))
        name = f"{cluster}-{whole.key[1]}{suffix}"
        return [_rename(resource, suffix, name) for resource in resources]
    return list(resources)


def _rename(resource: Resource, suffix: str, cluster: str) -> Resource:
    match resource.key[0]:
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
    body = deepcopy(resource.body)
    get(body, place)["selector"][CLUSTER_LABEL] = cluster
    return resource._replace(body=body)


def _annotate(resource: Resource, annotations: Mapping[str, str]) -> Resource:
    body = deepcopy(resource.body)
    body["metadata"].setdefault("annotations", {}).update(annotations)
    return resource._replace(body=body)


def _suffix(resource: Resource, *others: Any) -> str:
    return f"-{_hash([strip_heeded(resource.body), *others])}"


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:DIGITS]


def _read_config(resources: Sequence[Resource]) -> list[Object]:
    return [resource.body["data"] for resource in resources if resource.key[0] == "ConfigMap"]
