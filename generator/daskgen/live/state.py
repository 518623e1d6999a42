"""How a cluster is, seen from what Kubernetes has of it and what its spec asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from typing import NamedTuple

from daskgen.emit import dump
from daskgen.kubernetes.labels import GROUP
from daskgen.kubernetes.objects import Object
from daskgen.live.pods import Restart, explain, find_restart


class Group(NamedTuple):
    """The scheduler, or the workers of one group."""

    name: str
    """That of the worker group; the scheduler has none."""
    wanted: int
    """How many pods the spec asks for."""
    ready: int
    images: tuple[str, ...]
    """What the pods run, without those on their way out."""
    troubles: tuple[tuple[str, int], ...] = ()
    """What keeps pods from being ready, and how many each."""
    restarts: tuple[Restart, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return f"workers {self.name}" if self.name else "scheduler"


class Drift(NamedTuple):
    """An object that is not as it is rendered, and how: a unified diff, or a few words."""

    kind: str
    name: str
    how: str


class ClusterState(NamedTuple):
    """A cluster as it is."""

    name: str
    namespace: str
    image: str
    groups: tuple[Group, ...] = ()
    drift: tuple[Drift, ...] | None = None
    """None: not looked at."""
    missing: str = ""
    """Why there is nothing to see of it."""

    @property
    def scheduler(self) -> Group:
        """Its scheduler. Only where something is there to see."""
        return next(it for it in self.groups if not it.name)

    @property
    def workers(self) -> list[Group]:
        """Its groups of workers."""
        return [it for it in self.groups if it.name]

    @property
    def troubles(self) -> list[str]:
        """All that is wrong with its pods, in a line each."""
        return [
            f"{it.title}: {f'{count} pods, each ' if count > 1 else ''}{what}"
            for it in self.groups
            for what, count in it.troubles
        ]

    @property
    def strange_images(self) -> tuple[str, ...]:
        """What pods run that the spec does not say."""
        return tuple(sorted({image for it in self.groups for image in it.images} - {self.image}))

    @property
    def well(self) -> bool:
        """Whether it is as the spec says."""
        ready = all(it.ready >= it.wanted and not it.troubles for it in self.groups)
        return ready and not (self.missing or self.drift or self.strange_images)


def find_groups(rendered: Iterable[Object], deployments: Sequence[Object], pods: Sequence[Object]) -> tuple[Group, ...]:
    """The state of every Deployment that is rendered; `deployments` and `pods` are what Kubernetes has."""
    live = {it["metadata"]["name"]: it for it in deployments}
    return tuple(_find_group(it, live, pods) for it in rendered if it["kind"] == "Deployment")


def _find_group(rendered: Object, deployments: Mapping[str, Object], pods: Sequence[Object]) -> Group:
    labels = rendered["spec"]["selector"]["matchLabels"]
    name = labels.get(GROUP, "")
    wanted = rendered["spec"].get("replicas", 1)
    live = deployments.get(rendered["metadata"]["name"])
    if not live:
        return Group(name, wanted, 0, (), (("there is no Deployment for it", 1),))
    mine = [it for it in pods if labels.items() <= it["metadata"].get("labels", {}).items()]
    staying = [it for it in mine if not it["metadata"].get("deletionTimestamp")]
    images = {container["image"] for pod in staying for container in pod["spec"]["containers"]}
    reasons = [*filter(None, map(explain, staying)), *_find_refusals(live)]
    return Group(
        name=name,
        wanted=wanted,
        ready=live.get("status", {}).get("readyReplicas", 0),
        images=tuple(sorted(images)),
        troubles=tuple((it, reasons.count(it)) for it in dict.fromkeys(reasons)),
        restarts=tuple(filter(None, map(find_restart, staying))),
    )


def _find_refusals(deployment: Object) -> list[str]:
    """Why pods are not even made: a quota, Pod Security, a constraint of OpenShift."""
    conditions = deployment.get("status", {}).get("conditions", [])
    return [it.get("message", "") for it in conditions if it["type"] == "ReplicaFailure" and it["status"] == "True"]


def find_drift(rendered: Object, live: Object | None, applied: Object) -> Drift | None:
    """How an object differs from what it is when the rendered one is applied to it; None if it does not."""
    kind, name = rendered["kind"], rendered["metadata"]["name"]
    if not live:
        return Drift(kind, name, "is not there")
    here, wanted = (dump(_strip(it)).splitlines() for it in (live, applied))
    diff = "\n".join(unified_diff(here, wanted, "as it is", "as rendered", lineterm=""))
    return Drift(kind, name, diff) if diff else None


def find_strays(rendered: Iterable[Object], live: Iterable[Object]) -> list[Drift]:
    """Deployments of the cluster that are no longer rendered, and still run."""
    names = {it["metadata"]["name"] for it in rendered if it["kind"] == "Deployment"}
    strays = [it["metadata"]["name"] for it in live if it["metadata"]["name"] not in names]
    return [Drift("Deployment", name, "is not rendered any more, and still there") for name in strays]


OWN = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid")
"""What Kubernetes notes of an object by itself."""


def _strip(body: Object) -> Object:
    meta = {key: value for key, value in body["metadata"].items() if key not in OWN}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": meta}
