"""Write a cluster's objects as a kustomize overlay: the differences from its base.

The base of an engine and platform is a cluster without any settings. It depends only on the version of daskgen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from daskgen.kubernetes.kinds import CUSTOM, find_kind
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.objects import Key, Object, Resource
from daskgen.layers.change import Change, identify
from daskgen.layers.configuration import configure
from daskgen.layers.truth import COMMON_LABELS
from daskgen.parts.image import PLACEHOLDER, Image
from daskgen.yaml.write import dump, dump_all

Files = dict[str, str]

Index = dict[Key, Resource]

BASE_HEADER = "# Made by daskgen, the same for every cluster of this engine and platform.\n"
OVERLAY_HEADER = "# Made by daskgen from {file}; edit that file and run `daskgen render`.\n"
CONFIGURATION = "kustomizeconfig.yaml"
KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


class Overlay(NamedTuple):
    """The settings of an overlay that hold for all objects of its cluster."""

    file: str
    name: str
    namespace: str
    image: Image
    base: str
    """Name of the folder of its base."""


def write_base(resources: Sequence[Resource], header: str = BASE_HEADER) -> Files:
    """Write the files of a base, by name."""
    objects = _group(resources)
    configs = [resource for resource in resources if resource.generated]
    listed = {"resources": list(objects), "configMapGenerator": [_generate(config) for config in configs]}
    files = {file: header + dump_all(bodies) for file, bodies in objects.items()}
    if kinds := _find_custom(resources):
        listed["configurations"] = [CONFIGURATION]
        files[CONFIGURATION] = header + dump(configure(kinds))
    return {
        "kustomization.yaml": header
        + dump({**KUSTOMIZATION, **{key: value for key, value in listed.items() if value}}),
        **files,
        **_read_texts(configs),
    }


def write_overlay(overlay: Overlay, resources: Sequence[Resource], base: Sequence[Resource]) -> Files:
    """Write the files of an overlay, by name."""
    wanted, known = _index(resources), _index(base)
    added = _group([resource for key, resource in wanted.items() if key not in known])
    changes = _find_changes(wanted, known)
    patches = [(change.entry(), patch) for change in changes if (patch := change.patch())]
    configs = {
        key: resource
        for key, resource in wanted.items()
        if resource.generated and not (key in known and known[key].body == resource.body)
    }
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
        "configMapGenerator": [_generate(config, known=key in known) for key, config in configs.items()],
        "images": [_image(overlay.image)],
        "replicas": [count for change in changes for count in change.replicas()],
        "patches": [*_remove(wanted, known), *(entry for entry, _ in patches)],
        "transformers": [
            *(_rename(resource) for resource in resources if resource.full_name),
            *(_unplace(resource) for resource in resources if find_kind(resource.kind).misplaced),
        ],
    }
    return {
        "kustomization.yaml": header + dump({key: value for key, value in kustomization.items() if value}),
        **{file: header + dump_all(bodies) for file, bodies in added.items()},
        **{entry["path"]: header + dump(patch) for entry, patch in patches},
        **_read_texts(configs.values()),
    }


def _index(resources: Sequence[Resource]) -> Index:
    return {resource.key: resource for resource in resources}


def _find_custom(resources: Sequence[Resource]) -> list[str]:
    """List the custom kinds that a base and its overlays may use: DaskJob, or DaskCluster and what belongs to it."""
    kinds = {resource.kind for resource in resources}.intersection(CUSTOM)
    return [kind for kind in CUSTOM if kinds and (kind == "DaskJob") == ("DaskJob" in kinds)]


def _group(resources: Sequence[Resource]) -> dict[str, list[Object]]:
    """Group objects by file, without those that kustomize generates."""
    objects: dict[str, list[Object]] = defaultdict(list)
    for resource in resources:
        if not resource.generated:
            objects[resource.file].append(resource.named)
    return dict(objects)


def _generate(config: Resource, *, known: bool = False) -> Object:
    """Have kustomize generate a ConfigMap; `known` says that it replaces one of the base."""
    behavior = {"behavior": "replace"} if known else {}
    options = {"options": {"disableNameSuffixHash": True}} if config.stable else {}
    return {"name": config.key[1], **behavior, **options, "files": [config.file]}


def _read_texts(configs: Iterable[Resource]) -> Files:
    return {config.file: config.body["data"][config.file] for config in configs}


def _image(image: Image) -> Object:
    entry = {"name": PLACEHOLDER, "newName": image.name, "newTag": image.tag, "digest": image.digest}
    return {key: value for key, value in entry.items() if value}


def _find_changes(wanted: Index, known: Index) -> list[Change]:
    files = _name_patches(known)
    return [
        Change(resource, wanted[key].named, files[key])
        for key, resource in known.items()
        if not resource.generated and key in wanted and wanted[key].named != resource.body
    ]


def _name_patches(base: Index) -> dict[Key, str]:
    """Name a file for the patch of each object: the object's own file for the first in it.

    One for each object, since the kustomize of kubectl 1.30 reads a single patch from a file.
    """
    files: dict[str, Key] = {}
    for key, resource in base.items():
        kind, name = key
        files[f"{kind.lower()}-{name}.yaml" if resource.file in files else resource.file] = key
    return {key: file for file, key in files.items()}


def _rename(resource: Resource) -> str:
    """Return a transformer that removes the prefix from a name: transformers run after it is added, patches before."""
    return _transform(resource, {"op": "replace", "path": "/metadata/name", "value": resource.full_name})


def _unplace(resource: Resource) -> str:
    """Return a transformer that removes the namespace of an object that is in none."""
    return _transform(resource, {"op": "remove", "path": "/metadata/namespace"})


def _transform(resource: Resource, operation: Object) -> str:
    kind, name = resource.key
    return dump(
        {
            "apiVersion": "builtin",
            "kind": "PatchTransformer",
            "metadata": {"name": f"{kind.lower()}-{name}"},
            "target": {"kind": kind, "name": name},
            "options": {"allowNameChange": True},
            "patch": dump([operation]),
        }
    )


def _remove(wanted: Index, known: Index) -> list[Object]:
    """Return a separate patch for each removal: several in one make kustomize before 5.7 panic.

    https://github.com/kubernetes-sigs/kustomize/issues/5552
    """
    removed = [resource for key, resource in known.items() if key not in wanted]
    return [{"patch": dump({**identify(resource), "$patch": "delete"})} for resource in removed]
