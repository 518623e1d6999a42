"""Add up the requests of objects: cores, memory, GPUs and other resources of their pods, and volumes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import find_pods
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.replicas import count_pods, is_for_workers
from daskgen.paths import find_maps, get

Amounts = dict[str, int | Fraction]

CLAIM = ("spec", "resources", "requests")
"""Path of the requested size of a PersistentVolumeClaim."""


class Requested(NamedTuple):
    """What pods request: cores in thousandths, memory in bytes, and other resources as in `Totals`."""

    millicores: int = 0
    memory: int = 0
    others: tuple[tuple[str, int], ...] = ()


Placed = tuple[tuple[tuple[str, str], ...], Requested]
"""A node selector, sorted, and what the pods that have it request."""


class Totals(NamedTuple):
    """The maximum that clusters and the operator request: cores in thousandths, memory in bytes."""

    clusters: int = 0
    objects: int = 0
    workers: int = 0
    millicores: int = 0
    memory: int = 0
    operators: int = 0
    others: tuple[tuple[str, int], ...] = ()
    """Other resources, sorted by their name in Kubernetes: ephemeral-storage and storage, which are volumes, in bytes;
    nvidia.com/gpu and the like as numbers."""
    placed: tuple[Placed, ...] = ()
    """The part of it that pods with a node selector request, by selector."""

    @property
    def requested(self) -> Requested:
        """Return what all pods request."""
        return Requested(self.millicores, self.memory, self.others)


def subtract(requested: Requested, part: Requested) -> Requested:
    """Subtract a part of the requests."""
    less = dict(part.others)
    others = tuple((name, number - less.get(name, 0)) for name, number in requested.others)
    return Requested(requested.millicores - part.millicores, requested.memory - part.memory, others)


def total(parts: Iterable[Totals]) -> Totals:
    """Add up the totals of several clusters."""
    found = list(parts)
    return Totals(
        clusters=sum(part.clusters for part in found),
        objects=sum(part.objects for part in found),
        workers=sum(part.workers for part in found),
        millicores=sum(part.millicores for part in found),
        memory=sum(part.memory for part in found),
        operators=sum(part.operators for part in found),
        others=_sum_others(part.others for part in found),
        placed=_sum_placed(pair for part in found for pair in part.placed),
    )


def _sum_others(parts: Iterable[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    others: dict[str, int] = {}
    for name, amount in (pair for part in parts for pair in part):
        others[name] = others.get(name, 0) + amount
    return tuple(sorted(others.items()))


def _sum_placed(parts: Iterable[Placed]) -> tuple[Placed, ...]:
    placed: dict[tuple[tuple[str, str], ...], Requested] = {}
    for selector, more in parts:
        known = placed.get(selector, Requested())
        others = _sum_others((known.others, more.others))
        placed[selector] = Requested(known.millicores + more.millicores, known.memory + more.memory, others)
    return tuple(sorted(placed.items()))


def add_up(objects: Iterable[Object]) -> Totals:
    """Add up the requests of objects of one cluster, or of the operator; invalid quantities count as zero."""
    bodies = list(objects)
    amounts: Amounts = defaultdict(int)
    workers = 0
    placed: list[Placed] = []
    for count, pod, is_worker in _find_pods(bodies):
        workers += count if is_worker else 0
        asked = {name: count * amount for name, amount in add_up_pod(pod, find_requests).items()}
        for name, amount in asked.items():
            amounts[name] += amount
        placed += [(selector, _request(asked))] if (selector := _read_selector(pod)) else []
    for body in bodies:
        if body["kind"] == "PersistentVolumeClaim":
            _add(amounts, get(body, CLAIM))
    requested = _request(amounts)
    return Totals(
        0,
        len(bodies),
        workers,
        requested.millicores,
        requested.memory,
        others=requested.others,
        placed=_sum_placed(placed),
    )


def _request(amounts: Mapping[str, int | Fraction]) -> Requested:
    others = ((name, int(amount)) for name, amount in sorted(amounts.items()) if amount and name not in MAIN)
    return Requested(int(amounts.get("cpu", 0) * 1000), int(amounts.get("memory", 0)), tuple(others))


MAIN = ("cpu", "memory")


def _read_selector(pod: Object) -> tuple[tuple[str, str], ...]:
    found = get(pod, ("nodeSelector",))
    return tuple(sorted((str(key), str(value)) for key, value in found.items())) if isinstance(found, dict) else ()


def _find_pods(bodies: Iterable[Object]) -> Iterator[tuple[int, Object, bool]]:
    """Find the specs of pods, with the maximum number of each, and whether they are workers."""
    autoscalers = [body for body in bodies if body["kind"] == AUTOSCALER]
    most = {get(body, ("spec", "cluster")): get(body, ("spec", "maximum")) for body in autoscalers}
    for body in bodies:
        for place, pod in find_pods(body):
            is_worker = is_for_workers(body, place)
            count: Any = count_pods(body, place).most
            if is_worker and body["kind"] == "DaskCluster":
                count = most.get(body["metadata"]["name"], count)
            yield count if isinstance(count, int) else 1, pod, is_worker


AUTOSCALER = "DaskAutoscaler"
"""Kind of the autoscaler, which scales only the workers that the operator creates with the DaskCluster."""


def add_up_pod(pod: Object, read: Callable[[Object], dict[str, Any]]) -> Amounts:
    """Add up the amounts that `read` returns for a pod's containers. Init containers run before, one after another.

    Init containers with restartPolicy Always keep running beside the containers after them.
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    sidecars: Amounts = defaultdict(int)
    most: Amounts = defaultdict(int)
    for container in find_maps(pod, ("initContainers", "*")):
        first = sidecars if container.get("restartPolicy") == "Always" else sidecars.copy()
        _add(first, read(container))
        most.update({name: max(most[name], amount) for name, amount in first.items()})
    amounts = sidecars
    for container in find_maps(pod, ("containers", "*")):
        _add(amounts, read(container))
    amounts.update({name: max(amounts[name], amount) for name, amount in most.items()})
    for claim in find_maps(pod, EPHEMERAL):
        _add(amounts, get(claim, CLAIM))
    return amounts


EPHEMERAL = ("volumes", "*", "ephemeral", "volumeClaimTemplate")
"""Path in a pod of the claims that are created for it."""


def find_requests(container: Object) -> dict[str, Any]:
    """Return the requests of a container. Missing ones equal its limits, as the API server sets them."""
    limits, requests = (get(container, ("resources", part)) for part in ("limits", "requests"))
    return {**(limits or {}), **(requests or {})}


def _add(amounts: Amounts, more: Any) -> None:
    for name, text in more.items() if isinstance(more, Mapping) else ():
        try:
            amounts[name] += quantity.parse(str(text))
        except ValueError:
            continue
