"""Write the fields of a spec that express a draft. What has no field is left for patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from daskgen.engine._update import RECREATE
from daskgen.importing.draft import Draft, Part
from daskgen.importing.drafting.pods import describe_pod, own_container
from daskgen.importing.reading.documents import HASH
from daskgen.kubernetes import quantity
from daskgen.parts.account import NAME as ACCOUNT
from daskgen.parts.config import merge
from daskgen.parts.image import read_reference
from daskgen.parts.job import Job
from daskgen.parts.packages import Packages
from daskgen.parts.pods import Pod
from daskgen.parts.resources import SHORT, usual
from daskgen.parts.scheduler import GRACE, Scheduler
from daskgen.parts.scratch import Scratch
from daskgen.parts.workers import DEFAULT, SPILL_SHARE, WorkerGroup
from daskgen.paths import get


def write_spec(draft: Draft, namespace: str, shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of a cluster, without defaults; `shared` are the defaults of the fleet."""
    image = next((found for part in draft.pods if (found := own_container(part)).get("image")), {})
    pods = [_describe_pod(part, image.get("image")) for part in draft.pods]
    env = _share_env(pods)
    scheduler, workers, jobs = pods[0], pods[1 : len(draft.workers) + 1], pods[len(draft.workers) + 1 :]
    if "scheduler" not in shared:
        scheduler = _drop_defaults(Scheduler, scheduler)
    if draft.scheduler.tree.get("replicas") == 0:
        scheduler = {"replicas": 0, **scheduler}
    if scheduler.get("terminationGracePeriodSeconds") == GRACE:
        del scheduler["terminationGracePeriodSeconds"]
    taken = Packages.model_fields["size"].default if "packages" in draft.spec else "0"
    workers = [_drop_derived(_drop_defaults(WorkerGroup, group), taken) for group in workers]
    for part, group in zip(draft.workers, workers, strict=True):
        _count(group, part, draft)
    spec: dict[str, Any] = {
        "apiVersion": "daskgen/v1",
        "kind": "DaskJob" if draft.job else "",
        "platform": _guess_platform(draft),
        "engine": _describe_engine(draft, shared),
        "namespace": namespace,
        "image": _describe_image(image, draft.pods),
        "scheduler": scheduler,
        "workers": workers or [{}],
        "job": _drop_defaults(Job, jobs[0]) if jobs else {},
        "serviceAccount": _describe_account(draft),
        "env": env,
    }
    return merge({key: value for key, value in spec.items() if value}, draft.spec)


def _describe_pod(part: Part, image: Any) -> dict[str, Any]:
    """Return the fields of a pod, with its image if it differs from the cluster's."""
    container = own_container(part)
    own = {} if container.get("image") in (None, image) else {"image": _describe_image(container, [part])}
    return {**own, **describe_pod(part)}


def _describe_engine(draft: Draft, shared: Mapping[str, Any]) -> Any:
    """Return the engine, and its `update` if the objects show it; None if the fleet's default is the same."""
    first = draft.documents[0].value
    if draft.is_ours and get(first, ("kind",)) == "DaskCluster":
        if HASH.search(str(get(first, ("metadata", "name")))):
            return {"kind": draft.engine, "update": "blue-green"}
        if RECREATE.items() <= (get(first, ("metadata", "annotations")) or {}).items():
            return {"kind": draft.engine, "update": "recreate"}
    engine = shared.get("engine", "deployments")
    return draft.engine if draft.engine != (get(engine, ("kind",)) or engine) else None


def _describe_account(draft: Draft) -> str:
    """Return the name of the service account of all pods, unless daskgen creates it."""
    names = {get(part.tree, ("spec", "serviceAccountName")) for part in draft.pods if part.tree}
    name = names.pop() if len(names) == 1 else None
    return name if isinstance(name, str) and name not in {"default", f"{draft.name}-{ACCOUNT}"} else ""


def _guess_platform(draft: Draft) -> str:
    """Return `openshift` for pods that daskgen rendered without a user, which OpenShift assigns."""
    users = [get(part.tree, ("spec", "securityContext", "runAsUser")) for part in draft.pods]
    return "openshift" if draft.is_ours and not any(users) else ""


def _drop_derived(group: dict[str, Any], taken: str) -> dict[str, Any]:
    """Leave out `spill` and the grace period if `scratch` and `memory` result in the same values.

    `taken` is the size of the packages on the scratch volume.
    """
    said: dict[str, Any] = {"memory": str(group["memory"])} if "memory" in group else {}
    if scratch := group.get("scratch"):
        size = scratch["size"] if isinstance(scratch, dict) else scratch
        said["scratch"] = Scratch.model_construct(size=str(size), storage_class=None)
    said |= {key: {name: str(amount) for name, amount in group.get(key, {}).items()} for key in ("requests", "limits")}
    derived = WorkerGroup.model_construct(**said)
    try:
        spill = f"{int(float(quantity.parse(derived.room) - quantity.parse(taken)) * SPILL_SHARE) >> 20}Mi"
        given = {"spill": spill, "terminationGracePeriodSeconds": derived.grace}
    except ValueError:
        return group
    return {key: value for key, value in group.items() if given.get(key) != value}


def _drop_defaults(model: type[Pod], fields: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        field.alias: str(usual(model, name) if name in SHORT.values() else field.get_default(call_default_factory=True))
        for name, field in model.model_fields.items()
    }
    return {key: value for key, value in fields.items() if str(value) != defaults.get(key)}


def _count(group: dict[str, Any], part: Part, draft: Draft) -> None:
    """Put the number of workers first."""
    replicas: Any = part.tree.get("replicas", 1)
    limits = draft.limits
    if limits and part.group == DEFAULT:
        replicas = {"min": limits.get("minimum"), "max": limits.get("maximum")}
    replicas = draft.ranges.get(part.group, replicas)
    if replicas != 1:
        rest = dict(group)
        name = {"name": rest.pop("name")} if "name" in rest else {}
        group.clear()
        group.update({**name, "replicas": replicas, **rest})


def _share_env(pods: list[dict[str, Any]]) -> dict[str, Any]:
    """Take out of the pods the variables that all of them have, and return these."""
    if len(pods) < 2:
        return {}
    first = pods[0].get("env", {})
    shared = {
        name: value for name, value in first.items() if all(pod.get("env", {}).get(name) == value for pod in pods)
    }
    for pod in pods:
        rest = {name: value for name, value in pod.pop("env", {}).items() if name not in shared}
        pod.update({"env": rest} if rest else {})
    return shared


def _describe_image(container: Mapping[str, Any], parts: Sequence[Part]) -> Any:
    """Return the image of a container, and the pull secrets of the pods of these parts."""
    policy = container.get("imagePullPolicy")
    secrets = [secret for part in parts for secret in get(part.tree, ("spec", "imagePullSecrets")) or []]
    more = {
        "pullPolicy": policy if policy != "IfNotPresent" else None,
        "pullSecrets": list(dict.fromkeys(secret["name"] for secret in secrets if set(secret) == {"name"})),
    }
    said = {key: value for key, value in more.items() if value}
    image = container.get("image")
    if not said or not isinstance(image, str):
        return image
    return {**{key: value for key, value in read_reference(image).items() if value}, **said}
