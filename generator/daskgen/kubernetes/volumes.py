"""Check volumes of a pod like the API server, beyond schemas: mounts, projections and claims.

Taken from Kubernetes' `pkg/apis/core/validation/validation.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.kubernetes import quantity
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import Fault
from daskgen.paths import Path, get

FIELD_OF_FILE = re.compile(r"metadata\.(name|namespace|uid|(annotations|labels)(\['[^']+'\])?)")
"""Fields of the pod that a file may contain; variables may contain more."""

DEVICES = {"persistentVolumeClaim", "ephemeral"}
"""Sources of volumes that can be devices."""


def check_mounts(container: Object, volumes: Mapping[str, Object]) -> Iterator[Fault]:
    """Find mounts and devices of a container that the volumes of its pod do not allow."""
    for index, mount in enumerate(container.get("volumeMounts", ())):
        for path, message, hint in _check_mount(mount, container):
            yield Fault(("volumeMounts", index, *path), message, hint)
    for field in ("volumeMounts", "volumeDevices"):
        for index, mount in enumerate(container.get(field, ())):
            if mount["name"] not in volumes:
                yield Fault((field, index, "name"), f"names no volume of the pod: {mount['name']}", "add the volume")
            elif field == "volumeDevices" and not DEVICES.intersection(volumes[mount["name"]]):
                hint = "name a volume with persistentVolumeClaim or ephemeral"
                yield Fault((field, index, "name"), f"{mount['name']} cannot be a device", hint)


def _check_mount(mount: Object, container: Object) -> Iterator[tuple[Path, str, str]]:
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield ("subPathExpr",), "excludes subPath", "write one of the two"
    privileged = get(container, ("securityContext", "privileged"))
    if mount.get("mountPropagation") == "Bidirectional" and not privileged:
        yield ("mountPropagation",), "must not be Bidirectional without privileged", "write HostToContainer"
    if mount.get("recursiveReadOnly") in {"Enabled", "IfPossible"} and not mount.get("readOnly"):
        yield ("recursiveReadOnly",), "needs readOnly: true", "write both"


def check_volumes(volumes: list[Object]) -> Iterator[Fault]:
    """Find what the API server refuses in the sources of volumes."""
    for index, volume in enumerate(volumes):
        for fault in _check_volume(volume):
            yield fault._replace(path=("volumes", index, *fault.path))


def _check_volume(volume: Object) -> Iterator[Fault]:
    yield from _check_files(get(volume, ("downwardAPI", "items")), ("downwardAPI", "items"))
    sources = get(volume, ("projected", "sources")) or []
    for index, source in enumerate(sources):
        place: Path = ("projected", "sources", index, "downwardAPI", "items")
        yield from _check_files(get(source, ("downwardAPI", "items")), place)
    yield from _find_same_files(sources)
    if get(volume, ("csi", "nodePublishSecretRef")) is not None and not get(volume, ("csi", *NODE_SECRET)):
        yield Fault(("csi", *NODE_SECRET), "must not be empty", "write the name of a Secret")
    claim = get(volume, ("ephemeral", "volumeClaimTemplate", "spec"))
    if claim:
        yield from (
            fault._replace(path=("ephemeral", "volumeClaimTemplate", "spec", *fault.path))
            for fault in check_claim(claim)
        )


NODE_SECRET: Path = ("nodePublishSecretRef", "name")


def _check_files(items: Any, place: Path) -> Iterator[Fault]:
    for index, item in enumerate(items or ()):
        field = get(item, ("fieldRef", "fieldPath"))
        if isinstance(field, str) and not FIELD_OF_FILE.fullmatch(field):
            message = f"must not be {field}: files can only contain fields of metadata"
            yield Fault((*place, index, "fieldRef", "fieldPath"), message, "such as metadata.labels")


def _find_same_files(sources: list[Object]) -> Iterator[Fault]:
    """Find files of a projected volume that two sources give."""
    seen: dict[str, Path] = {}
    for index, source in enumerate(sources):
        for path, file in _list_files(source):
            first = seen.setdefault(file, path)
            if (here := (index, *path)) and first is not path:
                yield Fault(("projected", "sources", *here), f"repeats the path {file}", "choose another path")


def _list_files(source: Object) -> Iterator[tuple[Path, str]]:
    for kind, value in source.items():
        for index, item in enumerate(value.get("items") or ()):
            yield (kind, "items", index, "path"), item["path"]
        if "path" in value:
            yield (kind, "path"), value["path"]


def check_claim(spec: Object) -> Iterator[Fault]:
    """Find what the API server refuses in the spec of a claim."""
    modes = spec.get("accessModes") or []
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        hint = "write one access mode"
        yield Fault(("accessModes", modes.index("ReadWriteOncePod")), "excludes every other access mode", hint)
    size = get(spec, ("resources", "requests", "storage"))
    try:
        empty = size is not None and quantity.parse(str(size)) <= 0
    except ValueError:
        return
    if empty:
        yield Fault(("resources", "requests", "storage"), "must be more than 0", "such as 10Gi")
