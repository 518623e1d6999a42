"""The login with a JupyterHub: which hub is asked, and what it lets the proxy reach."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daskgen.auth.jupyterhub import JupyterHubLogin
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.hub import Hub

CLASS = Hub("jupyterhub", "class.example.com", "analytics", "jupyterhub")
LAB = Hub("jupyterhub-lab", "lab.example.com", "lab", "lab")
SITE = Site("prod", isolated=True, namespace="analytics", hubs=(CLASS,))
BOTH = SITE._replace(hubs=(CLASS, LAB))


def guard(site: Site, **options: Any) -> Endpoint:
    """The way through a login before a dashboard under /dask."""
    login = JupyterHubLogin.model_validate({"kind": "jupyterhub", **options})
    return login.guard(Endpoint(url="https://class.example.com/dask", prefix="/dask"), site)


def find(reached: Endpoint, kind: str, name: str = "login") -> Any:
    """An object of the login."""
    return next(resource.body for resource in reached.resources if resource.key == (kind, name))


def read_variables(reached: Endpoint) -> dict[str, str]:
    """The variables of the proxy."""
    [container] = find(reached, "Deployment")["spec"]["template"]["spec"]["containers"]
    return {variable["name"]: variable["value"] for variable in container["env"]}


@pytest.mark.parametrize(
    ("site", "options", "hub"),
    [(SITE, {}, CLASS), (BOTH, {"hub": "lab"}, LAB), (BOTH, {}, None), (BOTH, {"hub": "lap"}, None)],
)
def test_people_log_in_to_the_only_hub_or_the_one_that_is_named(
    site: Site, options: dict[str, str], hub: Hub | None
) -> None:
    assert JupyterHubLogin.model_validate({"kind": "jupyterhub", **options}).find_hub(site) == hub


def test_the_hub_knows_the_client_that_the_proxy_says_it_is() -> None:
    reached = guard(SITE)
    said, client = read_variables(reached), reached.client
    assert client
    assert client.hub == CLASS.name
    assert said["JUPYTERHUB_CLIENT_ID"] == client.client_id
    assert said["JUPYTERHUB_OAUTH_CALLBACK_URL"] == client.redirect == "https://class.example.com/dask/oauth_callback"
    assert json.loads(said["JUPYTERHUB_OAUTH_ACCESS_SCOPES"]) == ["access:services!service=dask-prod"]


def test_the_proxy_reaches_the_dashboard_and_the_hub_alone() -> None:
    dashboard, hub = find(guard(SITE), "NetworkPolicy")["spec"]["egress"]
    assert [port["port"] for port in dashboard["ports"]] == [8787]
    assert [port["port"] for port in hub["ports"]] == [8081]
    assert "namespaceSelector" not in hub["to"][0]


def test_a_hub_elsewhere_is_reached_in_its_namespace() -> None:
    _, hub = find(guard(BOTH, hub="lab"), "NetworkPolicy")["spec"]["egress"]
    assert hub["to"][0]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "lab"}}
