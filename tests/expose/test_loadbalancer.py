"""Load balancers: who may connect, and how a private address is asked for in each cloud."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.expose.loadbalancer import Dashboard, Scheduler
from daskgen.parts.endpoint import Endpoint, Site

SITE = Site("prod", isolated=True)


def expose(**options: Any) -> Endpoint:
    """Expose a dashboard to the addresses of an office."""
    return Dashboard.model_validate({"kind": "loadbalancer", "sources": ["192.0.2.0/24"], **options}).endpoint(SITE)


def test_sources_hold_for_the_load_balancer_and_for_the_policy() -> None:
    service, policy = (resource.body for resource in expose().resources)
    assert service["spec"]["loadBalancerSourceRanges"] == ["192.0.2.0/24"]
    assert policy["spec"]["ingress"][0]["from"] == [{"ipBlock": {"cidr": "192.0.2.0/24"}}]


def test_only_the_port_that_is_meant_is_opened() -> None:
    options = {"kind": "loadbalancer", "sources": ["192.0.2.0/24"]}
    for variant, port in ((Dashboard, 8787), (Scheduler, 8786)):
        service, policy = (resource.body for resource in variant.model_validate(options).endpoint(SITE).resources)
        assert [opened["port"] for opened in service["spec"]["ports"]] == [port]
        assert policy["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": port}]


@pytest.mark.parametrize(
    ("cloud", "annotation"),
    [
        ("aws", "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses"),
        ("azure", "service.beta.kubernetes.io/azure-load-balancer-ipv4"),
    ],
)
def test_a_private_address_is_an_annotation_where_the_cloud_reads_no_field(cloud: str, annotation: str) -> None:
    body = expose(internal=cloud, address="10.0.0.7").resources[0].body
    assert body["metadata"]["annotations"][annotation] == "10.0.0.7"
    assert "loadBalancerIP" not in body["spec"]


def test_google_cloud_reads_the_field() -> None:
    body = expose(internal="gcp", address="10.0.0.7").resources[0].body
    assert body["spec"]["loadBalancerIP"] == "10.0.0.7"
    assert body["metadata"]["annotations"] == {"networking.gke.io/load-balancer-type": "Internal"}


def test_an_annotation_of_the_spec_wins() -> None:
    key = "service.beta.kubernetes.io/aws-load-balancer-scheme"
    body = expose(internal="aws", annotations={key: "internet-facing"}).resources[0].body
    assert body["metadata"]["annotations"][key] == "internet-facing"


def test_addresses_are_shown_as_far_as_they_are_known() -> None:
    assert expose().url == "http://LOAD-BALANCER:8787"
    assert expose(address="2001:db8::7").url == "http://[2001:db8::7]:8787"
    assert expose(address="10.0.0.7", host="dask.example.com").url == "http://dask.example.com:8787"
