"""Clusters of the dask-kubernetes operator: their pods are those of the other engine, and found by the same labels."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.findings.problem import has_errors
from daskgen.kubernetes.kinds import find_pods
from daskgen.layers.truth import personalize
from support.fleets import read_cluster, render

SPEC = (
    SMALL
    + "  labels: {team: forecast}\n- {name: gpu, spread: required}\n"
    + "waive: [{rule: DG270, reason: a plugin keeps group gpu}]\n"
)

Objects = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def make_objects(make_fleet: MakeFleet) -> Any:
    """Every object of the cluster `prod`, with the engine that is asked for."""

    def make(engine: str, spec: str = SPEC) -> Objects:
        root = make_fleet(FLEET, prod=f"engine: {engine}\n{spec}")
        prepared = read_cluster(root)
        assert not has_errors(prepared.problems)
        truth = personalize(prepared.resources, prepared.identity)
        return {(resource.body["kind"], resource.body["metadata"]["name"]): resource.body for resource in truth}

    return make


def label_pods(body: dict[str, Any], part: str) -> dict[str, str]:
    """The labels that the operator gives to pods it makes of a custom resource (controller.py, `_get_labels`)."""
    labels: dict[str, str] = {**body["metadata"]["labels"], **body["spec"][part]["metadata"]["labels"]}
    return {**labels, "dask.org/component": part}


def is_selected(labels: dict[str, str], selector: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


def test_pods_are_those_of_deployments(make_objects: Any) -> None:
    deployments, operated = make_objects("deployments"), make_objects("operator")
    pods = [spec for key in operated for _, spec in find_pods(operated[key])]
    wanted = [spec for key in deployments for _, spec in find_pods(deployments[key])]
    assert len(pods) == len(wanted) == 3
    for pod, other in zip(pods, map(deepcopy, wanted), strict=True):
        (container,) = other["containers"]
        # The operator names workers; the server would fill in the protocol; a new configuration gets no new name.
        container["env"] = [variable for variable in container["env"] if variable["name"] != "DASK_WORKER_NAME"]
        container["ports"] = [{**port, "protocol": "TCP"} for port in container["ports"]]
        other["volumes"][-1]["configMap"]["name"] = "prod-dask"
        assert pod == other


def test_what_the_operator_makes_is_found(make_objects: Any) -> None:
    objects = make_objects("operator")
    cluster, group = objects["DaskCluster", "prod-dask"], objects["DaskWorkerGroup", "prod-worker-gpu"]
    scheduler = label_pods(cluster, "scheduler")
    workers = {"worker": label_pods(cluster, "worker"), "worker-gpu": label_pods(group, "worker")}
    assert is_selected(scheduler, objects["Service", "prod-scheduler"]["spec"]["selector"])
    assert is_selected(scheduler, cluster["spec"]["scheduler"]["service"]["selector"])
    for name, labels in {"scheduler": scheduler, **workers}.items():
        budgets = {key[1]: body for key, body in objects.items() if key[0] == "PodDisruptionBudget"}
        found = [
            budget for budget, body in budgets.items() if is_selected(labels, body["spec"]["selector"]["matchLabels"])
        ]
        assert found == [f"prod-{name}"]
    assert workers["worker"]["team"] == "forecast"
    assert group["spec"]["cluster"] == "prod-dask"


def test_only_the_operator_and_clients_reach_the_api(make_objects: Any) -> None:
    objects = make_objects("{kind: operator, namespace: operators}")
    policies = {key[1]: body["spec"] for key, body in objects.items() if key[0] == "NetworkPolicy"}
    reach = {name: policy for name, policy in policies.items() if "8787" in str(policy.get("ingress"))}
    assert set(reach) == {"prod-clients", "prod-operator"}
    (rule,) = reach["prod-operator"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "operators"}}}]
    assert rule["ports"] == [{"protocol": "TCP", "port": 8787}]


def test_nothing_of_ours_wakes_the_operator(make_objects: Any) -> None:
    """It takes every Service labelled so for a scheduler's of its own: dask/dask-kubernetes#810."""
    assert "dask.org/component" not in str(make_objects("operator"))


def test_a_range_is_an_autoscaler(make_objects: Any) -> None:
    objects = make_objects("operator", SMALL.replace("replicas: 2", "replicas: {min: 2, max: 8}"))
    assert objects["DaskCluster", "prod-dask"]["spec"]["worker"]["replicas"] == 2
    assert objects["DaskAutoscaler", "prod-dask"]["spec"] == {"cluster": "prod-dask", "minimum": 2, "maximum": 8}
    same = make_objects("operator", SMALL.replace("replicas: 2", "replicas: {min: 2, max: 2}"))
    assert ("DaskAutoscaler", "prod-dask") not in same


