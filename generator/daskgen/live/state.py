"""How a cluster is, seen from what Kubernetes has of it and what its spec asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from typing import NamedTuple

from daskgen.engine._update import COMPONENT_LABEL
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.labels import COMPONENT, JOB
from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.live.pods import Restart, explain, find_fault, find_restart, is_hopeless, is_ready
from daskgen.live.rendered import PodSet
from daskgen.yaml.write import dump


class Group(NamedTuple):
    """The scheduler, the workers of one group, or the operator."""

    name: str
    """That of the worker group; others have none."""
    wanted: int
    """How many pods the spec asks for."""
    ready: int
    strange_images: tuple[str, ...] = ()
    """What pods run that is not rendered, without those on their way out."""
    troubles: tuple[tuple[str, int], ...] = ()
    """What keeps pods from being ready, and how many each."""
    restarts: tuple[Restart, ...] = ()
    component: str = "scheduler"
    hopeless: bool = False
    """Whether waiting will help none of its pods."""
    processes: int = 1
    """Workers in each pod."""

    @property
    def title(self) -> str:
        """What people call it."""
        return f"workers {self.name}" if self.name else self.component


class Drift(NamedTuple):
    """An object that is not as it is rendered, and how: a unified diff, or a few words."""

    kind: str
    name: str
    how: str


ENDED = ("Successful", "Failed")
"""What a DaskJob is in the end, when the operator has taken its cluster away (dask-kubernetes 2026.3.0)."""


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
    blocked: tuple[str, ...] = ()
    """What holds up the operator's part of it."""
    job: str = ""
    """What the operator says of its job; "" where there is none."""
    elsewhere: tuple[str, ...] = ()
    """Other namespaces with a cluster of its name."""

    @property
    def scheduler(self) -> Group:
        """Its scheduler. Only where something is there to see."""
        return next(it for it in self.groups if not it.name)

    @property
    def workers(self) -> list[Group]:
        """Its groups of workers."""
        return [it for it in self.groups if it.name]

    @property
    def wanted_workers(self) -> int:
        """Return the number of workers that the spec asks for; a pod may hold several."""
        return sum(group.wanted * group.processes for group in self.workers)

    @property
    def troubles(self) -> list[str]:
        """All that is wrong with it, in a line each."""
        return [
            *self.blocked,
            *(
                f"{it.title}: {f'{count} pods, each ' if count > 1 else ''}{what}"
                for it in self.groups
                for what, count in it.troubles
            ),
        ]

    @property
    def strange_images(self) -> tuple[str, ...]:
        """What pods run that is not rendered."""
        return tuple(sorted({image for it in self.groups for image in it.strange_images}))

    @property
    def well(self) -> bool:
        """Whether it is as the spec says."""
        ready = all(it.ready >= it.wanted and not it.troubles for it in self.groups)
        return ready and not (self.missing or self.blocked or self.drift or self.strange_images)


def find_groups(sets: Iterable[PodSet], deployments: Sequence[Object], pods: Sequence[Object]) -> tuple[Group, ...]:
    """The state of each set of pods; `deployments` and `pods` are what Kubernetes has of the cluster."""
    chosen = [(wanted, _select(deployments, wanted.labels), _select(pods, wanted.labels)) for wanted in sets]
    is_served = any(is_ready(pod) for wanted, _, found in chosen if not wanted.group for pod in found)
    return tuple(_find_group(*one, is_served=is_served) for one in chosen)


UNSERVED = "not ready: it waits for the scheduler, which is not ready"


def _select(objects: Iterable[Object], labels: Mapping[str, str]) -> list[Object]:
    return [it for it in objects if labels.items() <= it["metadata"].get("labels", {}).items()]


