"""Count what a ResourceQuota counts, and list what a LimitRange limits, for the objects of a cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import find_pods
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.replicas import count_pods, is_for_workers
from daskgen.kubernetes.totals import AUTOSCALER, CLAIM, EPHEMERAL, Amounts, add_up_pod, find_requests
from daskgen.paths import find_maps, get

DEFAULT_SURGE = "25%"
"""Default `maxSurge` of a Deployment."""

MADE_SERVICES: Mapping[str, int] = {"Service": 1, "DaskCluster": 1, "DaskJob": 1}
"""Kinds to the number of Services that there are of each object; the operator creates one for each scheduler."""


def find_limits(container: Object) -> dict[str, Any]:
    """Return the limits of a container."""
    return get(container, ("resources", "limits")) or {}


SIDES: Mapping[str, Callable[[Object], dict[str, Any]]] = {"requests": find_requests, "limits": find_limits}


class Range(NamedTuple):
    """The minimum and the maximum that a cluster may use of each resource."""

    least: Amounts
    """Usage with the minimum number of workers, and no rollout in progress."""
    most: Amounts
    """Usage with the maximum number of workers, during a rollout."""


def count_usage(resources: Sequence[Resource]) -> Range:
    """Count what a quota counts: pods, their requests and limits, claims and Services."""
    found = Range(defaultdict(int), defaultdict(int))
    for least, most, pod in _find_pods(resources):
        for name, amount in _count_pod(pod).items():
            found.least[name] += least * amount
            found.most[name] += most * amount
    for resource in resources:
        for usage in found:
            usage["services"] += MADE_SERVICES.get(resource.key[0], 0)
            if resource.key[0] == "PersistentVolumeClaim":
                usage["persistentvolumeclaims"] += 1
                usage["requests.storage"] += _parse(get(resource.body, (*CLAIM, "storage")))
    return found


def _count_pod(pod: Object) -> Amounts:
    """Count what a quota counts of one pod."""
    counted: Amounts = {"pods": 1, "persistentvolumeclaims": len(list(find_maps(pod, EPHEMERAL)))}
    for side, read in SIDES.items():
        counted |= {f"{side}.{name}": amount for name, amount in add_up_pod(pod, read).items()}
    return counted


def _find_pods(resources: Sequence[Resource]) -> Iterator[tuple[int, int, Object]]:
    """Find the specs of pods, with the minimum and the maximum number of each."""
    bodies = {resource.key: resource.body for resource in resources}
    for resource in resources:
        for place, pod in find_pods(resource.body):
            least, most = count_pods(resource.body, place)
            scaler = bodies.get((AUTOSCALER, resource.key[1])) if is_for_workers(resource.body, place) else None
            most = max(most, get(scaler, ("spec", "maximum")) or 0)
            # An object whose name has a suffix is created beside the old one, so two exist for a while.
            yield least, 2 * most if resource.suffix else most + _find_surge(resource.body, most), pod


def _find_surge(body: Object, count: int) -> int:
    """Return how many pods a Deployment creates beside the old ones while it rolls out."""
    strategy = get(body, ("spec", "strategy")) or {}
    if body["kind"] != "Deployment" or strategy.get("type") == "Recreate":
        return 0
    surge = get(strategy, ("rollingUpdate", "maxSurge"))
    text = str(DEFAULT_SURGE if surge is None else surge)
    if text.endswith("%"):
        return ceil(count * int(text[:-1]) / 100)
    return int(text) if text.isdecimal() else 0


class Sized(NamedTuple):
    """Something that a LimitRange limits: its type, what it is, and its amounts."""

    type: str
    title: str
    requests: Amounts
    limits: Amounts


def list_sized(bodies: Iterable[Object]) -> Iterator[Sized]:
    """List the containers, pods and claims of objects."""
    for body in bodies:
        title = f"{body['kind']} {body['metadata']['name']}"
        for _, pod in find_pods(body):
            yield Sized("Pod", f"a pod of {title}", *(add_up_pod(pod, read) for read in SIDES.values()))
            for container in [*find_maps(pod, ("containers", "*")), *find_maps(pod, ("initContainers", "*"))]:
                amounts = [_read_amounts(read(container)) for read in SIDES.values()]
                yield Sized("Container", f"container {container.get('name')} of {title}", *amounts)
            for claim in find_maps(pod, EPHEMERAL):
                yield _size_claim(f"a claim for each pod of {title}", claim)
        if body["kind"] == "PersistentVolumeClaim":
            yield _size_claim(title, body)


def _size_claim(title: str, claim: Object) -> Sized:
    amounts = _read_amounts(get(claim, CLAIM) or {})
    return Sized("PersistentVolumeClaim", title, amounts, amounts)


def _read_amounts(amounts: Mapping[str, Any]) -> Amounts:
    return {name: _parse(text) for name, text in amounts.items()}


def _parse(text: Any) -> Any:
    try:
        return quantity.parse(str(text))
    except ValueError:
        return 0
