"""Dashboards behind a Gateway: who forwards requests is admitted, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from daskgen.expose.gateway import Dashboard
from daskgen.parts.endpoint import Endpoint, Site

SITE = Site("prod", isolated=True)


def expose(gateway: dict[str, Any], **options: Any) -> Endpoint:
    """Expose a dashboard at dask.example.com/team by a Gateway."""
    said = {"kind": "gateway", "gateway": gateway, "host": "dask.example.com", "path": "/team", **options}
    return Dashboard.model_validate(said).endpoint(SITE)


def find_callers(endpoint: Endpoint) -> Any:
    """Return the peers that the policy admits."""
    return endpoint.resources[1].body["spec"]["ingress"][0]["from"]


def select(namespace: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def test_pods_of_the_gateways_namespace_are_admitted() -> None:
    assert find_callers(expose({"name": "shared", "namespace": "gateways"})) == [select("gateways")]


def test_pods_of_a_controller_elsewhere_are_admitted_instead() -> None:
    gateway = {"name": "shared", "namespace": "gateways"}
    assert find_callers(expose(gateway, controllerNamespace="envoy-system")) == [select("envoy-system")]


def test_addresses_of_a_load_balancer_are_admitted_instead_of_pods() -> None:
    gateway = {"name": "shared", "namespace": "gateways"}
    assert find_callers(expose(gateway, sources=["10.129.0.0/23"])) == [{"ipBlock": {"cidr": "10.129.0.0/23"}}]


def test_without_a_namespace_somebody_has_to_say_who_forwards_requests() -> None:
    with pytest.raises(ValidationError, match="which pods forward the Gateway's requests is not known"):
        expose({"name": "shared"})


def test_requests_are_not_limited_so_that_websockets_stay_open() -> None:
    (rule,) = expose({"name": "shared", "namespace": "gateways"}).resources[0].body["spec"]["rules"]
    assert rule["timeouts"] == {"request": "0s"}


def test_dask_serves_under_the_path_and_shows_the_address() -> None:
    endpoint = expose({"name": "shared", "namespace": "gateways"})
    assert (endpoint.prefix, endpoint.url) == ("/team", "https://dask.example.com/team")
    assert expose({"name": "shared", "namespace": "gateways"}, tls=False).url == "http://dask.example.com/team"
