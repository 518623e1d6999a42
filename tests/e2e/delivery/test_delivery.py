"""What is merged is what runs, by either engine, and `daskgen plan` has said what that does."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT
from e2e.delivery.fleet import LIGHT, Fleet
from e2e.harness import OTHER_IMAGE, let_go, start_client, wait_for_line, wait_until
from e2e.test_lossless import HOLD, IMAGE_OF_WORKERS

pytestmark = pytest.mark.cluster


def test_what_is_pushed_runs(fleet: Fleet) -> None:
    for name in ("small", "made"):
        assert f"{name}: passed" in fleet.call("smoke", name, "--workload", "sum", "--size", "1000")


def test_more_workers(fleet: Fleet) -> None:
    """Nothing else is written, and no pod that runs is another."""
    before, written = fleet.list_pods(), fleet.list_writes()
    fleet.deliver("More workers", {"small": fleet.describe(2), "made": fleet.describe(2, **fleet.operated)})
    fleet.await_workers(small=2, made=2)
    assert before <= fleet.list_pods()
    changed = {key for key, write in fleet.list_writes().items() if written.get(key) != write}
    assert changed == {("Deployment", "small-worker"), ("DaskCluster", "made-dask")}


def test_another_image_of_workers_loses_nothing(fleet: Fleet) -> None:
    fleet.deliver("Two workers", {"small": fleet.describe(2)})
    code = CONNECT.format(name="small", workers=2) + HOLD
    start_client(fleet.kubectl, "holder", CLIENT, code)
    wait_for_line(fleet.kubectl, "holder", "held 40 most-copies 1")
    before = fleet.list_pods("small", "worker")
    fleet.deliver("Another image", {"small": fleet.describe(2, patches=[IMAGE_OF_WORKERS])})
    wait_until(lambda: not before & fleet.list_pods("small", "worker"), "every worker replaced")
    let_go(fleet.kubectl, "holder")
    wait_for_line(fleet.kubectl, "holder", "recomputed 0")


def test_what_is_scaled_by_hand_is_put_back(fleet: Fleet) -> None:
    def count() -> int:
        return int(fleet.kubectl.get("deployment", "small-worker")["spec"]["replicas"])

    wanted = count()
    fleet.kubectl("scale", "deployment/small-worker", "--replicas", str(wanted + 1))
    fleet.reconcile()
    wait_until(lambda: count() == wanted, "as it is in Git")


def test_what_an_autoscaler_owns_is_left_alone(fleet: Fleet) -> None:
    workers = [{**LIGHT, "threads": 1, "replicas": {"min": 1, "max": 2}}]
    fleet.deliver("An autoscaler", {"scaled": fleet.describe(**fleet.operated, workers=workers)})
    fleet.kubectl(
        "patch", "daskcluster/scaled-dask", "--type", "merge", "--patch", '{"spec": {"worker": {"replicas": 2}}}'
    )
    fleet.reconcile()
    assert fleet.kubectl.get("daskcluster", "scaled-dask")["spec"]["worker"]["replicas"] == 2
    fleet.deliver("No autoscaler", {"scaled": None}, ["scaled"])


MODES = ("manual", "recreate", "blue-green")

MANY = 200
"""Clusters that make a group too large."""


def test_another_image_of_clusters_of_the_operator(fleet: Fleet) -> None:
    def describe(**fields: Any) -> dict[str, dict[str, Any]]:
        engine = fleet.operated["engine"]
        return {mode: fleet.describe(1, engine={**engine, "update": mode}, **fields) for mode in MODES}

    fleet.deliver("Three ways to update", describe())
    for name in MODES:
        fleet.await_workers(**{name: 1})
    before = {name: fleet.list_pods(name) for name in MODES}
    fleet.edit(describe(image=OTHER_IMAGE))
    plans = fleet.plan()
    replaced = {"blue-green", *(["recreate"] if fleet.engine.kind == "argocd" else [])}
    said = {mode: plans[mode]["effects"][0]["kind"] for mode in MODES}
    assert said == {mode: "recreated" if mode in replaced else "ignored" for mode in MODES}
    fleet.push("Another image")
    fleet.await_sync()
    for name in replaced:
        fleet.await_image(name, OTHER_IMAGE)
        assert not before[name] & fleet.list_pods(name)
    for name in set(MODES) - replaced:
        assert before[name] == fleet.list_pods(name)
    for name in set(MODES) - replaced:
        fleet.run(plans[name]["effects"][0]["command"])
        wait_until(partial(fleet.is_marked, "daskcluster", f"{name}-dask"), f"{name} is the engine's again", 60)
        fleet.await_image(name, OTHER_IMAGE)
    fleet.deliver("Enough", dict.fromkeys(MODES), MODES)
    wait_until(lambda: not any(fleet.list_pods(mode) for mode in MODES), "none left")


def test_a_worker_group_is_removed_and_then_the_cluster(fleet: Fleet) -> None:
    small = {**LIGHT, "threads": 1, "replicas": 1}
    groups = [small, {**small, "name": "more"}]
    fleet.deliver("Two groups", {"two": fleet.describe(**fleet.operated, workers=groups)})
    fleet.await_workers(two=2)
    fleet.edit({"two": fleet.describe(**fleet.operated, workers=[small])})
    effect = fleet.plan()["two"]["effects"][0]
    fleet.push("One group")
    fleet.await_sync()
    if fleet.engine.kind == "argocd":
        assert effect["kind"] == "left behind"
        fleet.reconcile()
        assert fleet.kubectl.get("daskworkergroup", "two-worker-more")
        fleet.run(effect["command"])
    fleet.await_workers(two=1)

    fleet.edit({"two": None}, ["two"])
    effect = fleet.plan()["two"]["effects"][0]
    assert (effect["kind"], effect["what"]) == ("deleted", "the cluster")
    fleet.push("No cluster")
    fleet.await_sync()
    wait_until(lambda: not fleet.list_objects("two"), "nothing left")


def test_the_operator_is_away_when_a_cluster_is_deleted(fleet: Fleet) -> None:
    """Flux leaves alone what needs the operator until that is ready; Argo CD deletes, and the operator's part hangs."""
    fleet.deliver("One more", {"held": fleet.describe(**fleet.operated)})
    fleet.await_workers(held=1)
    with fleet.operator_away():
        fleet.edit({"held": None}, ["held"])
        fleet.push("One less")
        if fleet.engine.kind == "flux":
            wait_until(lambda: any("dependency" in state.said for state in fleet.look().values()), "a report")
            assert not is_deleted(fleet, "held-dask")
        else:
            wait_until(lambda: is_deleted(fleet, "held-dask"), "its deletion")
            said = fleet.call("status", code=1)
            assert "DaskCluster held-dask is being deleted and waits for the operator" in said
    wait_until(lambda: not fleet.list_objects("held"), "nothing left")
    fleet.await_sync()


