"""Targets by name: refused wherever a spec can hold one, unless the network plug-in knows names."""

from __future__ import annotations

from daskgen.kubernetes.labels import INSTANCE
from daskgen.render.cluster import render_cluster
from daskgen.yaml.read import parse
from support.fleets import load, read_cluster
from support.places import GOLDEN

NAMES = GOLDEN / "egress-names"

SPEC = (NAMES / "clusters/names.yaml").read_text("utf-8")


def test_names_are_refused_in_every_place() -> None:
    settings = load(NAMES).settings
    fleet = settings.fleet.model_copy(update={"defaults": {}})
    found = render_cluster(settings._replace(fleet=fleet), parse(SPEC.encode(), "clusters/names.yaml")).problems
    lines = [number for number, line in enumerate(SPEC.splitlines(), 1) for _ in range(line.count("{host: "))]
    assert sorted(problem.at.line for problem in found if problem.code == "DG319") == lines
    assert len(lines) > 5


def test_no_networkpolicy_holds_a_name_and_all_names_are_admitted() -> None:
    objects = read_cluster(NAMES, "names").objects
    policies = [body["spec"] for body in objects if body["kind"] == "NetworkPolicy"]
    peers = [peer for spec in policies for rule in spec.get("egress", ()) for peer in rule.get("to", ())]
    assert not [peer for peer in peers if "host" in peer]
    own = [body["spec"] for body in objects if body["kind"] == "CiliumNetworkPolicy"]
    admitted = [name for spec in own for rule in spec["egress"] for name in rule.get("toFQDNs", ())]
    assert len(admitted) == SPEC.count("{host: ")
    assert {spec["endpointSelector"]["matchLabels"][INSTANCE] for spec in own} == {"names"}


def test_every_selector_is_that_of_a_networkpolicy() -> None:
    """kustomize completes the one; the other is complete."""
    objects = read_cluster(NAMES, "names").objects
    selected = [body["spec"]["podSelector"]["matchLabels"] for body in objects if body["kind"] == "NetworkPolicy"]
    own = [body["spec"]["endpointSelector"]["matchLabels"] for body in objects if body["kind"] == "CiliumNetworkPolicy"]
    assert all(labels in selected for labels in own)
