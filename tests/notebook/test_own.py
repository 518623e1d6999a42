"""Clusters that users of a JupyterHub create: the configuration they get, and who reaches whose."""

from __future__ import annotations

import sys
from importlib.resources import files
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from conftest import MakeFleet
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.kubernetes.objects import Object
from daskgen.render.cluster import RenderedCluster
from support.commands import daskgen
from support.fleets import read_cluster
from support.hubs import SPEC

SERVER = {"app": "jupyterhub", "component": "singleuser-server", "release": "jupyterhub"}


@pytest.fixture
def rendered(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(team=SPEC), "team")


def read_values(rendered: RenderedCluster) -> Any:
    """Return the values that Helm gets."""
    [text] = [found for body in rendered.objects if (found := body.get("data", {}).get("jupyterhub.yaml"))]
    return yaml.safe_load(text)


def find(rendered: RenderedCluster, kind: str) -> list[Object]:
    return [body for body in rendered.objects if body["kind"] == kind]


def test_no_cluster_is_applied_but_users_get_all_of_it(rendered: RenderedCluster) -> None:
    assert not find(rendered, "DaskCluster")
    dask = read_values(rendered)["singleuser"]["extraFiles"]["dask"]["data"]["kubernetes"]
    spec = dask["custom-cluster-spec"]["spec"]
    assert dask["namespace"] == "clusters"
    assert (spec["worker"]["replicas"], spec["idleTimeout"]) == (1, 3600)
    assert spec["scheduler"]["spec"]["containers"][0]["args"][:2] == ["dask", "scheduler"]
    assert spec["worker"]["spec"]["volumes"][-1]["configMap"]["name"] == "team-dask"
    assert spec["worker"]["spec"]["containers"][0]["image"] == "ghcr.io/dask/dask:2026.8.0-py3.12"


def test_a_cluster_has_the_name_of_the_users_server(rendered: RenderedCluster) -> None:
    name = read_values(rendered)["singleuser"]["extraEnv"]["DASK_KUBERNETES__CUSTOM_CLUSTER_SPEC__METADATA__NAME"]
    assert name == {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    [policy] = find(rendered, "ValidatingAdmissionPolicy")
    assert "authentication.kubernetes.io/pod-name" in policy["spec"]["variables"][0]["expression"]
    assert policy["spec"]["validations"][1]["expression"] == "variables.most <= 4"
    assert policy["spec"]["matchConditions"][0]["expression"].endswith("'system:serviceaccount:hub:default'")


def test_users_have_no_right_to_secrets_and_logs(rendered: RenderedCluster) -> None:
    granted = {name for role in find(rendered, "Role") for rule in role["rules"] for name in rule["resources"]}
    assert granted == {"daskclusters", "daskworkergroups", "daskautoscalers", "pods", "services", "networkpolicies"}


def load_hook(monkeypatch: pytest.MonkeyPatch, values: Any) -> Any:
    """Run the hub's configuration as the chart does, with what it imports in the hub's image."""

    def get_config(path: str) -> Any:
        found = values
        for key in path.split("."):
            found = found[key]
        return found

    modules: dict[str, dict[str, Any]] = {
        "kubernetes_asyncio.client": {"ApiException": OSError},
        "kubespawner.clients": {"shared_client": None},
        "z2jh": {"get_config": get_config},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setitem(sys.modules, name.split(".")[0], sys.modules.get(name.split(".")[0], module))
    scope: dict[str, Any] = {"c": SimpleNamespace(KubeSpawner=SimpleNamespace())}
    exec(values["hub"]["extraConfig"]["dask"], scope)  # noqa: S102  # as the chart does
    return SimpleNamespace(**scope)


def label(rendered: RenderedCluster, part: str, cluster: str) -> dict[str, str]:
    """Return the labels that the operator gives to the pods of a user's cluster."""
    spec = read_values(rendered)["singleuser"]["extraFiles"]["dask"]["data"]["kubernetes"]["custom-cluster-spec"]
    return {**spec["metadata"]["labels"], **spec["spec"][part]["metadata"]["labels"], "dask.org/cluster-name": cluster}


@pytest.mark.parametrize("mine", [True, False])
def test_only_the_server_of_a_user_reaches_the_cluster(
    mine: bool, rendered: RenderedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = read_values(rendered)
    hook = load_hook(monkeypatch, values)
    servers = {"user-alice": "alice", "user-bob": "bob"}
    made = [
        hook.narrow_policy(policy, name, user)
        for policy in values["custom"]["dask"]["policies"]
        for name, user in servers.items()
    ]
    policies = [*find(rendered, "NetworkPolicy"), *made]
    other = "user-alice" if mine else "user-bob"
    scheduler, worker = label(rendered, "scheduler", "user-alice"), label(rendered, "worker", other)
    server = {**SERVER, "hub.jupyter.org/username": servers[other]}
    assert admits(policies, "Ingress", scheduler, Peer(server, "hub", is_near=False), ports.COMM) is mine
    assert admits(policies, "Ingress", scheduler, Peer(worker, "clusters", is_near=True), ports.COMM) is mine
    assert admits(policies, "Egress", worker, Peer(scheduler, "clusters", is_near=True), ports.COMM) is mine


def test_the_hook_is_part_of_the_package() -> None:
    assert (files("daskgen") / "data" / "hub" / "clusters.py.txt").is_file()


def test_connect_says_how_users_create_theirs(make_fleet: MakeFleet) -> None:
    root = make_fleet(team=SPEC)
    assert "cluster = KubeCluster()" in daskgen("connect", "team", root=root).stdout
    assert "DASK_SCHEDULER_ADDRESS" not in daskgen("connect", "team", "--format", "env", root=root).stdout


def test_users_may_share_a_cluster_besides_their_own(make_fleet: MakeFleet) -> None:
    servers = read_values(
        read_cluster(make_fleet(team=SPEC + "  shared: {cluster: big, namespace: analytics}\n"), "team")
    )["singleuser"]
    host = "big-scheduler.analytics.svc"
    assert servers["extraEnv"]["DASK_SCHEDULER_ADDRESS"] == f"tcp://{host}:8786"
    assert f'"{host}"]' in servers["extraFiles"]["dask-dashboard"]["stringData"]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": servers["networkPolicy"]["egress"]}
    scheduler = {
        "app.kubernetes.io/name": "dask",
        "app.kubernetes.io/component": "scheduler",
        "app.kubernetes.io/instance": "big",
    }
    for name, reached in (("big", True), ("other", False)):
        peer = Peer({**scheduler, "app.kubernetes.io/instance": name}, "analytics", is_near=False)
        assert admits([{"spec": spec}], "Egress", SERVER, peer, ports.COMM) is reached
