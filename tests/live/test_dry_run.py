"""What `daskgen plan --live` makes of the answers of Kubernetes. The answers are those of a real one, shortened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import SMALL, MakeFleet
from daskgen.cli._fleet import choose_overlays
from daskgen.cli.plan import plan_live
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.totals import Totals
from daskgen.live.dry_run import KINDS, try_fleet
from daskgen.live.owners import find_manager, find_overrides
from daskgen.outside.kubernetes import AccessError, Kubernetes
from daskgen.plan import running
from daskgen.plan.changes import Change
from daskgen.plan.effect import Kind
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_kind, say_what
from daskgen.render.cluster import RenderedCluster
from support.fleets import load
from support.places import GOLDEN, GOLDEN_CASES
from support.recorded import Recorded, key

FLUX = {"kustomize.toolkit.fluxcd.io/name": "fleet"}

APPLIED = {"manager": "kubectl", "operation": "Apply", "time": "2026-11-21T09:00:00Z", "fieldsV1": {}}
"""Who has applied an object, as the API server notes it."""

WORKERS = ("Deployment", "prod-worker")

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "analytics"}}

RENDERED = SMALL + "  env: {A: b}\n"


def set_fields(manager: str, **fields: Any) -> dict[str, Any]:
    """Fields of the spec, as the API server notes that somebody has set them since."""
    return {"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": fields}}


class Cluster(Recorded):
    """Kubernetes that refuses to apply some kinds, and knows who has applied."""

    def __init__(self, objects: list[Object], **refusals: AccessError) -> None:
        super().__init__(objects)
        self.refusals = refusals
        self.managers: set[str] = set()
        self.context = "kind-try"

    async def try_apply(self, body: Object, manager: str = "") -> Object:
        if body["kind"] in self.refusals:
            raise self.refusals[body["kind"]]
        self.managers.add(manager)
        return await super().try_apply(body)


def run(prepared: RenderedCluster, *entries: dict[str, Any]) -> list[Object]:
    """What Kubernetes has of a cluster, and notes of its workers."""
    objects = deepcopy(prepared.objects)
    for body in objects:
        body["metadata"]["managedFields"] = [APPLIED, *(entries if key(body) == WORKERS else ())]
    return objects


def find_workers(objects: list[Object]) -> Object:
    return next(body for body in objects if key(body) == WORKERS)


def read(root: Path) -> RenderedCluster:
    [prepared] = choose_overlays(load(root), ["prod"])
    assert isinstance(prepared, RenderedCluster)
    return prepared


@pytest.fixture
def prod(make_fleet: MakeFleet) -> RenderedCluster:
    return read(make_fleet(prod=RENDERED))


def plan(prepared: RenderedCluster, api: Cluster) -> dict[str, ClusterPlan]:
    """What happens to the cluster, and to others that are there."""
    [trial], strange = asyncio.run(try_fleet(api, [prepared]))
    found = [
        running.plan_dry_run(trial, prepared.totals),
        *(running.plan_dry_run(dry_run, Totals()) for dry_run in strange),
    ]
    return {plan.name: plan for plan in found if plan}


def tell(plans: dict[str, ClusterPlan], name: str = "prod") -> list[str]:
    return [f"{say_kind(effect.kind)} {say_what(effect)}" for effect in plans[name].effects]


def test_what_runs_is_as_rendered(prod: RenderedCluster) -> None:
    api = Cluster(run(prod))
    assert plan(prod, api) == {}
    assert api.managers == {"kubectl"}


def test_nothing_is_there(prod: RenderedCluster) -> None:
    plans = plan(prod, Cluster([NAMESPACE]))
    assert tell(plans) == ["added the cluster, 11 objects"]
    assert (plans["prod"].before, plans["prod"].after) == (Totals(), prod.totals)


def test_what_somebody_has_set_by_hand_is_set_back(prod: RenderedCluster) -> None:
    objects = run(prod, set_fields("kubectl", **{"f:replicas": {}, "f:paused": {}}))
    find_workers(objects)["spec"]["replicas"] = 7
    plans = plan(prod, Cluster(objects))
    assert tell(plans) == ["scaled workers default 7 → 2"]
    [change] = plans["prod"].changes
    assert change == Change(("spec", "replicas"), 7, 2, owner=("Deployment", "prod-worker"), by="kubectl")
    assert (plans["prod"].before.workers, plans["prod"].after.workers) == (7, 2)
    [diff] = plans["prod"].diffs
    assert [line for line in diff.changed if "replicas" in line] == ["-  replicas: 7", "+  replicas: 2"]


def test_another_configuration_restarts_and_leaves_older_ones_behind(make_fleet: MakeFleet) -> None:
    objects = run(read(make_fleet(prod=RENDERED)))
    config = next(body for body in objects if body["kind"] == "ConfigMap")
    config["metadata"]["creationTimestamp"] = "2026-11-21T09:00:00Z"
    older = {**config, "metadata": {**config["metadata"], "name": "prod-dask-0123456789"}}
    older["metadata"]["creationTimestamp"] = "2026-11-20T09:00:00Z"
    edited = read(make_fleet(prod=f"config: {{distributed: {{admin: {{log-length: 1}}}}}}\n{RENDERED}"))
    plans = plan(edited, Cluster([*objects, older]))
    *happens, left = tell(plans)
    assert happens == ["restarted scheduler", "rolled out workers default"]
    assert left == "left behind ConfigMap prod-dask-0123456789"
    assert say_commands(plans["prod"].effects[-1].commands) == (
        "kubectl delete --namespace analytics --ignore-not-found configmap/prod-dask-0123456789"
    )
    replaced = [diff.changed[0] for diff in plans["prod"].diffs if diff.kind == "ConfigMap"]
    assert replaced == [f"--- ConfigMap/{config['metadata']['name']}"]


def test_what_is_not_rendered_any_more(prod: RenderedCluster) -> None:
    objects = run(prod)
    gpu = deepcopy(find_workers(objects))
    gpu["metadata"]["name"] = "prod-worker-gpu"
    gpu["metadata"]["labels"]["daskgen/worker-group"] = "gpu"
    made = deepcopy(gpu)
    made["metadata"] |= {"name": "made", "ownerReferences": [{"kind": "DaskCluster", "name": "x"}]}
    assert tell(plan(prod, Cluster([*objects, gpu, made]))) == ["left behind workers gpu"]
    gpu["metadata"]["labels"] |= FLUX
    plans = plan(prod, Cluster([*objects, gpu]))
    assert tell(plans) == ["deleted workers gpu"]
    assert plans["prod"].effects[0].costs[0] == Cost(Fact.BROUGHT_BY, (("Flux",),))
    assert plans["prod"].before.workers == 4


def test_a_cluster_that_is_in_no_file(make_fleet: MakeFleet) -> None:
    old = run(read(make_fleet(prod=SMALL + "engine: operator\n")))
    root = make_fleet(other=SMALL)
    (root / "clusters/prod.yaml").unlink()
    [other] = choose_overlays(load(root))
    assert isinstance(other, RenderedCluster)
    plans = plan(other, Cluster([*old, *other.objects]))
    assert list(plans) == ["prod"]
    assert tell(plans) == ["left behind the cluster"]
    assert plans["prod"].before == plans["prod"].after
    command = say_commands(plans["prod"].effects[0].commands)
    assert command.startswith("kubectl delete --namespace analytics --cascade=foreground --ignore-not-found dask")
    assert "networkpolicy/prod-default-deny" in command
    for body in old:
        body["metadata"]["annotations"] = {"argocd.argoproj.io/tracking-id": "fleet:x"}
    plans = plan(other, Cluster([*old, *other.objects]))
    assert tell(plans) == ["deleted the cluster"]
    assert plans["prod"].after == Totals()


INVALID = 'Kubernetes refuses: Service "prod-scheduler" is invalid: spec.clusterIPs[0]: may not change once set'
QUOTA = 'Kubernetes refuses: services "prod-scheduler" is forbidden: exceeded quota: team'
RIGHTS = 'Kubernetes refuses: services "prod-scheduler" is forbidden: User "ann" cannot patch resource "services"'


@pytest.mark.parametrize(("message", "status"), [(INVALID, 422), (QUOTA, 403)])
def test_what_kubernetes_does_not_accept(prod: RenderedCluster, message: str, status: int) -> None:
    plans = plan(prod, Cluster(run(prod), Service=AccessError(message, status)))
    assert tell(plans) == ["refused Service prod-scheduler"]
    assert plans["prod"].effects[0].costs == (Cost(Fact.SAID_BY_SERVER, (message,)),)


def test_nothing_can_be_created_in_a_namespace_that_is_being_deleted(prod: RenderedCluster) -> None:
    deleted = {"name": "analytics", "deletionTimestamp": "2026-11-21T09:00:00Z"}
    left = [body for body in run(prod) if body["kind"] == "ServiceAccount"]
    api = Cluster([{"apiVersion": "v1", "kind": "Namespace", "metadata": deleted}, *left])
    [effect] = plan(prod, api)["prod"].effects
    reason = "namespace analytics has been terminating since 2026-11-21T09:00:00Z, with everything in it"
    assert (effect.kind, len(effect.targets)) == (Kind.REFUSED, len(prod.objects) - 1)
    assert effect.costs == (Cost(Fact.SAID_BY_SERVER, (reason,)),)
    assert plan(prod, api)["prod"].after.workers == 0


@pytest.mark.parametrize(("message", "status"), [(RIGHTS, 403), ("no answer within 20 seconds", 0)])
def test_what_cannot_be_told(prod: RenderedCluster, message: str, status: int) -> None:
    with pytest.raises(AccessError, match=message):
        plan(prod, Cluster(run(prod), Service=AccessError(message, status)))


def test_a_namespace_that_is_not_there_comes_with_the_fleet(make_fleet: MakeFleet) -> None:
    prepared = read(make_fleet(prod=SMALL.replace("analytics", "{name: analytics, create: true}")))
    api = Cluster([])
    assert tell(plan(prepared, api)) == ["added the cluster, 12 objects"]
    assert api.applied == ["Namespace"]


def test_all_kinds_that_are_rendered_are_looked_for() -> None:
    bodies = [
        body for case in GOLDEN_CASES for overlay in choose_overlays(load(GOLDEN / case)) for body in overlay.objects
    ]
    kinds = {(body["kind"], body["apiVersion"]) for body in bodies if find_kind(body["kind"]).namespaced}
    assert kinds <= KINDS.items()


NOTED: Object = {
    "metadata": {
        "managedFields": [
            {**APPLIED, "manager": "argocd-controller", "time": "2026-11-20T09:00:00Z"},
            APPLIED,
            set_fields("kubectl-set", **{"f:env": {'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}}}),
            set_fields("kubectl-edit", **{"f:env": {'k:{"name":"A"}': {"f:value": {}}}, "f:args": {}, "f:more": {}}),
            {**set_fields("kube-controller-manager", **{"f:seen": {}}), "subresource": "status"},
        ]
    },
    "spec": {"env": [{"name": "B", "value": "1"}, {"name": "A", "value": "hand"}], "args": ["x"], "more": 1, "seen": 1},
}


def test_who_has_set_what() -> None:
    spec = {"env": [{"name": "A", "value": "b"}, {"name": "B", "value": "2"}], "args": ["x", "y"], "more": 1, "seen": 2}
    assert find_manager(NOTED) == "kubectl"
    assert list(find_overrides(NOTED, {"metadata": {}, "spec": spec})) == [
        (("spec", "env", "A", "value"), "hand", "b", "kubectl-set"),
        (("spec", "args"), ["x"], ["x", "y"], "kubectl-edit"),
    ]
    assert find_manager({"metadata": {}}) == ""


def test_the_command(
    make_fleet: MakeFleet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_fleet(prod=RENDERED)
    objects = run(read(root))
    worker = find_workers(objects)
    worker["metadata"].pop("managedFields")

    async def connect(_: str | None) -> Cluster:
        return Cluster(objects)

    monkeypatch.setattr("daskgen.cli.plan.connect", connect)
    assert plan_live(root, (), None, "text", None) == 0
    assert capsys.readouterr().out == (
        "nothing changes against what runs in context kind-try\n"
        "1 object not applied server-side: the plan does not show that fields which are no longer rendered stay there\n"
    )
    worker["spec"]["replicas"] = 3
    assert plan_live(root, ["prod"], None, "markdown", None) == 1
    assert "### Applying what is in Git scales cluster prod\n" in capsys.readouterr().out
    assert plan_live(make_fleet(prod=SMALL + "imag: x\n"), (), None, "text", None) == 2


class Session:
    """The part of kr8s that asks: answers with these statuses, one after another."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.logged_in = list(statuses), 0

    @asynccontextmanager
    async def call_api(self, method: str, raise_for_status: bool = True, **_: Any) -> AsyncIterator[httpx.Response]:
        self.logged_in += raise_for_status
        yield httpx.Response(self.statuses.pop(0), json={"message": f"{method}: nobody may"})


def test_no_right_is_no_reason_to_log_in_anew() -> None:
    """It would close what others, who ask at the same time, wait for."""
    session = Session(403)
    with pytest.raises(AccessError, match="Kubernetes refuses: GET: nobody may") as caught:
        asyncio.run(Kubernetes(session).find("v1", "Pod", "x", {}))
    assert (caught.value.status, session.logged_in) == (403, 0)
    session = Session(401, 404)
    assert asyncio.run(Kubernetes(session).find("v1", "Pod", "x", {})) == []
    assert session.logged_in == 1
