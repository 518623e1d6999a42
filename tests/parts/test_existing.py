"""Workers that join a scheduler which is not part of their cluster."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.connect import find_connection, format_env, format_text
from daskgen.live.job import make_job
from daskgen.parts.existing import read_existing
from support.fleets import read_cluster
from support.imports import import_text

ADDRESS = "tcp://dask-scheduler.legacy.svc:8786"


def write(address: str = ADDRESS, **fields: Any) -> str:
    spec = {"namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0-py3.12", "workers": [{"replicas": 2}]}
    return yaml.safe_dump({**spec, "scheduler": {"address": address}, **fields})


@pytest.mark.parametrize(
    ("address", "peers"),
    [
        ("tcp://dask-scheduler:8786", [{"namespace": "analytics"}]),
        ("tcp://dask-scheduler.legacy.svc:8786", [{"namespace": "legacy"}]),
        ("tcp://dask-scheduler.legacy.svc.cluster.local:8786", [{"namespace": "legacy"}]),
        ("tcp://192.0.2.7:8786", [{"cidr": "192.0.2.7/32"}]),
        ("tcp://[2001:db8::7]:8786", [{"cidr": "2001:db8::7/128"}]),
        ("tcp://dask.example.com:8786", []),
    ],
)
def test_an_address_says_where_the_scheduler_is(address: str, peers: Any) -> None:
    found = read_existing(address, (), "analytics").peers
    assert [peer.model_dump(by_alias=True, exclude_defaults=True) for peer in found] == peers


def test_no_object_of_a_scheduler_is_rendered(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write()))
    assert not rendered.problems
    assert {(body["kind"], body["metadata"]["name"]) for body in rendered.objects if body["kind"] != "ConfigMap"} == {
        ("Deployment", "prod-worker"),
        ("NetworkPolicy", "prod-default-deny"),
        ("NetworkPolicy", "prod-worker"),
        ("PodDisruptionBudget", "prod-worker"),
        ("ServiceAccount", "prod-dask"),
    }


def test_policies_let_workers_and_their_scheduler_reach_each_other(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write("tcp://[2001:db8::7]:9000")))
    policies = {body["metadata"]["name"]: body for body in rendered.objects if body["kind"] == "NetworkPolicy"}
    policy = policies["prod-worker"]
    there = {"ipBlock": {"cidr": "2001:db8::7/128"}}
    assert policy["spec"]["egress"][0] == {"to": [there], "ports": [{"protocol": "TCP", "port": 9000}]}
    assert there in policy["spec"]["ingress"][0]["from"]


def test_connect_tells_the_address_and_no_more(make_fleet: Any) -> None:
    connection = find_connection(read_cluster(make_fleet(prod=write())).valid)
    assert format_env(connection) == f"DASK_SCHEDULER_ADDRESS={ADDRESS}"
    said = format_text(connection)
    assert f'client = Client("{ADDRESS}")' in said
    assert "8787" not in said


def test_the_client_of_smoke_is_like_a_worker(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write()))
    order: Any = {"address": ADDRESS, "workers": 2, "timeout": 60, "workload": "sum"}
    pod = make_job(rendered.valid, rendered.objects, order)["spec"]["template"]["spec"]
    assert [container["name"] for container in pod["containers"]] == ["client"]


def test_workers_alone_come_back_from_an_import(make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write()))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert again["scheduler"] == {"address": ADDRESS}
    assert "patches" not in again
