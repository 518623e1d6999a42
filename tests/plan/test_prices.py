"""Plans say what an edit costs a month, and who has to approve it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import MakeFleet
from daskgen.kubernetes.totals import add_up
from daskgen.plan.fleet import make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.say.comment import format_comment
from daskgen.plan.say.text import format_text
from daskgen.render.cluster import RenderedCluster
from daskgen.spec.prices import HOURS, Prices
from support.fleets import load, read_cluster

SETTINGS = """\
apiVersion: daskgen/v1
kubernetes: "1.34"
prices:
  currency: EUR
  cpu: 0.04
  memory: 0.005
  resources: {nvidia.com/gpu: 2.5}
  storage: 0.1
  nodes:
  - {nodeSelector: {pool: spot}, cpu: 0.01, memory: 0.001}
  approval: {above: 300, label: cost-approved}
"""

SPEC = """\
namespace: analytics
image: ghcr.io/dask/dask:2026.8.0-py3.12
scheduler: {cpu: 1, memory: 2Gi}
workers:
- {replicas: 4, cpu: 2, memory: 8Gi}
"""

SCHEDULER = HOURS * (0.04 + 2 * 0.005)


def read_prices(root: Path) -> Prices:
    prices = load(root).fleet.prices
    assert prices
    return prices


def charge(root: Path, cluster: RenderedCluster) -> float:
    return read_prices(root).charge_month(cluster.totals)


def test_a_month_of_cores_and_memory(make_fleet: MakeFleet) -> None:
    root = make_fleet(SETTINGS, prod=SPEC)
    workers = HOURS * 4 * (2 * 0.04 + 8 * 0.005)
    assert charge(root, read_cluster(root)) == pytest.approx(SCHEDULER + workers)


def test_nodes_with_other_prices(make_fleet: MakeFleet) -> None:
    spot = SPEC.replace("memory: 8Gi", "memory: 8Gi, nodeSelector: {pool: spot, zone: a}")
    root = make_fleet(SETTINGS, prod=spot)
    assert charge(root, read_cluster(root)) == pytest.approx(SCHEDULER + HOURS * 4 * (2 * 0.01 + 8 * 0.001))
    other = make_fleet(SETTINGS, prod=spot.replace("pool: spot", "pool: reserved"))
    assert charge(other, read_cluster(other)) == pytest.approx(SCHEDULER + HOURS * 4 * (2 * 0.04 + 8 * 0.005))


def test_gpus_and_volumes() -> None:
    prices = Prices(currency="USD", resources={"nvidia.com/gpu": 2}, storage=0.5)
    claim = {"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "10Gi"}}}}
    pod = {"containers": [{"resources": {"limits": {"nvidia.com/gpu": 1}}}]}
    deployment = {"kind": "Deployment", "metadata": {}, "spec": {"replicas": 3, "template": {"spec": pod}}}
    assert prices.charge_month(add_up([claim, deployment])) == pytest.approx(HOURS * 3 * 2 + 10 * 0.5)


def test_the_first_nodes_that_match_count() -> None:
    nodes = [{"nodeSelector": {"pool": "spot"}, "cpu": 1}, {"nodeSelector": {"zone": "a"}, "cpu": 2}]
    prices = Prices.model_validate({"currency": "USD", "cpu": 9, "nodes": nodes})
    pod = {"nodeSelector": {"zone": "a", "pool": "spot"}, "containers": [{"resources": {"requests": {"cpu": 1}}}]}
    body = {"kind": "Deployment", "metadata": {}, "spec": {"replicas": 1, "template": {"spec": pod}}}
    assert prices.charge_month(add_up([body])) == HOURS


def plan(make_fleet: MakeFleet, after: str) -> Plan:
    sides = []
    for spec in (SPEC, after):
        fleet = load(make_fleet(SETTINGS, prod=spec))
        sides.append(make_side(fleet.fleet, [read_cluster(make_fleet(SETTINGS, prod=spec))]))
        prices = fleet.fleet.prices
    return Plan("main", tuple(plan_fleet(*sides)), prices=prices)


def test_a_plan_says_what_an_edit_costs(make_fleet: MakeFleet) -> None:
    text = format_text(plan(make_fleet, SPEC.replace("replicas: 4", "replicas: 5")))
    assert "387 → 474 EUR a month" in text
    assert "label" not in text


@pytest.mark.parametrize("write", [format_text, format_comment])
def test_an_increase_that_a_reviewer_has_to_approve(make_fleet: MakeFleet, write: Callable[[Plan], str]) -> None:
    text = write(plan(make_fleet, SPEC.replace("replicas: 4", "replicas: 8")))
    assert "350 EUR a month more, and more than 300 needs the label cost-approved of a reviewer" in text


def test_another_node_is_another_price(make_fleet: MakeFleet) -> None:
    moved = SPEC.replace("memory: 8Gi", "memory: 8Gi, nodeSelector: {pool: spot}")
    text = format_comment(plan(make_fleet, moved))
    assert "| EUR a month | 387 | 118 | -269 |" in text
