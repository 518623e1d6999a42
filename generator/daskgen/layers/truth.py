"""Compute what `kustomize build` prints for a cluster: the objects that Kubernetes gets.

Done here, too, so that objects can be shown, compared and checked without starting a program. The tests compare the
result with the real kustomize for every golden tree, and `daskgen check` for every cluster.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import CONTAINER_LISTS, ROWS, find_kind, find_pods
from daskgen.kubernetes.labels import INSTANCE, MANAGED_BY, NAME
from daskgen.kubernetes.objects import Key, Object, Resource
from daskgen.parts.image import PLACEHOLDER
from daskgen.paths import find_maps

COMMON_LABELS = {NAME: "dask", MANAGED_BY: "daskgen"}
"""Labels of every object, beside its instance."""


class Identity(NamedTuple):
    """The name, namespace and image that kustomize gives to the objects of a cluster."""

    name: str
    namespace: str
    image: str
    """The full reference."""


def personalize(resources: Iterable[Resource], identity: Identity) -> list[Resource]:
    """Give the objects of a cluster their full names, namespace, labels and image."""
    copies = [resource._replace(body=deepcopy(resource.body)) for resource in resources]
    names = {copy.key: _full_name(copy, identity) for copy in copies}
    for copy in copies:
        _label(copy.body, identity)
        _set_images(copy.body, identity.image)
        _follow_names(copy.body, names)
        copy.body["metadata"]["name"] = names[copy.key]
        _place(copy.body, identity.namespace)
    return copies


def index_truth(resources: Sequence[Resource], identity: Identity) -> dict[Key, Object]:
    """Return the full objects by kind and short name: the full name of a ConfigMap changes with its content."""
    full = personalize(resources, identity)
    return {short.key: whole.body for short, whole in zip(resources, full, strict=True)}


def hash_config_map(data: Mapping[str, str]) -> str:
    """Return the suffix of a generated ConfigMap's name (kustomize, api/hasher/hasher.go).

    Go's JSON escapes &, < and >; the hasher looks the name up in the wrong place, so it is always empty.
    """
    text = json.dumps(
        {"data": dict(data), "kind": "ConfigMap", "name": ""},
        separators=(",", ":"),
        sort_keys=True,
        ensure_ascii=False,
    )
    for character in "&<>":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return hashlib.sha256(text.encode()).hexdigest()[:10].translate(str.maketrans("013ae", "ghkmt"))


def _full_name(resource: Resource, identity: Identity) -> str:
    kind, name = resource.key
    if resource.full_name or not find_kind(kind).prefixed:
        return resource.full_name or (identity.namespace if kind == "Namespace" else name)
    hashed = resource.generated and not resource.stable
    suffix = f"-{hash_config_map(resource.body['data'])}" if hashed else resource.suffix
    return f"{identity.name}-{name}{suffix}"


def _label(body: Object, identity: Identity) -> None:
    instance = {INSTANCE: identity.name}
    body["metadata"].setdefault("labels", {}).update({**COMMON_LABELS, **instance})
    for path in find_kind(body["kind"]).selectors:
        for selector in find_maps(body, path):
            selector.update(instance)


def _set_images(body: Object, image: str) -> None:
    for _, pod in find_pods(body):
        for container in (container for field in CONTAINER_LISTS for container in find_maps(pod, (field, "*"))):
            if container.get("image") == PLACEHOLDER:
                container["image"] = image


def _follow_names(body: Object, names: Mapping[tuple[str, str], str]) -> None:
    for kind, place, field in find_kind(body["kind"]).references:
        for holder in find_maps(body, place):
            holder[field] = names.get((kind, holder.get(field, "")), holder.get(field))


def _place(body: Object, namespace: str) -> None:
    if find_kind(body["kind"]).namespaced:
        body["metadata"]["namespace"] = namespace
    for subject in find_maps(body, ("subjects", "*")):
        if subject["kind"] == "ServiceAccount":
            subject["namespace"] = namespace


def as_objects(truth: Iterable[Resource]) -> list[dict[str, Any]]:
    """Return the objects in the order in which to apply them."""
    return sorted((resource.body for resource in truth), key=lambda body: ORDER.get(body["kind"], len(ORDER)))


ORDER = {kind.name: index for index, kind in enumerate(kind for kind in ROWS if kind.early)}
