"""The loop of this repository: edit the file of a cluster, render, read the plan, merge, and the engine applies it."""

from __future__ import annotations

from typing import Any

import pytest
import small_fleet
import yaml

from e2e.delivery.fleet import Fleet
from support.places import ROOT

pytestmark = pytest.mark.cluster


def read_cluster(namespace: str) -> dict[str, Any]:
    """Read clusters/shared.yaml, small and in a namespace of the test; kind has no ingress controller."""
    spec = yaml.safe_load((ROOT / "clusters/shared.yaml").read_text("utf-8"))
    small = small_fleet.shrink({key: value for key, value in spec.items() if key != "expose"})
    return {**small, "namespace": namespace}


def test_an_edit_of_a_cluster_of_this_repository_runs(fleet: Fleet) -> None:
    spec = read_cluster(fleet.name)
    fleet.deliver("The cluster of this repository", {"shared": spec})
    fleet.await_workers(shared=1)
    before = fleet.list_pods("shared")
    fleet.edit({"shared": {**spec, "workers": [{**spec["workers"][0], "replicas": 2}]}})
    assert fleet.plan()["shared"]["changes"]
    fleet.push("One more worker")
    fleet.await_sync()
    fleet.await_workers(shared=2)
    assert before <= fleet.list_pods("shared")
    fleet.deliver("Without it", {"shared": None}, ["shared"])
