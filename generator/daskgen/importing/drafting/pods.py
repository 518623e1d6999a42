"""Describe pods in the fields of the scheduler or of a group of workers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from daskgen.importing.draft import Part, find_container
from daskgen.importing.reasons import IMPLIED
from daskgen.kubernetes import labels
from daskgen.model.patterns import GPU_NAME
from daskgen.parts.gpu import NVIDIA
from daskgen.parts.placement import Spread, spread_evenly
from daskgen.parts.places import list_copied
from daskgen.parts.pods import write_to_scratch
from daskgen.parts.resources import SHORT
from daskgen.parts.scratch import read_scratch
from daskgen.parts.security import secure_container
from daskgen.parts.storage import OURS, SHM, SHM_PATH, SOURCES, STATED
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import get
from daskgen.rules.fit import OUR_VARIABLES

COPIED = [field.alias for field in list_copied(WorkerGroup)]


def describe_pod(part: Part) -> dict[str, Any]:
    """Return the fields that describe the pods of a part, except their number."""
    pod, container = get(part.tree, ("spec",)) or {}, own_container(part)
    meta = get(part.tree, ("metadata",)) or {}
    # Each of several workers in a pod got its share as --memory-limit.
    memory = "" if "processes" in part.fields else part.options.get("--memory-limit", "")
    fields: dict[str, Any] = {
        **_describe_amounts(container.get("resources") or {}, memory),
        **read_scratch(pod.get("volumes") or []),
        "env": _describe_env(container.get("env") or []),
        "volumes": _describe_volumes(pod.get("volumes") or [], container.get("volumeMounts") or []),
        "shm": _describe_shm(pod.get("volumes") or [], container.get("volumeMounts") or []),
        **_describe_containers(part, pod),
        "envFrom": container.get("envFrom"),
        **{key: pod[key] for key in COPIED if key in pod and pod[key] != IMPLIED.get(key)},
        **_describe_confinement(pod),
        "labels": {key: value for key, value in (meta.get("labels") or {}).items() if key not in labels.OURS},
        "annotations": meta.get("annotations"),
        **part.fields,
    }
    if part.role == "workers":
        fields = {"name": part.group, **fields, **_describe_workers(pod, part)}
        fields["spread"] = part.spread
    if part.role == "job":
        fields |= {"restart": pod.get("restartPolicy"), "deadline": pod.get("activeDeadlineSeconds")}
    return {key: value for key, value in fields.items() if value not in (None, "", {}, [])}


def _describe_confinement(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profiles of the pod, without the one of seccomp that every pod has."""
    context = pod.get("securityContext") or {}
    profiles = {name: context.get(name) for name in ("appArmorProfile", "seccompProfile")}
    return {name: value for name, value in profiles.items() if value != secure_container().get(name)}


