"""Find in a cluster's rendered objects what its pods are made from, for each engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from daskgen.engine._update import CLUSTER_LABEL
from daskgen.kubernetes.kinds import CUSTOM, find_pods
from daskgen.kubernetes.labels import COMPONENT, GROUP, JOB, NOTEBOOK, SCHEDULER
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.replicas import count_pods
from daskgen.paths import get


class PodSet(NamedTuple):
    """Pods with the same template: the scheduler, or the workers of one group."""

    group: str
    """Name of the worker group; the scheduler has none."""
    wanted: int
    most: int
    """The most pods that an autoscaler may ask for; otherwise the number that is wanted."""
    labels: Mapping[str, str]
    """Labels that select these pods among those of the cluster."""
    spec: Object
    maker: str = "Deployment"
    """Kind of the object that creates the pods."""

    @property
    def title(self) -> str:
        """Return its name for reports, where it is no worker group."""
        return self.labels.get(NOTEBOOK) or self.labels[COMPONENT]

    @property
    def is_scheduler(self) -> bool:
        """Return whether workers need it."""
        return self.labels[COMPONENT] == SCHEDULER[COMPONENT]

    @property
    def processes(self) -> int:
        """Return the number of workers in each pod."""
        args = self.spec["containers"][0].get("args") or []
        ports = args[args.index("--worker-port") + 1] if "--worker-port" in args else ""
        first, _, last = ports.partition(":")
        return int(last) - int(first) + 1 if last else 1

    @property
    def images(self) -> set[str]:
        """Return the images of its containers."""
        return {container["image"] for container in self.spec["containers"]}


def find_pod_sets(objects: Iterable[Object]) -> Iterator[PodSet]:
    """Return the scheduler and every group of workers in complete rendered objects, without other pods."""
    for body in objects:
        for place, spec in find_pods(body):
            labels = get(body, (*place[:-1], "metadata", "labels"))
            if labels.get(COMPONENT) == JOB[COMPONENT]:
                continue
            group = labels.get(GROUP, "")
            own = {key: labels[key] for key in (COMPONENT, GROUP, NOTEBOOK) if key in labels}
            maker = "Deployment" if body["kind"] in CUSTOM else body["kind"]
            yield PodSet(group, *count_pods(body, place), {**own, **_name_cluster(body)}, spec, maker)


def _name_cluster(body: Object) -> dict[str, str]:
    """Return the operator's label, which separates pods from those of a former cluster in this place."""
    if body["kind"] not in CUSTOM:
        return {}
    named = get(body, ("spec", "cluster")) if body["kind"] == "DaskWorkerGroup" else body["metadata"]["name"]
    return {CLUSTER_LABEL: named}


def find_custom(objects: Iterable[Object]) -> list[Object]:
    """Return the custom resources from which the operator creates pods."""
    return [document for document in objects if document["kind"] in CUSTOM]


NOTEBOOKS = "StatefulSet"
"""Kind of the objects that create the pods of notebooks."""


def has_notebooks(objects: Iterable[Object]) -> bool:
    """Return whether a notebook is beside the cluster."""
    return any(body["kind"] == NOTEBOOKS for body in objects)
