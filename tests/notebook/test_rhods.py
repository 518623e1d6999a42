"""Workbenches of OpenShift AI: a connection to choose, its type, and who is admitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import SMALL, MakeFleet
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.notebook.rhods import CONNECTION_TYPE
from support.fleets import read_cluster

TYPE = Path(__file__).parents[2] / "docs/dask-connection-type.yaml"
PROJECT = "platform: openshift\nnetwork: {clients: []}\n" + SMALL + "notebooks:\n- kind: rhods\n"


def find(make_fleet: MakeFleet, kind: str, more: str = "") -> list[Any]:
    rendered = read_cluster(make_fleet(prod=PROJECT + more))
    return [body for body in rendered.objects if body["kind"] == kind]


def test_a_connection_has_what_its_type_asks_for(make_fleet: MakeFleet) -> None:
    [connection] = find(make_fleet, "Secret")
    kind = yaml.safe_load(TYPE.read_text("utf-8"))
    assert kind["metadata"]["name"] == CONNECTION_TYPE
    assert connection["metadata"]["annotations"]["opendatahub.io/connection-type-ref"] == CONNECTION_TYPE
    assert set(connection["stringData"]) == {field["envVar"] for field in json.loads(kind["data"]["fields"])}
    assert connection["stringData"] == {
        "DASK_SCHEDULER_ADDRESS": "tcp://prod-scheduler.analytics.svc:8786",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "{NB_PREFIX}/proxy/prod-scheduler:8787/status",
    }


@pytest.mark.parametrize(
    ("more", "name", "admitted"),
    [
        ("", "alice", True),
        ("  workbench: alice\n", "alice", True),
        ("  workbench: alice\n", "bob", False),
    ],
)
def test_workbenches_of_the_project_are_admitted(more: str, name: str, admitted: bool, make_fleet: MakeFleet) -> None:
    policies = find(make_fleet, "NetworkPolicy", more)
    [scheduler] = [
        body["spec"]["template"]["metadata"]["labels"]
        for body in find(make_fleet, "Deployment", more)
        if body["metadata"]["name"] == "prod-scheduler"
    ]
    pod = {"opendatahub.io/workbenches": "true", "notebook-name": name}
    assert admits(policies, "Ingress", scheduler, Peer(pod, "analytics"), ports.COMM) is admitted
    assert not admits(policies, "Ingress", scheduler, Peer(pod, "lab", is_near=False), ports.COMM)


def test_people_choose_an_image_with_the_versions_of_the_cluster(make_fleet: MakeFleet) -> None:
    image = "registry.example.com/workbenches/dask:2026.8.0-py3.12"
    [stream] = find(make_fleet, "ImageStream", f"  image: {image}\n")
    [tag] = stream["spec"]["tags"]
    assert tag["from"] == {"kind": "DockerImage", "name": image}
    versions = json.loads(tag["annotations"]["opendatahub.io/notebook-python-dependencies"])
    assert {package["name"]: package["version"] for package in versions}["distributed"] == "2026.8.0"
