"""What is made of the answers of Kubernetes. The answers are those of a real one, shortened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from typing import Any

import httpx
import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.live import smoke as smoke_module
from daskgen.live.orphans import find_orphans
from daskgen.live.pods import explain, find_restart, is_hopeless
from daskgen.live.requests import SharedApi
from daskgen.live.smoke import Smoke, smoke
from daskgen.live.state import ClusterState
from daskgen.live.status import read_state, read_states
from daskgen.live.status_report import format_details, format_fleet
from daskgen.outside.kubernetes import TRIES, AccessError, Kubernetes
from daskgen.render.cluster import RenderedCluster
from daskgen.render.operator import render_operators
from daskgen.render.overlay import RenderedOverlay
from support.clock import Clock
from support.fleets import load, read_cluster
from support.recorded import (
    NO_ROOM,
    READY,
    REASONS,
    Recorded,
    ended,
    find_workers,
    key,
    make_pod,
    run,
    waiting,
)


@pytest.mark.parametrize("case", REASONS)
def test_why_a_pod_is_not_ready(case: str) -> None:
    status, reason = REASONS[case]
    said = explain(make_pod(**status))
    assert said.startswith(reason)
    assert bool(said) == bool(reason)


def test_a_pod_on_its_way_out_is_no_trouble() -> None:
    pod = make_pod(**ended(1))
    pod["metadata"]["deletionTimestamp"] = "2026-11-21T09:00:00Z"
    assert explain(pod) == ""


def test_waiting_helps_against_a_full_node_and_not_against_a_missing_image() -> None:
    hopeless = {case: is_hopeless(make_pod(**status)) for case, (status, _) in REASONS.items()}
    assert [case for case, is_hopeless in hopeless.items() if not is_hopeless] == [
        "ready",
        "no room",
        "starting",
        "probe",
    ]


def test_a_restart_is_told_with_its_reason() -> None:
    restart = find_restart(make_pod(**ended(137, "OOMKilled")))
    assert restart
    assert (restart.times, restart.reason, restart.code) == (3, "OOMKilled", 137)
    assert find_restart(make_pod(**READY)) is None


@pytest.fixture
def prod(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL))


def look(prepared: RenderedOverlay, api: Recorded) -> ClusterState:
    [state] = asyncio.run(read_states(api, [prepared], drift=True))
    return state


def test_a_cluster_that_is_as_its_spec_says(prod: RenderedCluster) -> None:
    api = Recorded(run(prod))
    state = look(prod, api)
    assert state.well
    assert format_fleet([state]).split("\n")[1].split() == [
        *("prod", "analytics", "ready", "2", "of", "2", "dask:2026.8.0-py3.12", "0", "none")
    ]
    assert len(api.applied) == len(prod.objects)


def test_a_pod_may_hold_several_workers(make_fleet: MakeFleet) -> None:
    spec = SMALL + "  cpu: 4\n  processes: 2\n  memory: 8Gi\n"
    prepared = read_cluster(make_fleet(prod=spec))
    assert look(prepared, Recorded(run(prepared))).wanted_workers == 4


def test_workers_that_an_autoscaler_counts_are_shown_with_their_range(make_fleet: MakeFleet) -> None:
    spec = SMALL.replace("replicas: 2", "replicas: {min: 1, max: 3}") + "autoscaler: external\n"
    prepared = read_cluster(make_fleet(prod=spec))
    state = look(prepared, Recorded(run(prepared)))
    assert state.well
    assert "2 of 1 to 3" in format_fleet([state])
    assert state.wanted_workers == 1


def test_a_cluster_that_is_off(make_fleet: MakeFleet) -> None:
    spec = SMALL.replace("replicas: 2", "replicas: 0") + "scheduler: {replicas: 0}\n"
    prepared = read_cluster(make_fleet(prod=spec))
    api = Recorded([body for body in run(prepared) if body["kind"] != "Pod"])
    state = look(prepared, api)
    assert state.well
    assert format_fleet([state]).split("\n")[1].split()[2:6] == ["off", "0", "of", "0"]
    assert try_out(api, prepared, 600).failure == "it is off: scheduler.replicas is 0"


def test_workers_that_find_no_room_are_told_once(prod: RenderedCluster) -> None:
    labels = find_workers(prod.objects)["spec"]["template"]["metadata"]
    pods = [make_pod(f"prod-worker-{index}", labels["labels"], **NO_ROOM) for index in range(2)]
    state = look(prod, Recorded(run(prod, ready=0) + pods))
    [trouble] = state.troubles
    assert trouble.startswith("workers default: 2 pods, each pending: not enough cpu (requested: 64)")
    assert not state.well


def test_a_scheduler_that_somebody_scaled_away_is_why_its_workers_end(prod: RenderedCluster) -> None:
    """A worker ends with an error of its own if its scheduler has no address."""
    objects = [body for body in run(prod, ready=0) if body["kind"] != "Pod"]
    [scheduler] = [body for body in objects if key(body) == ("Deployment", "prod-scheduler")]
    scheduler["spec"]["replicas"] = 0
    labels = find_workers(objects)["spec"]["template"]["metadata"]["labels"]
    away = [make_pod(f"prod-worker-{number}", labels, **ended(1)) for number in range(2)]
    assert look(prod, Recorded([*objects, *away])).troubles == [
        "scheduler: its Deployment asks for 0 pods instead of 1",
        "workers default: 2 pods, each not ready: waiting for the scheduler, which is not ready",
    ]
    full = make_pod("prod-worker-0", labels, **ended(137, "OOMKilled"))
    assert "OOMKilled" in look(prod, Recorded([*objects, full])).troubles[1]


def test_pods_that_a_quota_forbids(prod: RenderedCluster) -> None:
    objects = run(prod, ready=0)
    worker = find_workers(objects)
    message = 'pods "prod-worker-x" is forbidden: exceeded quota: team, requested: limits.cpu=1'
    worker["status"]["conditions"] = [{"type": "ReplicaFailure", "status": "True", "message": message}]
    assert look(prod, Recorded(objects)).troubles == [f"workers default: {message}"]


def test_drift_shows_what_differs(prod: RenderedCluster) -> None:
    objects = run(prod)
    worker = find_workers(objects)
    worker["spec"]["replicas"] = 7
    gone = [body for body in objects if body["kind"] != "PodDisruptionBudget"]
    stray = deepcopy(worker)
    stray["metadata"]["name"] = "prod-worker-gpu"
    state = look(prod, Recorded([*gone, stray]))
    assert {
        (drifted.kind, drifted.name): drifted.how
        for drifted in state.drift or ()
        if drifted.kind == "PodDisruptionBudget"
    } == {
        ("PodDisruptionBudget", "prod-scheduler"): "does not exist",
        ("PodDisruptionBudget", "prod-worker"): "does not exist",
    }
    said = format_details([state])
    assert "    -  replicas: 7\n    +  replicas: 2\n" in said
    assert "Deployment/prod-worker-gpu has drifted:\n    is no longer rendered, but still exists" in said
    assert not state.well


def test_the_order_of_fields_is_no_drift(prod: RenderedCluster) -> None:
    """A list has no kind in its objects, so it comes first here and last there."""

    class Turned(Recorded):
        async def try_apply(self, body: Object, manager: str = "") -> Object:
            applied = await super().try_apply(body, manager)
            return {**{key: value for key, value in applied.items() if key != "kind"}, "kind": applied["kind"]}

    assert look(prod, Turned(run(prod))).drift == ()
    objects = run(prod)
    find_workers(objects)["spec"]["replicas"] = 7
    [drift] = look(prod, Turned(objects)).drift or ()
    assert [line for line in drift.how.splitlines()[2:] if line[0] in "+-"] == ["-  replicas: 7", "+  replicas: 2"]


def test_workers_whose_scheduler_is_elsewhere(make_fleet: MakeFleet) -> None:
    address = "tcp://shared-scheduler.analytics:8786"
    make_fleet(prod=f"{SMALL}scheduler: {{address: '{address}'}}\n")
    prod = read_cluster(make_fleet())
    objects = run(prod)
    assert look(prod, Recorded(objects)).blocked == ()
    for pod in objects:
        if pod["kind"] == "Pod":
            pod["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    said = f"workers join the scheduler at {address}, which is not part of the cluster: check that it runs"
    assert look(prod, Recorded(objects)).blocked == (said,)


def test_pods_of_another_image(prod: RenderedCluster) -> None:
    objects = run(prod)
    objects[-1]["spec"]["containers"][0]["image"] = "ghcr.io/dask/dask:2026.7.0"
    state = look(prod, Recorded(objects))
    assert state.strange_images == ("ghcr.io/dask/dask:2026.7.0",)
    assert (
        "prod: pods run ghcr.io/dask/dask:2026.7.0, but the spec has ghcr.io/dask/dask:2026.8.0-py3.12"
        in format_fleet([state])
    )


def test_nothing_applied(prod: RenderedCluster) -> None:
    namespace = {"kind": "Namespace", "metadata": {"name": "analytics"}}
    assert look(prod, Recorded([])).missing == "namespace analytics does not exist"
    assert look(prod, Recorded([namespace])).missing == "nothing of it is applied"


def test_no_rights(prod: RenderedCluster) -> None:
    with pytest.raises(AccessError, match="Pod is forbidden"):
        asyncio.run(read_state(Recorded(run(prod), refused="Pod"), prod))


class Fenced(Recorded):
    """Kubernetes that lets nobody list anything in the namespace `closed`, or apply anything in `sealed`."""

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        if namespace == "closed":
            raise AccessError(f"Kubernetes refuses: {kind} in namespace closed is forbidden", 403)
        return await super().find(version, kind, namespace, labels)

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        if body["metadata"]["namespace"] == "sealed":
            raise AccessError('Kubernetes refuses: User "me" cannot patch it in namespace sealed', 403)
        return await super().try_apply(body, manager)


def test_a_namespace_without_rights_hides_no_other_cluster(make_fleet: MakeFleet) -> None:
    names = {"prod": "analytics", "other": "closed", "third": "sealed"}
    specs = {name: SMALL.replace("namespace: analytics", f"namespace: {space}") for name, space in names.items()}
    root = make_fleet(**specs)
    fleet = [read_cluster(root, name) for name in names]
    recorded = [body for cluster in fleet for body in run(cluster)]
    for pod in [body for body in recorded if body["kind"] == "Pod"]:
        pod["metadata"]["namespace"] = names[pod["metadata"]["labels"]["app.kubernetes.io/instance"]]
    states = asyncio.run(read_states(SharedApi(Fenced(recorded), fleet), fleet, drift=True))
    assert [state.well for state in states] == [True, False, False]
    said = format_fleet(states).splitlines()
    assert said[2].split()[:4] == ["other", "closed", "-", "-"]
    assert said[3].split()[:5] == ["third", "sealed", "ready", "2", "of"]
    assert said[3].endswith("not compared")
    assert said[5:] == [
        "other: its state is not known: Kubernetes refuses: Deployment in namespace closed is forbidden",
        'third: drift is not known: Kubernetes refuses: User "me" cannot patch it in namespace sealed',
    ]
    assert "  its state is not known: Kubernetes refuses" in format_details(states[1:2])


class Away(Recorded):
    """Kubernetes that cannot be reached."""

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        raise AccessError("Kubernetes cannot be reached: refused")


def test_no_connection_is_said_once(prod: RenderedCluster) -> None:
    with pytest.raises(AccessError, match="cannot be reached"):
        look(prod, Away([]))


class Strict(Recorded):
    """Kubernetes that refuses every Deployment, as where a selector has changed."""

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        if body["kind"] == "Deployment":
            raise AccessError("Kubernetes refuses: field is immutable", 422)
        return await super().try_apply(body, manager)


def test_an_object_that_cannot_be_applied_is_drift(prod: RenderedCluster) -> None:
    drift = look(prod, Strict(run(prod))).drift or ()
    assert [(each.name, each.how) for each in drift] == [
        (name, "cannot be applied as rendered: Kubernetes refuses: field is immutable")
        for name in ("prod-scheduler", "prod-worker")
    ]


REMAINING = [
    {"type": "NamespaceDeletionContentFailure", "status": "False", "message": "All content successfully deleted"},
    {
        "type": "NamespaceFinalizersRemaining",
        "status": "True",
        "message": "Some content in the namespace has finalizers remaining: kopf.zalando.org/KopfFinalizerMarker in 1 "
        "resource instances",
    },
]


def test_a_namespace_that_is_being_deleted_says_what_it_waits_for(prod: RenderedCluster) -> None:
    namespace = {
        "kind": "Namespace",
        "metadata": {"name": "analytics", "deletionTimestamp": "2026-11-21T09:00:00Z"},
        "status": {"phase": "Terminating", "conditions": REMAINING},
    }
    said = (
        "namespace analytics has been terminating since 2026-11-21T09:00:00Z, with everything in it, and waits: "
        "Some content in the namespace has finalizers remaining: kopf.zalando.org/KopfFinalizerMarker in 1 "
        "resource instances"
    )
    assert look(prod, Recorded([namespace])).missing == said
    assert look(prod, Recorded([namespace, *run(prod)])).troubles == [said]


def test_an_evicted_pod_is_history_once_it_is_replaced(prod: RenderedCluster) -> None:
    objects = run(prod)
    labels = find_workers(objects)["spec"]["template"]["metadata"]["labels"]
    evicted = make_pod("prod-worker-gone", labels, **REASONS["evicted"][0])
    state = look(prod, Recorded([*objects, evicted]))
    assert state.well
    assert format_fleet([state]).splitlines()[1].split()[-2:] == ["1", "none"]
    assert (
        "    prod-worker-gone terminated, and another pod replaces it: "
        "Evicted: Pod ephemeral local storage usage exceeds the total limit\n"
    ) in format_details([state])


def test_an_evicted_pod_that_nothing_replaces_leaves_too_few(prod: RenderedCluster) -> None:
    objects = run(prod, ready=1)
    labels = find_workers(objects)["spec"]["template"]["metadata"]["labels"]
    state = look(prod, Recorded([*objects, make_pod("prod-worker-gone", labels, **REASONS["evicted"][0])]))
    assert (state.workers[0].ready, state.well) == (1, False)


def test_a_pod_that_a_scale_down_deletes_is_not_replaced(prod: RenderedCluster) -> None:
    objects = run(prod)
    labels = find_workers(objects)["spec"]["template"]["metadata"]["labels"]
    deleted = make_pod("prod-worker-gone", labels, phase="Failed")
    deleted["metadata"]["deletionTimestamp"] = "2026-08-01T00:00:00Z"
    assert format_fleet([look(prod, Recorded([*objects, deleted]))]).splitlines()[1].split()[-2:] == ["0", "none"]


def test_a_group_of_workers_may_be_called_scheduler(make_fleet: MakeFleet) -> None:
    prepared = read_cluster(make_fleet(prod=SMALL.replace("- replicas: 2", "- {name: scheduler, replicas: 2}")))
    assert [group.title for group in look(prepared, Recorded(run(prepared))).groups] == [
        "scheduler",
        "workers scheduler",
    ]


LOGIN = """\
expose:
  dashboard:
    kind: ingress
    class: traefik
    host: dask.example.com
    tls: {secret: dask-tls}
    auth: {kind: basic, htpasswd: dask-login}