def is_deleted(fleet: Fleet, cluster: str) -> bool:
    """Whether a DaskCluster is on its way out."""
    return "deletionTimestamp" in fleet.kubectl.get("daskcluster", cluster)["metadata"]


def test_a_broken_commit_changes_nothing_and_a_revert_heals_it(fleet: Fleet) -> None:
    before, written = fleet.list_pods(), fleet.list_writes()
    file = fleet.repository.root / "overlays/small/worker.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("memory: ", "memory: lots, at least "), encoding="utf-8")
    commit = fleet.push("Past all checks")
    wait_until(
        lambda: any(state.failed and commit in (state.commit, state.tried) for state in fleet.look().values()),
        "a report",
    )
    assert (before, written) == (fleet.list_pods(), fleet.list_writes())
    file.write_text(text, encoding="utf-8")
    fleet.push("Back again")
    fleet.await_sync()
    assert (before, written) == (fleet.list_pods(), fleet.list_writes())


def test_a_group_that_grows_too_large_splits_and_nothing_that_runs_notices(fleet: Fleet) -> None:
    before, wanted = fleet.list_pods(), fleet.list_wants()
    fleet.edit({f"asleep-{number:03}": fleet.describe_asleep() for number in range(MANY)})
    groups = fleet.list_groups()
    assert "team" not in groups
    assert len({group for group in groups if group.startswith("team-")}) > 1
    started = time.monotonic()
    fleet.push(f"{MANY} more")
    fleet.await_sync(1500)
    print(f"{fleet.engine.kind}: {MANY} clusters synced in {time.monotonic() - started:.0f} s")
    print(f"kustomize builds a group of them in {fleet.measure_longest_build():.1f} s at most")
    assert before == fleet.list_pods()
    after = fleet.list_wants()
    assert {key: after.get(key) for key in wanted} == wanted


def test_ten_minutes_after_nothing_has_been_written(fleet: Fleet) -> None:
    fleet.still.await_end()
    assert fleet.list_writes("still") == fleet.still.writes
