"""What plans say of claims that specs create, and of the level that a namespace enforces."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.deletion import find_losses
from daskgen.plan.cluster import describe_loss, plan_cluster
from daskgen.plan.commands import DeleteOverlay
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.facts import Fact
from daskgen.plan.say.commands import say_commands
from daskgen.render.cluster import RenderedCluster
from support.edits import Fleets, deliver
from support.fleets import read_cluster

CLAIM = "{name: csv, mountPath: /data, persistentVolumeClaim: {create: {size: 10Gi, accessModes: [ReadWriteMany]}}}"
WITH_CLAIM = SMALL + f"  volumes:\n  - {CLAIM}\n"


def read(make_fleet: MakeFleet, text: str) -> RenderedCluster:
    return read_cluster(make_fleet(prod=text))


def find_effects(before: RenderedCluster, after: RenderedCluster | None, kind: str) -> list[Effect]:
    plan = plan_cluster(before, after)
    assert plan
    return [effect for effect in plan.effects if effect.targets[0].kind == kind]


def list_facts(effect: Any) -> set[Fact]:
    return {cost.fact for cost in effect.costs}


def test_a_claim_stays_when_its_cluster_is_removed(make_fleet: MakeFleet) -> None:
    costs = {cost.fact: cost.values for cost in describe_loss(read(make_fleet, WITH_CLAIM))}
    assert costs[Fact.CLAIMS_RETAINED] == (("prod-csv",),)
    assert Fact.CLAIMS_LOST not in costs


def test_it_goes_with_the_cluster_where_the_spec_says_so(make_fleet: MakeFleet) -> None:
    text = WITH_CLAIM.replace("size: 10Gi", "size: 10Gi, whenDeleted: Delete")
    costs = {cost.fact: cost.values for cost in describe_loss(read(make_fleet, text))}
    assert costs[Fact.CLAIMS_LOST] == (("prod-csv",),)


def test_the_namespace_stays_with_a_claim_that_stays(make_fleet: MakeFleet) -> None:
    """A namespace that goes takes every claim in it along."""
    created = WITH_CLAIM.replace("namespace: analytics", "namespace: {name: analytics, create: true}")
    assert "create: true" in created
    found = find_losses([resource.body for resource in read(make_fleet, created).truth])
    assert not found.namespace
    assert found.retained == ("prod-csv",)


def test_a_volume_that_is_taken_out_leaves_its_claim(make_fleet: MakeFleet) -> None:
    before, after = read(make_fleet, WITH_CLAIM), read(make_fleet, SMALL)
    [effect] = find_effects(before, after, "PersistentVolumeClaim")
    assert (effect.kind, list_facts(effect)) == (Kind.LEFT_BEHIND, {Fact.RETAINED})


@pytest.mark.parametrize(
    ("size", "kind", "fact"),
    [("20Gi", Kind.UPDATED, Fact.CLAIM_GROWS), ("5Gi", Kind.REFUSED, Fact.CLAIM_FIXED)],
)
def test_a_claim_can_only_grow(size: str, kind: Kind, fact: Fact, make_fleet: MakeFleet) -> None:
    before, after = read(make_fleet, WITH_CLAIM), read(make_fleet, WITH_CLAIM.replace("10Gi", size))
    [effect] = find_effects(before, after, "PersistentVolumeClaim")
    assert (effect.kind, list_facts(effect)) == (kind, {fact})


def test_its_class_is_fixed(make_fleet: MakeFleet) -> None:
    edited = WITH_CLAIM.replace("size: 10Gi", "size: 10Gi, storageClass: fast")
    [effect] = find_effects(read(make_fleet, WITH_CLAIM), read(make_fleet, edited), "PersistentVolumeClaim")
    assert effect.kind is Kind.REFUSED


def test_a_lower_level_of_pod_security_is_named(make_fleet: MakeFleet) -> None:
    strict = SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}")
    host = "{name: nvme, mountPath: /nvme, hostPath: {path: /mnt}, reason: no driver manages these disks}"
    loose = strict + f"  volumes:\n  - {host}\n"
    [effect] = find_effects(read(make_fleet, strict), read(make_fleet, loose), "Namespace")
    assert [(cost.fact, cost.values) for cost in effect.costs] == [(Fact.LEVEL_LOWERED, ("privileged", "restricted"))]


def test_the_command_that_deletes_a_cluster_leaves_its_claims() -> None:
    said = say_commands((DeleteOverlay("prod", keeps=True),))
    assert said.startswith("kubectl delete -k overlays/prod -l '!daskgen/kept'")


@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_engines_leave_a_claim_that_is_kept(engine: str, fleets: Fleets) -> None:
    before, after = (fleets.make(deliver(engine), prod=text) for text in (WITH_CLAIM, SMALL))
    effects = {effect.targets[0].kind: effect for effect in fleets.plan(before, after)["prod"].effects}
    assert effects["PersistentVolumeClaim"].kind is Kind.LEFT_BEHIND
    assert list_facts(effects["PersistentVolumeClaim"]) == {Fact.RETAINED}