"""


def test_a_login_that_is_not_there_is_no_scheduler(make_fleet: MakeFleet) -> None:
    prepared = read_cluster(make_fleet(prod=SMALL + LOGIN))
    api = [body for body in run(prepared) if body["metadata"]["labels"].get("app.kubernetes.io/component") != "login"]
    state = look(prepared, Recorded(api))
    assert state.groups[0].title == "scheduler"
    assert state.troubles == ["login: its Deployment does not exist"]
    assert [group.title for group in state.groups if not group.ready] == ["login"]


def operate(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL + "engine: operator\n"))


PODS = (("scheduler", 0), ("worker", 0), ("worker", 1))
"""Pods of a cluster of the operator, which makes a Deployment for each."""


def test_pods_of_the_operator_are_found_by_their_labels(make_fleet: MakeFleet) -> None:
    prepared = operate(make_fleet)
    made = {
        name: {
            "app.kubernetes.io/name": "dask",
            "app.kubernetes.io/instance": "prod",
            "app.kubernetes.io/component": name,
            "dask.org/cluster-name": "prod-dask",
        }
        for name in ("scheduler", "worker")
    }
    made["worker"]["daskgen/worker-group"] = "default"
    owned = {"namespace": "analytics", "ownerReferences": [{"kind": "DaskCluster"}]}
    deployments = [
        {
            "kind": "Deployment",
            "metadata": {"name": f"x-{name}-{index}", "labels": made[name], **owned},
            "spec": {"replicas": 1},
        }
        for name, index in PODS
    ]
    pods = [make_pod(f"x-{name}-{index}", made[name], **READY) for name, index in PODS]
    state = look(prepared, Recorded([*deepcopy(prepared.objects), *deployments, *pods]))
    assert [(group.title, group.ready, group.wanted) for group in state.groups] == [
        ("scheduler", 1, 1),
        ("workers default", 2, 2),
    ]
    assert state.well


def test_what_an_edit_left_behind(make_fleet: MakeFleet) -> None:
    prepared = operate(make_fleet)
    objects = deepcopy(prepared.objects)
    [cluster] = [body for body in objects if body["kind"] == "DaskCluster"]
    adopted = {"ownerReferences": [{"kind": "DaskCluster", "name": "prod-dask"}]}
    old = {"ownerReferences": [{"kind": "DaskCluster", "name": "prod-dask-1234567"}]}
    labels = {**cluster["metadata"]["labels"], "app.kubernetes.io/component": "worker"}
    names = {
        "prod-dask-default": {**adopted, "labels": {**labels, "dask.org/component": "workergroup"}},
        "prod-worker-gone": {**adopted, "labels": labels},
        "prod-worker-gpu-7654321": {**old, "labels": labels},
    }
    for name, metadata in names.items():
        group = {"kind": "DaskWorkerGroup", "metadata": {"name": name, "namespace": "analytics", **metadata}}
        objects.append(group)
    objects.append({**cluster, "metadata": {**cluster["metadata"], "name": "prod-dask-1234567"}})
    drift = look(prepared, Recorded(objects)).drift or ()
    strays = [drifted.name for drifted in drift if drifted.how == "is no longer rendered, but still exists"]
    assert sorted(strays) == ["prod-dask-1234567", "prod-worker-gone"]


def test_an_operator_that_is_away_when_its_cluster_is_deleted(make_fleet: MakeFleet) -> None:
    prepared = operate(make_fleet)
    objects = deepcopy(prepared.objects)
    [cluster] = [body for body in objects if body["kind"] == "DaskCluster"]
    cluster["metadata"] |= {"deletionTimestamp": "2026-11-21T09:00:00Z", "finalizers": ["kopf.zalando.org/Finalizer"]}
    state = look(prepared, Recorded(objects))
    [trouble, *_] = state.troubles
    assert f"  {trouble}\n" in format_details([state])
    assert trouble.startswith("DaskCluster prod-dask is being deleted and waits for the operator (kopf.zalando.org")
    assert "kubectl patch daskcluster prod-dask --namespace analytics --type merge --patch" in trouble


def test_a_cluster_that_is_gone_from_git_and_still_there(make_fleet: MakeFleet) -> None:
    """As when Argo CD has deleted it while the operator is away."""
    objects = deepcopy(operate(make_fleet).objects)
    [cluster] = [body for body in objects if body["kind"] == "DaskCluster"]
    cluster["metadata"] |= {"deletionTimestamp": "2026-11-21T09:00:00Z", "finalizers": ["kopf.zalando.org/Finalizer"]}
    root = make_fleet(other=SMALL)
    (root / "clusters/prod.yaml").unlink()
    other = read_cluster(root, "other")
    [state] = asyncio.run(find_orphans(Recorded([*objects, *other.objects]), [other])).removed
    said = format_fleet([state])
    assert "prod: is no longer in any file of the fleet, but still exists: DaskCluster prod-dask\n" in said
    assert "prod: DaskCluster prod-dask is being deleted and waits for the operator" in said
    assert not state.well


def try_out(kubernetes: Any, prepared: RenderedCluster, timeout: float, tell: Callable[[str], None] = print) -> Smoke:
    order: Any = {"timeout": timeout, "workload": "pi", "size": 1, "source": ""}
    return asyncio.run(asyncio.wait_for(smoke(kubernetes, prepared, order, "job", tell), 5))


class Starting(Recorded):
    """Its scheduler is ready once it has been looked at, and Jobs are forbidden."""

    async def find(self, version: str, kind: str, namespace: str, labels: Mapping[str, str]) -> list[Object]:
        found = deepcopy(await super().find(version, kind, namespace, labels))
        for body in self.objects:
            body["status"] = READY if kind == body["kind"] == "Pod" else body.get("status")
        return found

    async def create(self, body: Object) -> Object:
        raise AccessError("Kubernetes refuses: Job is forbidden", 403)

    async def delete(self, body: Object) -> None: ...


def start(prepared: RenderedCluster, **status: Any) -> Starting:
    """The cluster with all of its pods in this state."""
    return Starting([{**body, "status": status} if body["kind"] == "Pod" else body for body in run(prepared)])


def test_smoke_waits_for_a_scheduler_that_starts(make_fleet: MakeFleet) -> None:
    told: list[str] = []
    prepared = read_cluster(make_fleet(prod=SMALL))
    with pytest.raises(AccessError, match="Job is forbidden"):
        try_out(start(prepared, **REASONS["probe"][0]), prepared, 600, told.append)
    assert told[0].startswith("prod: waiting for the scheduler: scheduler: is running, but not ready")
    assert told[1].startswith("prod: tcp://")


def test_smoke_waits_no_longer_than_it_is_told(make_fleet: MakeFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(smoke_module, "time", clock)
    prepared = read_cluster(make_fleet(prod=SMALL))
    kubernetes: Any = Recorded(start(prepared, **REASONS["probe"][0]).objects)
    order: Any = {"timeout": 20, "workload": "pi", "size": 1, "source": ""}
    failure = clock.run(smoke(kubernetes, prepared, order, "job", print)).failure
    assert failure.startswith("the scheduler is not ready: scheduler: is running, but")
    assert 20 <= clock.time() <= 20 + 2 * smoke_module.ASK_EVERY


def test_smoke_does_not_wait_for_an_image_that_is_not_there(make_fleet: MakeFleet) -> None:
    prepared = read_cluster(make_fleet(prod=SMALL))
    kubernetes = Recorded(start(prepared, **REASONS["image"][0]).objects)
    assert "cannot be pulled" in try_out(kubernetes, prepared, 600).failure


class Deaf(Recorded):
    """Swallows an interruption that comes while something is made."""

    async def create(self, body: Object) -> Object:
        self.objects.append(body)
        task = asyncio.current_task()
        assert task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return body

    async def delete(self, body: Object) -> None:
        self.objects.remove(body)


def test_smoke_is_interrupted_even_if_a_library_swallows_it(make_fleet: MakeFleet) -> None:
    prepared = read_cluster(make_fleet(prod=SMALL))
    kubernetes: Any = Deaf(run(prepared))
    with pytest.raises(asyncio.CancelledError):
        try_out(kubernetes, prepared, 600)
    assert not [body for body in kubernetes.objects if body["kind"] == "Job"]


class Busy:
    """An API server that answers so often that it is busy, and then with a Pod."""

    def __init__(self, times: int) -> None:
        self.answers = [httpx.Response(429, headers={"Retry-After": "0"}, json={"message": "initializing"})] * times
        self.answers.append(httpx.Response(200, json=make_pod()))

    @asynccontextmanager
    async def call_api(self, **_: Any) -> AsyncIterator[httpx.Response]:
        yield self.answers.pop(0)


def test_a_server_that_is_busy_is_asked_again() -> None:
    assert asyncio.run(Kubernetes(Busy(TRIES - 1)).get(make_pod())) == make_pod()
    with pytest.raises(AccessError, match="Kubernetes refuses: initializing"):
        asyncio.run(Kubernetes(Busy(TRIES)).get(make_pod()))


JOB = SMALL + "engine: operator\nkind: DaskJob\njob: {command: [python, nightly.py]}\n"


def record_job(make_fleet: MakeFleet, said: str, **pod: Any) -> tuple[RenderedCluster, Any]:
    prepared = read_cluster(make_fleet(prod=JOB))
    objects = deepcopy(prepared.objects)
    [job] = [body for body in objects if body["kind"] == "DaskJob"]
    job["status"] = {"jobStatus": said}
    labels = {**job["spec"]["job"]["metadata"]["labels"], "app.kubernetes.io/instance": "prod"}
    return prepared, Recorded([*objects, make_pod("prod-dask-runner", labels, **pod)])


def look_at_job(make_fleet: MakeFleet, said: str, **pod: Any) -> ClusterState:
    return look(*record_job(make_fleet, said, **pod))


def test_a_job_that_has_done_its_work_has_no_cluster_and_is_well(make_fleet: MakeFleet) -> None:
    state = look_at_job(make_fleet, "Successful", phase="Succeeded")
    assert (state.well, state.troubles) == (True, [])
    assert format_fleet([state]).splitlines()[1].split()[:5] == ["prod", "analytics", "job", "successful", "-"]


def test_a_job_that_has_ended_has_nothing_to_try(make_fleet: MakeFleet) -> None:
    prepared, recorded = record_job(make_fleet, "Successful", phase="Succeeded")
    result = try_out(recorded, prepared, 600)
    assert (result.passed, result.failure) == (False, "job successful: the operator has deleted its cluster")


def test_a_job_that_has_failed_says_why(make_fleet: MakeFleet) -> None:
    terminated = {"terminated": {"exitCode": 3, "reason": "Error"}}
    state = look_at_job(make_fleet, "Failed", phase="Failed", containerStatuses=[{"name": "job", "state": terminated}])
    assert state.troubles == ["the job has failed: exited with code 3, Error; see `kubectl logs`"]
    assert not state.well


def test_a_job_that_cannot_start_says_why(make_fleet: MakeFleet) -> None:
    [first, *_] = look_at_job(
        make_fleet, "ClusterCreated", **waiting("CreateContainerConfigError", "no Secret")
    ).troubles
    assert (
        first
        == "the operator has not created anything for DaskJob prod-dask: check that it runs, and watches this namespace"
    )
    state = look_at_job(make_fleet, "Running", **waiting("CreateContainerConfigError", "no Secret"))
    assert "job: CreateContainerConfigError: no Secret" in state.troubles


def test_an_operator_that_has_made_nothing(make_fleet: MakeFleet) -> None:
    prepared = operate(make_fleet)
    assert look(prepared, Recorded(deepcopy(prepared.objects))).troubles == [
        "the operator has not created anything for DaskCluster prod-dask: "
        "check that it runs, and watches this namespace",
        "scheduler: its Deployment does not exist",
        "workers default: its Deployment does not exist",
    ]


def test_the_operator_has_a_state_too(make_fleet: MakeFleet) -> None:
    fleet = load(make_fleet(FLEET + "operator:\n  install: true\n"))
    [operator] = render_operators(fleet.settings)
    labels = {"app.kubernetes.io/name": "dask", "app.kubernetes.io/instance": "dask-operator"}
    pod = make_pod("x", {**labels, "app.kubernetes.io/component": "controller"}, **READY)
    pod["metadata"]["namespace"] = "dask-operator"
    state = look(operator, Recorded([*deepcopy(operator.objects), pod]))
    assert (state.name, state.namespace) == ("dask-operator", "dask-operator")
    assert "\n  controller: 1 of 1 ready\n" in format_details([state])
