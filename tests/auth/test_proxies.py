"""Login proxies: what they are told, and whom their policies let them reach."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.auth.basic import Basic
from daskgen.auth.oidc import OpenIdConnect
from daskgen.auth.openshift import OpenShift
from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import Object
from daskgen.parts.endpoint import Endpoint, Site

SITE = Site("prod", isolated=True, namespace="analytics")

OIDC = {
    "kind": "oidc",
    "issuer": "https://login.example.com",
    "clientID": "dask",
    "clientSecret": "dask-login",
    "cookieSecret": "dask-login",
    "groups": ["data-science"],
}


def ask(url: str = "https://dask.example.com", prefix: str = "", **options: Any) -> dict[tuple[str, str], Object]:
    """The objects of a login with an OpenID Connect provider, before a dashboard at `url`."""
    login = OpenIdConnect.model_validate({**OIDC, **options})
    made = login.guard(Endpoint(url=url + prefix, prefix=prefix), SITE).resources
    return {resource.key: resource.body for resource in made}


def read_options(objects: dict[tuple[str, str], Object]) -> list[str]:
    """The proxy's options."""
    [container] = objects["Deployment", "login"]["spec"]["template"]["spec"]["containers"]
    return list(container["args"])


@pytest.mark.parametrize(
    ("issuer", "port"),
    [("https://login.example.com", 443), ("https://login.example.com:8443/realms/data", 8443), ("http://[::1]", 80)],
)
def test_the_proxy_reaches_the_port_of_its_provider(issuer: str, port: int) -> None:
    policy = ask(issuer=issuer)["NetworkPolicy", "login"]
    assert policy["spec"]["egress"][1] == {"ports": [{"protocol": "TCP", "port": port}]}


def test_named_targets_replace_every_address() -> None:
    policy = ask(egress=[{"cidr": "192.0.2.0/24"}])["NetworkPolicy", "login"]
    [_, provider] = policy["spec"]["egress"]
    assert provider["to"] == [{"ipBlock": {"cidr": "192.0.2.0/24"}}]


def test_nothing_but_the_proxy_is_let_to_the_dashboard() -> None:
    policy = ask()["NetworkPolicy", "login-dashboard"]["spec"]
    assert policy["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "scheduler"
    [rule] = policy["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": ports.DASHBOARD.number}]
    assert [peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in rule["from"]] == ["login"]


def test_without_policies_there_are_none_for_the_proxy() -> None:
    login = Basic.model_validate({"kind": "basic", "htpasswd": "dask-login"})
    made = login.guard(Endpoint(url="https://dask.example.com"), SITE._replace(isolated=False)).resources
    assert {resource.kind for resource in made} == {"ServiceAccount", "ConfigMap", "Deployment", "Service"}


def test_cookies_belong_to_the_path_of_the_dashboard() -> None:
    options = read_options(ask(prefix="/dask"))
    assert "--cookie-path=/dask" in options
    assert "--redirect-url=https://dask.example.com/dask/oauth2/callback" in options
    assert "--cookie-secure=false" not in options


def test_cookies_without_tls_are_sent_at_all() -> None:
    assert "--cookie-secure=false" in read_options(ask("http://dask.example.com"))


@pytest.mark.parametrize(("session", "said"), [("30m", "30m"), ("2d", "48h")])
def test_sessions_are_told_in_units_that_the_proxy_knows(session: str, said: str) -> None:
    assert f"--cookie-expire={said}" in read_options(ask(session=session))


def test_the_certificate_of_the_dashboard_is_that_of_the_proxy() -> None:
    login = OpenShift.model_validate({"kind": "openshift", "cookieSecret": "dask-login"})
    reached = Endpoint(url="https://dask.example.com", certificate="prod-dashboard-tls", service_annotations={"a": "b"})
    guarded = login.guard(reached, SITE)
    assert (guarded.certificate, guarded.service_annotations) == ("", {})
    bodies = {resource.key: resource.body for resource in guarded.resources}
    assert bodies["Service", "login"]["metadata"]["annotations"] == {"a": "b"}
    volumes = bodies["Deployment", "login"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": "certificate", "secret": {"secretName": "prod-dashboard-tls"}} in volumes
