"""The document of the page holds what the fleet holds, and nothing empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daskgen.cli._compare import compare
from daskgen.kubernetes.totals import add_up
from daskgen.live.state import ClusterState, Group
from daskgen.overview.card import Address, describe_cluster
from daskgen.overview.document import make_document
from daskgen.overview.running import describe_live
from daskgen.render.each import make_each
from support.example import commit, edit, write_fleet
from support.fleets import load, read_cluster, render
from support.places import GOLDEN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example fleet, and an edit of it."""
    write_fleet(tmp_path)
    commit(tmp_path)
    edit(tmp_path)
    return tmp_path


def describe(root: Path, base: str = "") -> dict[str, Any]:
    fleet = load(root)
    plan = compare(fleet, root, (), base) if base else None
    return make_document("a fleet", fleet.fleet, make_each(fleet, describe_cluster), render(root), plan)


def find(document: dict[str, Any], name: str) -> dict[str, Any]:
    clusters: dict[str, dict[str, Any]] = {cluster["name"]: cluster for cluster in document["clusters"]}
    return clusters[name]


def test_a_cluster_has_its_place_its_sizes_and_its_cost(root: Path) -> None:
    cluster = find(describe(root), "gpu-fold")
    body = read_cluster(root, "genomics/gpu-fold")
    totals = add_up(resource.body for resource in body.resources)
    assert (cluster["team"], cluster["group"], cluster["place"]) == ("genomics", "genomics", "frankfurt")
    assert (cluster["workers"], cluster["cores"]) == (totals.workers, totals.millicores / 1000)
    assert cluster["others"]["nvidia.com/gpu"] == 2
    assert [pool["name"] for pool in cluster["pools"]] == ["default", "gpu"]
    prices = load(root).fleet.prices
    assert prices
    assert cluster["cost"] == round(prices.charge_month(totals), 2)


def test_the_sizes_of_all_are_those_of_the_fleet(root: Path) -> None:
    clusters, totals = describe(root)["clusters"], render(root).totals
    assert sum(cluster["workers"] for cluster in clusters) == totals.workers
    assert sum(cluster["memory"] for cluster in clusters) == totals.memory


def test_findings_and_waivers_have_their_place(root: Path) -> None:
    document = describe(root)
    assert [each["code"] for each in document["findings"]] == ["DG304", "DG304"]
    assert document["findings"][0]["file"] == "clusters/genomics/archive.yaml"
    [waived] = document["waivers"]
    assert (waived["code"], waived["reason"]) == ("DG301", "a laboratory network without other users")
    assert waived["line"] > 1


def test_the_plan_is_told_in_words(root: Path) -> None:
    plan = describe(root, "HEAD")["plan"]
    changes = {change["name"]: change for change in plan["changes"]}
    assert set(changes) == {"prod", "stress", "teaching"}
    assert changes["prod"]["values"] == ["workers.0.memory: 8Gi → 24Gi"]
    assert changes["prod"]["kind"] == "rolled out"
    assert "now also: pods of namespace reporting → scheduler" in changes["stress"]["reached"]
    assert changes["teaching"]["effects"]
    assert "workers" in plan["requests"]


def test_without_prices_nothing_costs_anything() -> None:
    document = describe(GOLDEN / "minimal")
    assert "currency" not in document
    assert all("cost" not in cluster for cluster in document["clusters"])


def test_equal_ways_are_there_once(root: Path) -> None:
    document = describe(root)
    assert len(document["ways"]) < len(document["clusters"]) / 2
    assert all(document["ways"][cluster["ways"]] for cluster in document["clusters"])


@pytest.mark.parametrize("case", ["notebooks", "hub", "operator", "existing-scheduler", "delivery-both"])
def test_every_kind_of_cluster_has_a_document(case: str) -> None:
    document = describe(GOLDEN / case)
    assert json.loads(json.dumps(document)) == document
    assert {cluster["name"] for cluster in document["clusters"]} == {*render(GOLDEN / case).clusters}


def test_addresses_say_where_they_lead() -> None:
    fleet = load(GOLDEN / "notebooks")
    [card] = [card for card in make_each(fleet, describe_cluster) if card.name == "exposed"]
    first, *others = card.addresses
    assert first == Address("expose.dashboard", "dashboard", "ingress", "https://dask-lab.example.com/status", "none")
    assert [(each.part, each.kind) for each in others] == [
        ("notebook", "gateway"),
        ("notebook", "loadbalancer"),
        ("notebook", "nodeport"),
        ("notebook", "ingress"),
    ]
    fields = {way.source for way in card.ways if way.direction == "in"}
    assert {each.field for each in card.addresses} <= fields


def test_what_runs_is_told_as_by_status() -> None:
    groups = (Group("", 1, 1), Group("default", 3, 2, troubles=(("no image", 1),)))
    healthy = (Group("", 1, 1), Group("default", 3, 3))
    ends = datetime(2026, 8, 1, 12, tzinfo=UTC)
    state = ClusterState("prod", "analytics", "dask:1", groups, drift=(), certified=ends)
    told = describe_live("context here", [state, state._replace(groups=healthy)])
    assert told["where"] == "context here"
    one, other = told["states"]
    assert (one["scheduler"], one["workers"], one["drift"]) == ("ready", "2 of 3", "none")
    assert one["troubles"] == ["workers default: no image"]
    assert one["certified"] == "2026-08-01 12:00 UTC"
    assert "well" not in one
    assert other["well"] is True
