"""What a server of a hub's user may do with Dask's resources, by the rules that the API server evaluates."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import cel
import pytest
import yaml

from conftest import MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.paths import put
from support.fleets import read_cluster
from support.hubs import SPEC

MINE = "user-alice"

CONTAINER = ("spec", "worker", "spec", "containers")


@pytest.fixture
def policy(make_fleet: MakeFleet) -> Object:
    """The rendered policy, and the DaskCluster that users are given."""
    rendered = read_cluster(make_fleet(team=SPEC), "team")
    [found] = [body for body in rendered.objects if body["kind"] == "ValidatingAdmissionPolicy"]
    [text] = [text for body in rendered.objects if (text := body.get("data", {}).get("jupyterhub.yaml"))]
    dask = yaml.safe_load(text)["singleuser"]["extraFiles"]["dask"]["data"]["kubernetes"]
    return {**found, "cluster": dask["custom-cluster-spec"]}


def ask(policy: Object, operation: str, body: Object, old: Object | None = None) -> str:
    """Return what a user reads who is refused, and "" for what is allowed."""
    extra = {"authentication.kubernetes.io/pod-name": [MINE]}
    request = {"operation": operation, "userInfo": {"extra": extra}}
    known: dict[str, Any] = {"request": request, "object": body, "oldObject": old or body, "variables": {}}
    for variable in policy["spec"]["variables"]:
        known["variables"][variable["name"]] = cel.evaluate(variable["expression"], known)
    for rule in policy["spec"]["validations"]:
        if not cel.evaluate(rule["expression"], known):
            told = rule.get("message") or cel.evaluate(rule["messageExpression"], known)
            return str(told)
    return ""


def name(body: Object, text: str) -> Object:
    named: Object = put(deepcopy(body), ("metadata", "name"), text)
    return named


def describe_group(cluster: Object, replicas: int = 1, owner: str = MINE) -> Object:
    """The group of workers that the operator creates for a cluster."""
    worker = {**cluster["spec"]["worker"], "replicas": replicas}
    meta = {"name": f"{owner}-default", "labels": {"team": "a"}}
    return {"kind": "DaskWorkerGroup", "metadata": meta, "spec": {"cluster": owner, "worker": worker}}


def test_a_server_creates_and_deletes_the_cluster_of_its_name_alone(policy: Object) -> None:
    for operation in ("CREATE", "DELETE"):
        assert ask(policy, operation, name(policy["cluster"], MINE)) == ""
        refused = ask(policy, operation, name(policy["cluster"], "user-bob"))
        assert refused == f"this server may change the Dask cluster {MINE} only, with its workers named default"


@pytest.mark.parametrize(("replicas", "told"), [(4, ""), (5, "a user may have 4 workers, not 5")])
def test_a_user_has_so_many_workers(replicas: int, told: str, policy: Object) -> None:
    cluster = put(name(policy["cluster"], MINE), ("spec", "worker", "replicas"), replicas)
    group = describe_group(policy["cluster"], replicas)
    scaler = {"kind": "DaskAutoscaler", "metadata": {"name": MINE}, "spec": {"cluster": MINE, "maximum": replicas}}
    assert ask(policy, "CREATE", cluster) == told
    assert ask(policy, "UPDATE", group, describe_group(policy["cluster"])) == told
    assert ask(policy, "CREATE", scaler) == told


def test_workers_of_others_are_neither_scaled_nor_adapted(policy: Object) -> None:
    theirs = describe_group(policy["cluster"], owner="user-bob")
    scaler = {"kind": "DaskAutoscaler", "metadata": {"name": MINE}, "spec": {"cluster": "user-bob", "maximum": 1}}
    assert "only" in ask(policy, "UPDATE", theirs, theirs)
    assert "only" in ask(policy, "CREATE", scaler)


def test_pods_of_a_group_stay_as_they_are(policy: Object) -> None:
    old = describe_group(policy["cluster"])
    new = put(deepcopy(old), ("spec", "worker", "spec", "serviceAccountName"), "admin")
    assert "only the number changes" in ask(policy, "UPDATE", new, old)


SECRET = {"secretKeyRef": {"name": "of-somebody", "key": "password"}}


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("spec", "worker", "spec", "serviceAccountName"), "admin", "service account"),
        (("spec", "scheduler", "spec", "priorityClassName"), "system-cluster-critical", "priority"),
        (("spec", "worker", "spec", "hostNetwork"), True, "node settings"),
        (("spec", "scheduler", "service", "type"), "LoadBalancer", "Service"),
        (("spec", "scheduler", "service", "externalIPs"), ["192.0.2.1"], "Service"),
        (("spec", "scheduler", "spec", "volumes", 0), {"name": "x", "secret": {"secretName": "x"}}, "volumes"),
        (("spec", "scheduler", "spec", "volumes", 0), {"name": "x", "hostPath": {"path": "/"}}, "volumes"),
        ((*CONTAINER, 0, "env", 0), {"name": "X", "valueFrom": SECRET}, "Secrets"),
        ((*CONTAINER, 0, "envFrom"), [{"secretRef": {"name": "of-somebody"}}], "Secrets"),
        (("spec", "worker", "spec", "initContainers"), [{"env": [{"name": "X", "valueFrom": SECRET}]}], "Secrets"),
        (("metadata", "labels", "app.kubernetes.io/instance"), "other", "labels"),
        (("spec", "worker", "metadata", "labels", "app.kubernetes.io/component"), "scheduler", "labels"),
    ],
)
def test_a_cluster_reads_no_secrets_and_leaves_no_policy(
    place: tuple[str | int, ...], value: Any, told: str, policy: Object
) -> None:
    assert told in ask(policy, "CREATE", put(name(policy["cluster"], MINE), place, value))


def test_other_images_and_sizes_are_free(policy: Object) -> None:
    mine = put(name(policy["cluster"], MINE), (*CONTAINER, 0, "image"), "registry.example.com/other:1")
    assert ask(policy, "CREATE", put(mine, (*CONTAINER, 0, "resources", "limits", "memory"), "1Gi")) == ""