def test_replicas_are_one_line(make_fleet: MakeFleet) -> None:
    tree = render(make_fleet(FLEET, prod="engine: operator\n" + SMALL)).tree
    kustomization = tree["overlays/prod/kustomization.yaml"]
    assert kustomization.endswith("replicas:\n- name: dask\n  count: 2\n")


BESIDE = "{kind: operator, update: blue-green}"

RENAMED: dict[str, tuple[str, str, set[str]]] = {
    "replicas": ("replicas: 2", "replicas: 5", set()),
    "replicas of a group": ("{name: gpu", "{name: gpu, replicas: 3", set()),
    "a range": ("replicas: 2", "replicas: {min: 2, max: 4}", set()),
    "clients": ("workers:", "network: {clients: [{namespace: lab}]}\nworkers:", set()),
    "image": ("2026.8.0-py3.12", "2026.8.0-py3.13", {"DaskCluster", "DaskWorkerGroup"}),
    "configuration": (
        "workers:",
        "config: {distributed: {comm: {timeouts: {connect: 90s}}}}\nworkers:",
        {"DaskCluster", "DaskWorkerGroup"},
    ),
    "scheduler": ("workers:", "scheduler: {memory: 3Gi}\nworkers:", {"DaskCluster", "DaskWorkerGroup"}),
    "a group": ("{name: gpu", "{name: gpu, memory: 8Gi", {"DaskWorkerGroup"}),
}
"""Edit to the kinds of objects that get another name by it, with update blue-green."""


def find_names(objects: Objects) -> dict[str, str]:
    """Names of what pods are made of, by kind."""
    return {kind: name for kind, name in objects if kind in ("DaskCluster", "DaskWorkerGroup")}


@pytest.mark.parametrize("case", RENAMED)
def test_what_the_operator_does_not_heed_is_a_new_name(case: str, make_objects: Any) -> None:
    before, after, renamed = RENAMED[case]
    assert before in SPEC
    old = find_names(make_objects(BESIDE))
    new = find_names(make_objects(BESIDE, SPEC.replace(before, after)))
    assert {kind for kind, name in old.items() if new[kind] != name} == renamed


def test_a_patch_is_a_new_name_too(make_objects: Any) -> None:
    patch = "patches:\n- target: {kind: DaskCluster, name: dask}\n  patch: {metadata: {labels: {team: forecast}}}\n"
    old, new = find_names(make_objects(BESIDE)), find_names(make_objects(BESIDE, SPEC + patch))
    assert old["DaskCluster"] != new["DaskCluster"]


def test_names_lead_to_the_cluster_beside(make_objects: Any) -> None:
    objects = make_objects(BESIDE, SPEC.replace("replicas: 2", "replicas: {min: 2, max: 4}"))
    name = find_names(objects)["DaskCluster"]
    assert objects["Service", "prod-scheduler"]["spec"]["selector"]["dask.org/cluster-name"] == name
    cluster = objects["DaskCluster", name]
    assert cluster["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"] == name
    assert objects["DaskAutoscaler", name]["spec"]["cluster"] == name
    group = objects["DaskWorkerGroup", find_names(objects)["DaskWorkerGroup"]]
    assert group["spec"]["cluster"] == name
    variables = {variable["name"]: variable for variable in group["spec"]["worker"]["spec"]["containers"][0]["env"]}
    assert variables["CLUSTER"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['dask.org/cluster-name']"


def test_argo_cd_is_told_to_recreate(make_objects: Any) -> None:
    recreate = "{kind: operator, update: recreate}"
    mark = ("argocd.argoproj.io/sync-options", "Force=true,Replace=true")
    marked = {
        key for key, body in make_objects(recreate).items() if mark in body["metadata"].get("annotations", {}).items()
    }
    assert marked == {("DaskCluster", "prod-dask"), ("DaskWorkerGroup", "prod-worker-gpu")}
    config = SPEC.replace("workers:", "config: {distributed: {comm: {retry: {count: 3}}}}\nworkers:")
    old, new = (make_objects(recreate, spec)["DaskCluster", "prod-dask"] for spec in (SPEC, config))
    assert old["metadata"]["annotations"] != new["metadata"]["annotations"]
    assert old["spec"] == new["spec"]