def _describe_containers(part: Part, pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return the containers beside Dask's, without what daskgen fills in."""
    own = own_container(part)
    sidecars = [one for one in pod.get("containers") or [] if one is not own]
    lists = {"initContainers": pod.get("initContainers") or [], "containers": sidecars}
    return {name: [_drop_secured(one) for one in containers] for name, containers in lists.items()}


def _drop_secured(container: Mapping[str, Any]) -> dict[str, Any]:
    secure = secure_container()
    context = container.get("securityContext") or {}
    left = {key: value for key, value in context.items() if secure.get(key) != value}
    rest = {key: value for key, value in container.items() if key != "securityContext"}
    return {**rest, "securityContext": left} if left else rest


def own_container(part: Part) -> dict[str, Any]:
    """Return the container that runs Dask; {} if there is none."""
    index = find_container(part)
    found: dict[str, Any] = {} if index is None else get(part.tree, ("spec", "containers", index))
    return found


def _describe_amounts(resources: Mapping[str, Any], memory: str) -> dict[str, Any]:
    """Return the short form if requests equal limits, else both maps. `memory` is the memory limit given to Dask."""
    requests, limits = (dict(resources.get(part) or {}) for part in ("requests", "limits"))
    if not {*requests, *limits}.intersection(["memory"]) and memory[:1].isdecimal():
        limits["memory"] = memory.removesuffix("B")
    fields: dict[str, Any] = {}
    for name, limit in list(limits.items()):
        # Without a request, Kubernetes uses the limit.
        if str(requests.get(name, limit)) == str(limit) and _keep_short(fields, name, limit):
            del limits[name]
            requests.pop(name, None)
    if list(fields.get("gpu", ())) == [NVIDIA]:
        fields["gpu"] = fields["gpu"][NVIDIA]
    return {**fields, "requests": requests, "limits": limits}


def _keep_short(fields: dict[str, Any], name: str, amount: Any) -> bool:
    """Write an amount in its short form; return whether it has one."""
    if name in SHORT:
        fields[SHORT[name]] = amount
    elif re.search(GPU_NAME, name) and str(amount).isdecimal():
        fields["gpu"] = {**fields.get("gpu", {}), name: int(amount)}
    else:
        return False
    return True


def _describe_env(entries: list[Any]) -> dict[str, Any]:
    described = {}
    for entry in (entry for entry in entries if entry not in write_to_scratch()):
        name = get(entry, ("name",))
        value = _describe_variable(entry) if isinstance(name, str) and name not in {*OUR_VARIABLES, SPILL} else None
        if value is not None:
            described[name] = value
    return described


def _describe_variable(entry: Mapping[str, Any]) -> Any:
    if set(entry) <= {"name", "value"}:
        value = entry.get("value")
        return "" if value is None else value
    if set(entry) != {"name", "valueFrom"} or len(entry["valueFrom"] or {}) != 1:
        return None
    [(kind, source)] = entry["valueFrom"].items()
    return _read_source(kind, source) if isinstance(source, Mapping) else None


def _read_source(kind: str, source: Mapping[str, Any]) -> dict[str, Any] | None:
    if kind in REFERENCES and set(source) == {"name", "key"}:
        return {REFERENCES[kind]: source["name"], "key": source["key"]}
    if kind == "fieldRef" and set(source) == {"fieldPath"}:
        return {"field": source["fieldPath"]}
    return None


REFERENCES: Mapping[str, str] = {"secretKeyRef": "secret", "configMapKeyRef": "configMap"}


def _describe_volumes(volumes: list[Any], mounts: list[Any]) -> list[dict[str, Any]]:
    """Return the mounted volumes whose source is a field of the spec."""
    described = []
    for volume in volumes:
        name, source = volume.get("name"), {key: value for key, value in volume.items() if key != "name"}
        places = [mount for mount in mounts if mount.get("name") == name]
        if _describe_shm([volume], mounts):
            continue
        known = name and source and set(source) <= {*SOURCES} - {*STATED}
        if known and places and all(_is_plain(volume, place) for place in places):
            described.append({"name": name, **_describe_mounts(places), **source})
    return described


def _describe_shm(volumes: list[Any], mounts: list[Any]) -> Any:
    """Return the size of the volume that `shm` gives, if it is one of these."""
    sizes = [size for volume in volumes if (size := get(volume, ("emptyDir", "sizeLimit"))) and _is_shm(volume)]
    return sizes[0] if sizes and {"name": SHM, "mountPath": SHM_PATH} in mounts else None


def _is_shm(volume: Any) -> bool:
    return volume.get("name") == SHM and set(volume["emptyDir"]) == {"medium", "sizeLimit"}


def _describe_mounts(places: list[Any]) -> dict[str, Any]:
    """Write one mount as fields of its volume, and several as a list."""
    fields = [{key: value for key, value in place.items() if value and key != "name"} for place in places]
    return fields[0] if len(fields) == 1 else {"mounts": fields}


def _is_plain(volume: Mapping[str, Any], mount: Mapping[str, Any]) -> bool:
    """Return whether the spec can express a mount, and not every pod has it anyway."""
    said = {"name", "mountPath"} <= set(mount) <= {"name", "mountPath", "subPath", "readOnly"}
    return said and mount["mountPath"] not in ("", None, OURS.get(volume["name"]))


SPILL = "DASK_DISTRIBUTED__WORKER__MEMORY__MAX_SPILL"
"""The environment variable that `spill` is rendered to."""


def _describe_workers(pod: Mapping[str, Any], part: Part) -> dict[str, Any]:
    spill = [
        get(variable, ("value",))
        for variable in own_container(part).get("env") or []
        if get(variable, ("name",)) == SPILL
    ]
    return {
        "spill": next(iter(spill), None),
        "topologySpreadConstraints": _describe_spread(pod.get("topologySpreadConstraints") or []),
    }


EVENLY = [
    {key: value for key, value in constraint.items() if key != "labelSelector"} for constraint in spread_evenly({})
]
"""The constraints that `spread` is rendered to."""


def _describe_spread(constraints: list[Any]) -> list[dict[str, Any]]:
    known = {str(field.alias) for field in Spread.model_fields.values()}
    if any(set(constraint) - known - {"labelSelector"} for constraint in constraints):
        return []
    described = [{key: value for key, value in constraint.items() if key in known} for constraint in constraints]
    return [] if described == EVENLY else described
