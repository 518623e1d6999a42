"""A Jupyter server beside a cluster: what it may reach, who may reach it, and what edits of it do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.live.rendered import find_pod_sets
from daskgen.live.state import find_groups
from daskgen.outside.disk.made import is_made
from daskgen.plan.cluster import plan_cluster
from daskgen.plan.effect import Kind
from daskgen.plan.facts import Fact
from daskgen.render.cluster import RenderedCluster
from support.commands import daskgen
from support.fleets import read_cluster, render

IMAGE = "ghcr.io/dask/dask-notebook:2026.8.0-py3.12"
JUPYTER = f"notebooks:\n- kind: jupyter\n  image: {IMAGE}\n  token: login\n"
INGRESS = "  expose: {kind: ingress, class: traefik, host: hub.example.com, path: /lab, tls: {secret: hub}}\n"
DASHBOARD = (
    "expose: {dashboard: {kind: ingress, class: traefik, host: dask.example.com, tls: {secret: dask}, auth: "
    "{kind: none, reason: only the team reaches the host}}}\n"
)


def read(make_fleet: MakeFleet, more: str = "") -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL + JUPYTER + more))


def find(rendered: RenderedCluster, kind: str, name: str) -> Any:
    """Return the object of a kind that Kubernetes gets under this name."""
    return next(
        body for body in rendered.objects if (body["kind"], body["metadata"]["name"].startswith(name)) == (kind, True)
    )


def contain(rendered: RenderedCluster) -> Any:
    """Return the container of the server."""
    return find(rendered, "StatefulSet", "prod-jupyter")["spec"]["template"]["spec"]["containers"][0]


def test_a_notebook_finds_the_scheduler_and_the_dashboard_by_itself(make_fleet: MakeFleet) -> None:
    rendered = read(make_fleet, INGRESS)
    variables = {variable["name"]: variable.get("value") for variable in contain(rendered)["env"]}
    assert variables["DASK_SCHEDULER_ADDRESS"] == "tcp://$(CLUSTER)-scheduler:8786"
    assert variables["DASK_DISTRIBUTED__DASHBOARD__LINK"] == "/lab/proxy/prod-scheduler:8787/status"
    [text] = find(rendered, "ConfigMap", "prod-jupyter")["data"].values()
    assert json.loads(text)["dask-labextension:plugin"]["defaultURL"] == "proxy/prod-scheduler:8787"
    assert "--ServerProxy.host_allowlist=['localhost', '127.0.0.1', 'prod-scheduler']" in contain(rendered)["args"]


def test_the_dashboard_accepts_pages_of_the_notebook(make_fleet: MakeFleet) -> None:
    text = find(read(make_fleet, INGRESS + DASHBOARD), "ConfigMap", "prod-dask")["data"]["dask.yaml"]
    assert text.count("- dask.example.com") == text.count("- hub.example.com") == text.count("- localhost:8888") == 1


@pytest.mark.parametrize("port", [ports.COMM, ports.DASHBOARD])
def test_policies_let_the_notebook_reach_the_scheduler_and_nobody_reach_the_notebook(
    port: ports.Port, make_fleet: MakeFleet
) -> None:
    rendered = read(make_fleet)
    policies = [body for body in rendered.objects if body["kind"] == "NetworkPolicy"]
    notebook, scheduler = (
        find(rendered, kind, f"prod-{name}")["spec"]["template"]["metadata"]["labels"]
        for kind, name in (("StatefulSet", "jupyter"), ("Deployment", "scheduler"))
    )
    assert admits(policies, "Egress", notebook, Peer(scheduler, "analytics"), port)
    assert admits(policies, "Ingress", scheduler, Peer(notebook, "analytics"), port)
    assert not admits(policies, "Ingress", notebook, Peer({"app": "other"}, "analytics"), ports.JUPYTER)
    assert not admits(policies, "Egress", notebook, Peer({"app": "other"}, "analytics"), port)


def test_no_password_is_in_git(make_fleet: MakeFleet) -> None:
    text = SMALL + JUPYTER.replace("token: login", "password: {secret: login, key: hash}")
    container = contain(read_cluster(make_fleet(prod=text)))
    assert "--PasswordIdentityProvider.hashed_password=$(JUPYTER_PASSWORD_HASH)" in container["args"]
    assert container["env"][0]["valueFrom"] == {"secretKeyRef": {"name": "login", "key": "hash"}}


def test_an_edit_ends_kernels_and_keeps_files(make_fleet: MakeFleet) -> None:
    before, after = read(make_fleet), read(make_fleet, "  memory: 8Gi\n")
    plan = plan_cluster(before, after)
    assert plan
    [effect] = plan.effects
    assert (effect.kind, effect.targets[0].name) == (Kind.RESTARTED, "prod-jupyter")
    assert [cost.fact for cost in effect.costs] == [Fact.KERNELS_LOST]


def test_status_tells_a_missing_notebook_from_a_missing_scheduler(make_fleet: MakeFleet) -> None:
    groups = find_groups(list(find_pod_sets(read(make_fleet).objects)), (), ())
    assert [group.title for group in groups] == ["scheduler", "workers default", "jupyter"]
    assert groups[2].troubles == (("its StatefulSet does not exist", 1),)


def test_connect_says_where_it_is_and_what_shows_the_token(make_fleet: MakeFleet) -> None:
    said = daskgen("connect", "prod", root=make_fleet(prod=SMALL + JUPYTER)).stdout
    assert "notebook   kubectl port-forward --namespace analytics svc/prod-jupyter 8888" in said
    assert "kubectl get secret login --namespace analytics -o jsonpath='{.data.token}' | base64 -d" in said
    exposed = daskgen("connect", "prod", root=make_fleet(prod=SMALL + JUPYTER + INGRESS)).stdout
    assert "notebook   https://hub.example.com/lab/\n" in exposed


def test_every_file_of_a_notebook_can_be_written_anew(make_fleet: MakeFleet) -> None:
    tree = render(make_fleet(prod=SMALL + JUPYTER)).tree
    files = [path for path in tree if path.startswith("overlays/prod/")]
    assert any(path.endswith("jupyter.json") for path in files)
    assert all(is_made(tree[path].encode()) for path in files)
