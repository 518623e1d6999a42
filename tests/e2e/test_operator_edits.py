"""What an edit does to a cluster of the operator is what `daskgen plan` says, and what it prints to be run works."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from daskgen.engine._update import RECREATE
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.outside import disk
from daskgen.plan.cluster import plan_cluster
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_kind, say_what
from daskgen.render.cluster import RenderedCluster
from daskgen.render.tree import render_fleet
from daskgen.yaml.write import dump_all
from e2e.clusters import CLIENT, CONNECT, SMALL, write_fleet
from e2e.harness import (
    IMAGE,
    OTHER_IMAGE,
    Kubectl,
    daskgen,
    let_go,
    list_names,
    list_pods,
    read_words,
    run,
    run_client,
    start_client,
    wait_for_line,
    wait_until,
)
from e2e.test_lossless import HOLD
from e2e.test_operator import count_ready
from support.fleets import load, read_cluster

pytestmark = pytest.mark.xdist_group("operator")

WORKER = {**SMALL, "threads": 1, "replicas": 1}
BIG = {**WORKER, "name": "big"}
GREETING = {"env": {"GREETING": "hello"}}
WAIVE = [{"rule": "DG221", "reason": "the groups are only ever scaled up here"}]

WHO = 'print(*sorted(it["id"] for it in client.scheduler_info(n_workers=-1)["workers"].values()))\n'


class Team:
    """A cluster `team` that the operator runs, and the repository it is kept in."""

    def __init__(self, kubectl: Kubectl, root: Path, spec: Mapping[str, Any], update: str) -> None:
        self.kubectl, self.root = kubectl, root
        self.spec = {**spec, "engine": {**spec["engine"], "update": update}, "waive": WAIVE}
        self.before: RenderedCluster | None = None
        self.prepared: RenderedCluster | None = None

    def edit(self, **fields: Any) -> dict[str, str]:
        """Change the spec and render it. What the plan says: what happens to what it prints to be run."""
        self.before = self.prepared
        self.spec = {**self.spec, **fields}
        fleet = load(write_fleet(self.root, team=self.spec))
        disk.write(self.root, render_fleet(fleet).tree, ("base", "overlays"))
        self.prepared = read_cluster(self.root, "team")
        plan = plan_cluster(self.before, self.prepared) if self.before else None
        return (
            {f"{say_kind(effect.kind)} {say_what(effect)}": say_commands(effect.commands) for effect in plan.effects}
            if plan
            else {}
        )

    def run(self, command: str) -> None:
        """Run what the plan prints, in the repository."""
        run(self.kubectl, self.root, command)

    def apply(self) -> None:
        """Do as Argo CD and Flux do first: nothing is pruned."""
        self.run("kubectl apply --server-side --force-conflicts -k overlays/team")

    def replace(self) -> None:
        """Do as Argo CD does with what differs: what is marked is deleted and created, the rest applied."""
        assert self.prepared
        assert self.before
        changed = [body for body in self.prepared.objects if body not in self.before.objects]
        marked = [body for body in changed if RECREATE.keys() <= body["metadata"].get("annotations", {}).keys()]
        self.kubectl.apply([body for body in changed if body not in marked])
        self.kubectl("replace", "--force", "--filename", "-", text=dump_all(marked))

    def await_pods(self, workers: int, schedulers: int = 1) -> None:
        """Wait until all of its pods are ready, and others gone."""
        wanted = {"scheduler": [1] * schedulers, "worker": [1] * workers}
        wait_until(lambda: count_ready(self.kubectl) == wanted, f"{wanted} ready", 240)
        pods = {"scheduler": schedulers, "worker": workers}
        wait_until(lambda: {pod: len(list_pods(self.kubectl, pod)) for pod in pods} == pods, "others gone", 120)

    def names(self, kind: str) -> set[str]:
        """The custom resources of a kind that Kubernetes has."""
        found = self.kubectl.get(f"{CUSTOM[kind].path}.{CUSTOM[kind].group}")["items"]
        return {body["metadata"]["name"] for body in found}

    def strays(self, kind: str) -> set[str]:
        """Those of them that Flux would prune, and Argo CD unless the operator has adopted them."""
        assert self.prepared
        rendered = {body["metadata"]["name"] for body in self.prepared.objects if body["kind"] == kind}
        made = {f"{name}-default" for name in self.names("DaskCluster")}
        return self.names(kind) - rendered - made


@pytest.fixture
def make_team(operated: dict[str, Any], namespace: Kubectl, tmp_path: Path) -> Any:
    """Make a cluster with that way to update, and wait until it is up."""

    def make(update: str, *groups: dict[str, Any]) -> Team:
        team = Team(namespace, tmp_path, operated, update)
        team.edit(workers=list(groups))
        team.apply()
        team.await_pods(len(groups))
        return team

    return make


def find_images(kubectl: Kubectl, component: str, group: str = "") -> list[str]:
    """What pods of a component, or of one group, run."""
    pods = list_pods(kubectl, component).values()
    mine = [pod for pod in pods if not group or pod["metadata"]["labels"]["daskgen/worker-group"] == group]
    return sorted(body["spec"]["containers"][0]["image"] for body in mine)


@pytest.mark.cluster
def test_by_hand(make_team: Any, namespace: Kubectl) -> None:
    team: Team = make_team("manual", WORKER, BIG)
    first = list_pods(namespace, "scheduler").keys() | list_pods(namespace, "worker").keys()

    said = team.edit(image=OTHER_IMAGE)
    command = said["ignored scheduler, workers default"]
    assert set(said) == {"ignored scheduler, workers default", "ignored workers big"}
    team.apply()
    said = team.edit(workers=[{**WORKER, "replicas": 2}, {**BIG, "replicas": 2}])
    assert said == {"scaled workers default 1 → 2": "", "scaled workers big 1 → 2": ""}
    team.apply()
    team.await_pods(4)
    # Running pods are the same, and of those added, the default group's start as they did.
    assert first <= list_pods(namespace, "scheduler").keys() | list_pods(namespace, "worker").keys()
    assert find_images(namespace, "scheduler") == [IMAGE]
    assert find_images(namespace, "worker", "default") == [IMAGE, IMAGE]
    assert find_images(namespace, "worker", "big") == sorted([IMAGE, OTHER_IMAGE])

    team.edit(workers=[WORKER, BIG])
    team.run(command)
    team.await_pods(2)
    assert find_images(namespace, "scheduler") == [OTHER_IMAGE]
    assert find_images(namespace, "worker") == [OTHER_IMAGE] * 2

    said = team.edit(workers=[WORKER])
    assert set(said) == {"left behind workers big", "removed PodDisruptionBudget team-worker-big"}
    team.apply()
    owner = namespace.get("daskworkergroups.kubernetes.dask.org", "team-worker-big")["metadata"]["ownerReferences"]
    assert [body["kind"] for body in owner] == ["DaskCluster"]  # for which Argo CD leaves it
    team.run(said["left behind workers big"])
    team.await_pods(1)


@pytest.mark.cluster
def test_by_argo_cd(make_team: Any, namespace: Kubectl) -> None:
    team: Team = make_team("recreate", WORKER, BIG)
    first = list_pods(namespace, "scheduler").keys() | list_pods(namespace, "worker").keys()
    said = team.edit(config={"distributed": {"comm": {"retry": {"count": 7}}}})
    assert said == {"recreated the cluster": ""}
    team.replace()
    # The group is the old cluster's, and goes with it; selfHeal brings it back.
    wait_until(lambda: "team-worker-big" not in team.names("DaskWorkerGroup"), "the group gone")
    team.apply()
    team.await_pods(2)
    assert not first & (list_pods(namespace, "scheduler").keys() | list_pods(namespace, "worker").keys())
    asked = "import dask, distributed; print(dask.config.get('distributed.comm.retry.count'))"
    for name in list_names(namespace, "worker"):
        assert namespace("exec", name, "--", "python", "-c", asked).split() == ["7"]


@pytest.mark.cluster
def test_beside(make_team: Any, namespace: Kubectl) -> None:
    team: Team = make_team("blue-green", WORKER)
    (old,) = team.names("DaskCluster")
    said = team.edit(image=OTHER_IMAGE)
    assert set(said) == {
        "recreated the cluster",
        "updated in place Service team-scheduler",
    }
    team.apply()
    team.await_pods(2, schedulers=2)
    (new,) = team.names("DaskCluster") - {old}
    # Clients call the same name, and find the new one alone; each scheduler has its own workers.
    (worker,) = run_client(namespace, "client", CLIENT, CONNECT.format(name="team", workers=1) + WHO).split()
    assert worker.startswith(f"{new}-default-worker-")
    assert team.strays("DaskCluster") == {old}
    drift = f"DaskCluster/{old} has drifted:\n    is no longer rendered, but still exists\n"
    assert drift in daskgen(namespace, team.root, "status", "team", code=1)
    team.run(said["recreated the cluster"])
    team.await_pods(1)
    assert find_images(namespace, "scheduler") + find_images(namespace, "worker") == [OTHER_IMAGE] * 2
    assert "no drift" in daskgen(namespace, team.root, "status", "team")
    assert "team: passed" in daskgen(namespace, team.root, "smoke", "team", "--workload", "sum", "--size", "100")


@pytest.mark.cluster
def test_a_group_beside_takes_over_what_the_old_one_holds(make_team: Any, namespace: Kubectl) -> None:
    team: Team = make_team("blue-green", WORKER, BIG)
    start_client(namespace, "client", CLIENT, CONNECT.format(name="team", workers=2) + HOLD)
    wait_for_line(namespace, "client", "held 40 most-copies 1")
    said = team.edit(workers=[WORKER, {**BIG, **GREETING}])
    assert set(said) == {"recreated workers big"}
    team.apply()
    team.await_pods(3)
    team.run(said["recreated workers big"])
    team.await_pods(2)
    assert team.strays("DaskWorkerGroup") == set()
    let_go(namespace, "client")
    wait_for_line(namespace, "client", "fewest-workers")
    assert read_words(namespace("logs", "client"), "recomputed") == ["recomputed", "0", "fewest-workers", "2"]
