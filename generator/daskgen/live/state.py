"""Describe the state of a cluster: its objects in Kubernetes, compared with its spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from daskgen.kubernetes.labels import COMPONENT, JOB
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.replicas import Count
from daskgen.live.drift import Drift
from daskgen.live.pods import (
    Replaced,
    Restart,
    WorkerRestart,
    ends_by_itself,
    explain,
    find_end,
    find_fault,
    find_restart,
    is_hopeless,
    is_ready,
)
from daskgen.live.rendered import PodSet
from daskgen.words import count


class Group(NamedTuple):
    """The scheduler, the workers of one group, or the operator."""

    name: str
    """Name of the worker group; the scheduler and the operator have none."""
    wanted: int
    """Number of pods that the spec asks for; the least where an autoscaler sets it."""
    ready: int
    strange_images: tuple[str, ...] = ()
    """Images of running pods that are not rendered, without pods that are being deleted."""
    troubles: tuple[tuple[str, int], ...] = ()
    """Reasons why pods are not ready, and the number of pods for each."""
    restarts: tuple[Restart, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    """Pods that have terminated, and of which Kubernetes keeps a record."""
    worker_restarts: tuple[WorkerRestart, ...] = ()
    """Workers that a nanny restarted, if logs were read for that."""
    component: str = "scheduler"
    hopeless: bool = False
    """True if waiting helps none of its pods."""
    processes: int = 1
    """Workers in each pod."""
    most: int | None = None
    """The most pods that an autoscaler may ask for, where one sets the number."""

    @property
    def asked(self) -> Count:
        """Return the least and the most pods that the spec asks for."""
        return Count(self.wanted, self.wanted if self.most is None else self.most)

    @property
    def title(self) -> str:
        """Return its name for reports."""
        return f"workers {self.name}" if self.name else self.component

    @property
    def described_troubles(self) -> list[str]:
        """Return its troubles in a line each."""
        each = [(f"{number} pods, each " if number > 1 else "", what) for what, number in self.troubles]
        return [f"{self.title}: {pods}{what}" for pods, what in each]


ENDED = ("Successful", "Failed")
"""States of a DaskJob that has ended and whose cluster the operator has deleted (dask-kubernetes 2026.3.0)."""


class Place(NamedTuple):
    """The name and the namespace of a cluster."""

    name: str
    namespace: str


class ClusterState(NamedTuple):
    """The state of a cluster."""

    name: str
    namespace: str
    image: str
    groups: tuple[Group, ...] = ()
    drift: tuple[Drift, ...] | None = None
    """None if it was not compared."""
    missing: str = ""
    """The reason why it has no objects."""
    blocked: tuple[str, ...] = ()
    """Reasons why the operator, or Kubernetes, does not proceed with it."""
    job: str = ""
    """State of its job, as the operator reports it; "" without a job."""
    elsewhere: tuple[Place, ...] = ()
    """Other places with a cluster of its name or its former name."""
    certified: datetime | None = None
    """When the first of its certificates ends, as far as that is known."""
    unread: str = ""
    """The error that prevented reading or comparing it."""

    @property
    def scheduler(self) -> Group | None:
        """Return its scheduler; None if it has no objects, or its workers join another scheduler."""
        return next((group for group in self.groups if group.component == "scheduler" and not group.name), None)

    @property
    def workers(self) -> list[Group]:
        """Return its groups of workers."""
        return [group for group in self.groups if group.name]

    @property
    def wanted_workers(self) -> int:
        """Return the number of workers that the spec asks for; a pod may hold several."""
        return sum(group.wanted * group.processes for group in self.workers)

    @property
    def troubles(self) -> list[str]:
        """Return all faults of it, a line each."""
        return [*self.blocked, *(trouble for group in self.groups for trouble in group.described_troubles)]

    @property
    def strange_images(self) -> tuple[str, ...]:
        """Return the images of running pods that are not rendered."""
        return tuple(sorted({image for group in self.groups for image in group.strange_images}))

    @property
    def well(self) -> bool:
        """Return whether it is as specified."""
        ready = all(group.ready >= group.wanted and not group.troubles for group in self.groups)
        return ready and not (self.unread or self.missing or self.blocked or self.drift or self.strange_images)


def find_groups(sets: Iterable[PodSet], makers: Sequence[Object], pods: Sequence[Object]) -> tuple[Group, ...]:
    """Describe each set of pods; `makers`, which create pods, and `pods` are those that Kubernetes has of it."""
    chosen = [(wanted, _select(makers, wanted.labels), _select(pods, wanted.labels)) for wanted in sets]
    schedulers = [found for wanted, _, found in chosen if wanted.is_scheduler]
    # Workers may join a scheduler that is not part of the cluster.
    is_served = not schedulers or any(is_ready(pod) for found in schedulers for pod in found)
    return tuple(_find_group(*one, is_served=is_served) for one in chosen)


UNSERVED = "not ready: waiting for the scheduler, which is not ready"


def _select(objects: Iterable[Object], labels: Mapping[str, str]) -> list[Object]:
    return [body for body in objects if labels.items() <= body["metadata"].get("labels", {}).items()]


def _find_group(wanted: PodSet, makers: Sequence[Object], pods: Sequence[Object], *, is_served: bool) -> Group:
    """Describe a set of pods. Workers are not ready while no scheduler is."""
    ended = [end for pod in pods if (end := find_end(pod))]
    names = {end.pod for end in ended}
    staying = [
        pod for pod in pods if not pod["metadata"].get("deletionTimestamp") and pod["metadata"]["name"] not in names
    ]
    images = {container["image"] for pod in staying for container in pod["spec"]["containers"]}
    told = explain if is_served or not wanted.group else _explain_unserved
    reasons = [
        *filter(None, map(told, staying)),
        *(refusal for body in makers for refusal in _find_refusals(body)),
    ]
    reasons += _find_shortage(makers, wanted)
    return Group(
        name=wanted.group,
        wanted=wanted.wanted,
        ready=sum(map(is_ready, staying)),
        strange_images=tuple(sorted(images - wanted.images)),
        troubles=tuple((reason, reasons.count(reason)) for reason in dict.fromkeys(reasons)),
        restarts=tuple(filter(None, map(find_restart, staying))),
        replaced=tuple(ended),
        component=wanted.title,
        processes=wanted.processes,
        most=wanted.most if wanted.most > wanted.wanted else None,
        hopeless=bool(staying) and all(map(is_hopeless, staying)),
    )


def _explain_unserved(pod: Object) -> str:
    """Say why a worker is not ready while no scheduler is, without which its program ends; "" if it is."""
    fault = "" if ends_by_itself(pod) else find_fault(pod)
    return fault or (UNSERVED if explain(pod) else "")


def _find_shortage(makers: Sequence[Object], wanted: PodSet) -> list[str]:
    """Return that too few pods are asked for. The operator makes a Deployment for each worker."""
    counts = [body["spec"].get("replicas", 1) for body in makers]
    if wanted.wanted and not counts:
        return [f"its {wanted.maker} does not exist"]
    subject = f"its {wanted.maker} asks" if len(counts) == 1 else f"its {wanted.maker}s ask"
    missing = sum(counts) < wanted.wanted
    return [f"{subject} for {count(sum(counts), 'pod')} instead of {wanted.wanted}"] if missing else []


def _find_refusals(deployment: Object) -> list[str]:
    """Return why pods cannot be created: a quota, Pod Security, a constraint of OpenShift."""
    conditions = deployment.get("status", {}).get("conditions", [])
    failures = [each for each in conditions if each["type"] == "ReplicaFailure" and each["status"] == "True"]
    return [failure.get("message", "") for failure in failures]


def explain_joined(address: str, workers: Iterable[Group]) -> str:
    """Name the scheduler elsewhere at `address` if no worker is ready, as none is without it; "" otherwise."""
    groups = [group for group in workers if group.wanted]
    if not address or not groups or any(group.ready for group in groups):
        return ""
    return f"workers join the scheduler at {address}, which is not part of the cluster: check that it runs"


def explain_job(job: str, pods: Iterable[Object]) -> str:
    """Explain the failure of a job whose state is `job`; "" if it runs, or has succeeded."""
    own = _select(pods, {COMPONENT: JOB[COMPONENT]})
    # A job's pod has no probes: it is not ready once it has ended, which the operator notices later.
    stuck = [pod for pod in own if is_hopeless(pod) or pod.get("status", {}).get("phase") != "Running"]
    reasons = [reason for pod in stuck if (reason := explain(pod))]
    if job == "Failed":
        return f"the job has failed: {reasons[0] if reasons else 'its pod no longer exists'}"
    return f"job: {reasons[0]}" if reasons and job != "Successful" else ""


def explain_custom(rendered: Object, live: Object | None, *, made: bool) -> str:
    """Explain why the operator does not proceed with a resource, from which pods were `made`; "" if it does."""
    kind, name, namespace = rendered["kind"], rendered["metadata"]["name"], rendered["metadata"]["namespace"]
    if not live:
        return f"{kind} {name} is not applied"
    finalizers = live["metadata"].get("finalizers", [])
    if live["metadata"].get("deletionTimestamp") and finalizers:
        release = f"kubectl patch {kind.lower()} {name} --namespace {namespace} --type merge"
        return (
            f"{kind} {name} is being deleted and waits for the operator ({', '.join(finalizers)}): check that it runs. "
            f'Without an operator, remove the finalizers: {release} --patch \'{{"metadata":{{"finalizers":null}}}}\''
        )
    return (
        ""
        if made
        else f"the operator has not created anything for {kind} {name}: check that it runs, and watches this namespace"
    )
