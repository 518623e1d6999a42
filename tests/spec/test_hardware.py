"""Groups of workers take nodes and queue of a HardwareProfile of OpenShift AI."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.plan.fleet import make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.say.text import format_text
from support.fleets import load, read_cluster

NODE = {"nodeSelector": {"gpu": "a100", "zone": "a"}, "tolerations": [{"key": "gpu", "operator": "Exists"}]}
DEPLOYMENT = ("Deployment", "prod-worker")
QUEUE = {"localQueueName": "team-a"}


def describe(**scheduling: Any) -> str:
    """The settings of a fleet with the profile `gpu`, as Kubernetes shows it."""
    noise = {"uid": "1", "managedFields": [{"manager": "dashboard"}]}
    spec = {"identifiers": [{"identifier": "nvidia.com/gpu"}], "scheduling": scheduling}
    profile = {"kind": "HardwareProfile", "metadata": {"name": "gpu", **noise}, "spec": spec, "status": {}}
    return FLEET + f"hardwareProfiles: {json.dumps([profile])}\n"


def read_worker(make_fleet: MakeFleet, settings: str, more: str = "") -> Any:
    rendered = read_cluster(make_fleet(settings, prod=SMALL + "  fromHardwareProfile: gpu\n" + more))
    assert rendered.problems == ()
    [worker] = [body for body in rendered.objects if (body["kind"], body["metadata"]["name"]) == DEPLOYMENT]
    return worker


@pytest.mark.parametrize(
    ("more", "selector", "keys"),
    [
        ("", {"gpu": "a100", "zone": "a"}, ["gpu"]),
        ("  nodeSelector: {zone: b, disk: ssd}\n", {"gpu": "a100", "zone": "b", "disk": "ssd"}, ["gpu"]),
        ("  tolerations: [{key: team, operator: Exists}]\n", {"gpu": "a100", "zone": "a"}, ["team", "gpu"]),
        ("  tolerations: [{key: gpu, operator: Exists}]\n", {"gpu": "a100", "zone": "a"}, ["gpu"]),
    ],
)
def test_nodes(more: str, selector: dict[str, str], keys: list[str], make_fleet: MakeFleet) -> None:
    pod = read_worker(make_fleet, describe(type="Node", node=NODE), more)["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == selector
    assert [toleration["key"] for toleration in pod["tolerations"]] == keys


@pytest.mark.parametrize(("more", "queue"), [("", "team-a"), ("  queue: own\n", "own")])
def test_a_queue(more: str, queue: str, make_fleet: MakeFleet) -> None:
    worker = read_worker(make_fleet, describe(type="Queue", kueue=QUEUE), more)
    assert worker["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == queue


def test_plan_tells_what_an_edit_of_the_profile_does(make_fleet: MakeFleet) -> None:
    def read(zone: str) -> Any:
        node = {**NODE, "nodeSelector": {"zone": zone}}
        root = make_fleet(describe(type="Node", node=node), prod=SMALL + "  fromHardwareProfile: gpu\n")
        return make_side(load(root).fleet, (read_cluster(root),))

    before = read("a")
    said = format_text(Plan("main", tuple(plan_fleet(before, read("b")))))
    assert "rolled" in said
