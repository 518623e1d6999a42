"""IPv6 and dual stack: what Services say, and what Dask announces."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.kubernetes.kinds import find_pods
from daskgen.plan.cluster import plan_cluster
from daskgen.plan.facts import Fact
from support.fleets import read_cluster
from support.imports import import_text


def write(families: list[str], engine: str = "deployments") -> str:
    spec = {"engine": engine, "namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0-py3.12", "workers": [{}]}
    return yaml.safe_dump({**spec, "network": {"ipFamilies": families}})


@pytest.mark.parametrize("engine", ["deployments", "operator"])
@pytest.mark.parametrize(("families", "options"), [(["IPv6"], 2), (["IPv6", "IPv4"], 0), (["IPv4"], 0)])
def test_where_there_is_no_ipv4_every_process_announces_its_ipv6_address(
    families: list[str], options: int, engine: str, make_fleet: Any
) -> None:
    rendered = read_cluster(make_fleet(prod=write(families, engine)))
    assert not rendered.problems
    pods = [pod["containers"][0]["args"] for body in rendered.objects for _, pod in find_pods(body)]
    assert sum(args[args.index("--host") + 1] == "[::]" for args in pods if "--host" in args) == options


@pytest.mark.parametrize(("families", "policy"), [(["IPv6"], "SingleStack"), (["IPv6", "IPv4"], "RequireDualStack")])
def test_services_have_the_families(families: list[str], policy: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(families)))
    services = [body["spec"] for body in rendered.objects if body["kind"] == "Service"]
    assert [(spec["ipFamilies"], spec["ipFamilyPolicy"]) for spec in services] == [(families, policy)]


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_families_come_back_from_an_import(engine: str, make_fleet: Any) -> None:
    rendered = read_cluster(make_fleet(prod=write(["IPv6"], engine)))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert again["network"] == {"ipFamilies": ["IPv6"]}
    assert "patches" not in again


@pytest.mark.parametrize(("after", "refused"), [(["IPv4", "IPv6"], True), (["IPv6", "IPv4"], False)])
def test_plan_tells_that_the_first_family_of_a_service_stays(after: list[str], refused: bool, make_fleet: Any) -> None:
    old, new = (read_cluster(make_fleet(prod=write(families))) for families in (["IPv6"], after))
    plan = plan_cluster(old, new)
    assert plan
    assert refused == any(cost.fact == Fact.FAMILY_FIXED for effect in plan.effects for cost in effect.costs)
