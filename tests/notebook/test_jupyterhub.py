"""A JupyterHub whose users share the cluster: its values, and the way between both."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from conftest import SMALL, MakeFleet
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.notebook._users import write_memory
from daskgen.outside.disk.made import is_made
from daskgen.render.cluster import RenderedCluster
from support.commands import daskgen
from support.fleets import read_cluster, render

HUB = """notebooks:
- kind: jupyterhub
  host: hub.example.com
  image: ghcr.io/dask/dask-notebook:2026.8.0-py3.12
  auth: {kind: github, secret: hub-login, organizations: [pangeo-data]}
"""
USER = {"app": "jupyterhub", "component": "singleuser-server", "release": "jupyterhub"}


def read(make_fleet: MakeFleet, more: str = "") -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL + HUB + more))


def read_values(rendered: RenderedCluster) -> Any:
    """Return the values that Helm gets."""
    [body] = [body for body in rendered.objects if body["metadata"]["name"] == "prod-jupyterhub"]
    return yaml.safe_load(body["data"]["jupyterhub.yaml"])


def expand(value: str) -> str:
    """Return the value of a user's variable as KubeSpawner sets it: it fails at names that it does not know."""
    return value.format(username="alice")


def test_users_find_the_cluster_by_itself(make_fleet: MakeFleet) -> None:
    servers = read_values(read(make_fleet))["singleuser"]
    assert servers["extraEnv"]["DASK_SCHEDULER_ADDRESS"] == "tcp://prod-scheduler.analytics.svc:8786"
    link = "{JUPYTERHUB_SERVICE_PREFIX}proxy/prod-scheduler.analytics.svc:8787/status"
    assert expand(servers["extraEnv"]["DASK_DISTRIBUTED__DASHBOARD__LINK"]) == link
    files = {file["mountPath"]: file["data"] for file in servers["extraFiles"].values()}
    allowed = files["/etc/dask-jupyter/jupyter_server_config.json"]["ServerProxy"]["host_allowlist"]
    assert allowed[-1] == "prod-scheduler.analytics.svc"


@pytest.mark.parametrize("space", ["analytics", "hub"])
@pytest.mark.parametrize("port", [ports.COMM, ports.DASHBOARD])
def test_policies_of_both_sides_let_users_through(space: str, port: ports.Port, make_fleet: MakeFleet) -> None:
    """The chart's own policy keeps users from private addresses; what it adds for us is in the values."""
    rendered = read(make_fleet, "" if space == "analytics" else f"  namespace: {space}\n")
    policies = [body for body in rendered.objects if body["kind"] == "NetworkPolicy"]
    [scheduler] = [
        body["spec"]["template"]["metadata"]["labels"]
        for body in rendered.objects
        if (body["kind"], body["metadata"]["name"]) == ("Deployment", "prod-scheduler")
    ]
    assert admits(policies, "Ingress", scheduler, Peer(USER, space, is_near=space == "analytics"), port)
    assert not admits(policies, "Ingress", scheduler, Peer({**USER, "release": "other"}, space), port)
    rules = read_values(rendered)["singleuser"]["networkPolicy"]["egress"]
    theirs = {"spec": {"podSelector": {"matchLabels": USER}, "policyTypes": ["Egress"], "egress": rules}}
    assert admits([theirs], "Egress", USER, Peer(scheduler, "analytics", is_near=space == "analytics"), port)


def test_the_login_is_a_secret_that_exists(make_fleet: MakeFleet) -> None:
    hub = read_values(read(make_fleet))["hub"]
    assert hub["config"]["GitHubOAuthenticator"]["allowed_organizations"] == ["pangeo-data"]
    names = {entry["valueFrom"]["secretKeyRef"]["name"] for entry in hub["extraEnv"].values()}
    assert names == {"hub-login"}


def test_users_of_an_encrypted_cluster_get_its_client_certificate(make_fleet: MakeFleet) -> None:
    rendered = read_cluster(make_fleet(prod=SMALL + "tls: {issuer: {kind: cert-manager}}\n" + HUB))
    env = read_values(rendered)["singleuser"]["extraEnv"]
    assert env["DASK_SCHEDULER_ADDRESS"].startswith("tls://")
    made = [body["spec"]["secretName"] for body in rendered.objects if body["kind"] == "Certificate"]
    assert env["DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"]["valueFrom"]["secretKeyRef"]["name"] in made


def test_values_of_the_spec_win(make_fleet: MakeFleet) -> None:
    values = read_values(
        read(make_fleet, "  values: {singleuser: {defaultUrl: /tree}, hub: {db: {type: sqlite-memory}}}\n")
    )
    assert values["singleuser"]["defaultUrl"] == "/tree"
    assert values["singleuser"]["cmd"] == "jupyterhub-singleuser"
    assert values["hub"]["db"] == {"type": "sqlite-memory"}


@pytest.mark.parametrize(
    ("amount", "written"), [("4Gi", "4G"), ("1536Mi", "1536M"), ("2048Mi", "2G"), ("1G", 1_000_000_000)]
)
def test_memory_in_the_units_of_the_hub(amount: str, written: str | int) -> None:
    assert write_memory(amount) == written


def test_connect_says_where_users_see_the_dashboard(make_fleet: MakeFleet) -> None:
    said = daskgen("connect", "prod", root=make_fleet(prod=SMALL + HUB)).stdout
    proxied = "proxy/prod-scheduler.analytics.svc:8787/status"
    assert f"https://hub.example.com/hub/user-redirect/{proxied}" in said


def test_the_file_of_values_can_be_written_anew(make_fleet: MakeFleet) -> None:
    assert is_made(render(make_fleet(prod=SMALL + HUB)).tree["overlays/prod/jupyterhub.yaml"].encode())