def _find_group(wanted: PodSet, deployments: Sequence[Object], pods: Sequence[Object], *, is_served: bool) -> Group:
    """Describe a set of pods; workers need a scheduler that serves them."""
    staying = [it for it in pods if not it["metadata"].get("deletionTimestamp")]
    images = {container["image"] for pod in staying for container in pod["spec"]["containers"]}
    told = explain if is_served or not wanted.group else _explain_unserved
    reasons = [*filter(None, map(told, staying)), *(it for one in deployments for it in _find_refusals(one))]
    if wanted.wanted and not deployments:
        reasons.append("there is no Deployment for it")
    return Group(
        name=wanted.group,
        wanted=wanted.wanted,
        ready=sum(map(is_ready, staying)),
        strange_images=tuple(sorted(images - wanted.images)),
        troubles=tuple((it, reasons.count(it)) for it in dict.fromkeys(reasons)),
        restarts=tuple(filter(None, map(find_restart, staying))),
        component=wanted.labels[COMPONENT],
        processes=wanted.processes,
        hopeless=bool(staying) and all(map(is_hopeless, staying)),
    )


def _explain_unserved(pod: Object) -> str:
    """Say why a worker is not ready while no scheduler is; "" if it is."""
    return find_fault(pod) or (UNSERVED if explain(pod) else "")


def _find_refusals(deployment: Object) -> list[str]:
    """Why pods are not even made: a quota, Pod Security, a constraint of OpenShift."""
    conditions = deployment.get("status", {}).get("conditions", [])
    return [it.get("message", "") for it in conditions if it["type"] == "ReplicaFailure" and it["status"] == "True"]


def explain_job(job: str, pods: Iterable[Object]) -> str:
    """What is wrong with a job of which the operator says `job`; "" if it runs, or has done its work."""
    own = _select(pods, {COMPONENT: JOB[COMPONENT]})
    # A job has no probes: it is not ready once it has ended, which the operator has still to see.
    stuck = [it for it in own if is_hopeless(it) or it.get("status", {}).get("phase") != "Running"]
    reasons = [reason for it in stuck if (reason := explain(it))]
    if job == "Failed":
        return f"the job has failed: {reasons[0] if reasons else 'its pod is gone'}"
    return f"job: {reasons[0]}" if reasons and job != "Successful" else ""


def find_drift(rendered: Object, live: Object | None, applied: Object) -> Drift | None:
    """How an object differs from what it is when the rendered one is applied to it; None if it does not."""
    kind, name = rendered["kind"], rendered["metadata"]["name"]
    if not live:
        return Drift(kind, name, "is not there")
    here, wanted = (dump(strip(it)).splitlines() for it in (live, applied))
    diff = "\n".join(unified_diff(here, wanted, "as it is", "as rendered", lineterm=""))
    return Drift(kind, name, diff) if diff else None


def find_strays(rendered: Iterable[Object], live: Iterable[Object]) -> list[Drift]:
    """What makes pods of the cluster, is no longer rendered, and still there."""
    names = set(map(key_of, rendered))
    strays = [key_of(it) for it in live if not is_made(it, names)]
    return [Drift(*it, "is not rendered any more, and still there") for it in strays if it not in names]


def is_made(live: Object, rendered: set[Key]) -> bool:
    """Whether others made it, and it goes with them. What the operator has only adopted stays, as its cluster does."""
    owners = {(it["kind"], it.get("name", "")) for it in live["metadata"].get("ownerReferences", [])}
    adopted = live["kind"] in CUSTOM and COMPONENT_LABEL not in live["metadata"]["labels"]
    return bool(owners) and not (adopted and owners & rendered)


def explain_custom(rendered: Object, live: Object | None, *, made: bool) -> str:
    """What holds up the operator with one of its resources, of which pods were `made`; "" if nothing is known to."""
    kind, name, namespace = rendered["kind"], rendered["metadata"]["name"], rendered["metadata"]["namespace"]
    if not live:
        return f"{kind} {name} is not applied"
    finalizers = live["metadata"].get("finalizers", [])
    if live["metadata"].get("deletionTimestamp") and finalizers:
        release = f"kubectl patch {kind.lower()} {name} --namespace {namespace} --type merge"
        return (
            f"{kind} {name} is being deleted and waits for the operator ({', '.join(finalizers)}): is it running? "
            f'Without one, let it go: {release} --patch \'{{"metadata":{{"finalizers":null}}}}\''
        )
    return "" if made else f"nothing has been made of {kind} {name}: is the operator running, and for this namespace?"


OWN = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid")
"""What Kubernetes notes of an object by itself."""


def strip(body: Object) -> Object:
    """An object without these, and without its state."""
    meta = {key: value for key, value in body["metadata"].items() if key not in OWN}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": meta}
