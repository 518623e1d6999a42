"""Writes a cluster's objects as the little in which they differ from their base.

The base of an engine and platform is what a cluster becomes that says nothing. It depends on daskgen's version alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.emit import dump, dump_all
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.merge import KEYS, find_difference
from daskgen.kubernetes.objects import Object, Resource
from daskgen.layers.truth import COMMON_LABELS
from daskgen.parts.image import PLACEHOLDER, Image

Files = dict[str, str]

BASE_HEADER = "# Made by daskgen, the same for every cluster of this engine and platform.\n"
OVERLAY_HEADER = "# Made by daskgen from {file}; edit that file and run `daskgen render`.\n"
KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


class Overlay(NamedTuple):
    """What an overlay says of its cluster as a whole."""

    file: str
    name: str
    namespace: str
    image: Image
    base: str
    """Name of the folder of its base."""


def write_base(resources: Sequence[Resource]) -> Files:
    """The files of a base, by name."""
    objects = _group(resources)
    configs = [it for it in resources if _is_generated(it)]
    listed = {"resources": list(objects), "configMapGenerator": [_generate(it) for it in configs]}
    return {
        "kustomization.yaml": BASE_HEADER + dump({**KUSTOMIZATION, **listed}),
        **{file: BASE_HEADER + dump_all(bodies) for file, bodies in objects.items()},
        **_read_texts(configs),
    }


def write_overlay(overlay: Overlay, resources: Sequence[Resource], base: Sequence[Resource]) -> Files:
    """The files of an overlay, by name."""
    known = {it.key: it.body for it in base}
    added = _group([it for it in resources if it.key not in known])
    patches, replicas = _find_patches(resources, base)
    configs = [it for it in resources if _is_generated(it) and known.get(it.key) != it.body]
    header = OVERLAY_HEADER.format(file=overlay.file)
    kustomization = {
        **KUSTOMIZATION,
        "namespace": overlay.namespace,
        "namePrefix": f"{overlay.name}-",
        "labels": [
            {"pairs": {INSTANCE: overlay.name}, "includeSelectors": True},
            {"pairs": dict(COMMON_LABELS)},
        ],
        "resources": [f"../../base/{overlay.base}", *added],
        "configMapGenerator": [_generate(it, behavior="replace") for it in configs],
        "images": [_image(overlay.image)],
        "replicas": replicas,
        "patches": [{"path": file} for file in patches],
    }
    return {
        "kustomization.yaml": header + dump({key: value for key, value in kustomization.items() if value}),
        **{file: header + dump_all(bodies) for file, bodies in {**added, **patches}.items()},
        **_read_texts(configs),
    }


def _is_generated(resource: Resource) -> bool:
    return resource.key[0] == "ConfigMap"


def _group(resources: Sequence[Resource]) -> dict[str, list[Object]]:
    """Objects by file, but for those that kustomize generates."""
    objects: dict[str, list[Object]] = defaultdict(list)
    for it in resources:
        if not _is_generated(it):
            objects[it.file].append(it.body)
    return dict(objects)


def _generate(config: Resource, **options: str) -> Object:
    return {"name": config.key[1], **options, "files": [config.file]}


def _read_texts(configs: Sequence[Resource]) -> Files:
    return {it.file: it.body["data"][it.file] for it in configs}


def _image(image: Image) -> Object:
    entry = {"name": PLACEHOLDER, "newName": image.name, "newTag": image.tag, "digest": image.digest}
    return {key: value for key, value in entry.items() if value}


def _find_patches(
    resources: Sequence[Resource], base: Sequence[Resource]
) -> tuple[dict[str, list[Object]], list[dict[str, Any]]]:
    """Patches by file, and the counts that kustomize has a field for."""
    wanted = {it.key: it.body for it in resources}
    patches: dict[str, list[Object]] = defaultdict(list)
    replicas: list[dict[str, Any]] = []
    for it in base:
        if _is_generated(it):
            continue
        target = {"apiVersion": it.body["apiVersion"], "kind": it.key[0], "metadata": {"name": it.key[1]}}
        if it.key not in wanted:
            patches[it.file].append({**target, "$patch": "delete"})
            continue
        change = find_difference(it.body, wanted[it.key], KEYS.get(it.key[0], {}))
        replicas += _take_replicas(it.key[1], change)
        if change:
            meta = {**target["metadata"], **change.pop("metadata", {})}
            patches[it.file].append({**target, "metadata": meta, **change})
    return dict(patches), replicas


def _take_replicas(name: str, change: Object) -> list[dict[str, Any]]:
    spec: Mapping[str, Any] = change.get("spec") or {}
    if "replicas" not in spec:
        return []
    rest = {key: value for key, value in spec.items() if key != "replicas"}
    change["spec"] = rest
    if not rest:
        del change["spec"]
    return [{"name": name, "count": spec["replicas"]}]
