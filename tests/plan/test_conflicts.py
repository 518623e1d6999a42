"""A node port that goes from one Service to another in one edit: what `plan` says of it."""

from __future__ import annotations

import pytest

from conftest import FLEET, SMALL
from daskgen.plan.effect import Effect, EffectTarget, Kind, Scope
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan
from support.edits import ARGOCD, FLUX, Fleets

PORT = "expose: {dashboard: {kind: nodeport, port: 30087, sources: [192.0.2.0/24]}}\n"

INGRESS = """\
expose:
  dashboard:
    kind: ingress
    class: traefik
    host: dask.example.com
    path: /prod
    auth: {kind: none, reason: only the team reaches the host}
"""

ENGINES = pytest.mark.parametrize(("settings", "title"), [(ARGOCD, "Argo CD"), (FLUX, "Flux")])


def find_refused(plan: ClusterPlan) -> Effect:
    (effect,) = (effect for effect in plan.effects if effect.kind is Kind.REFUSED)
    return effect


@ENGINES
def test_a_rename_that_keeps_its_node_port_never_arrives(settings: str, title: str, fleets: Fleets) -> None:
    before = fleets.make(settings, old=SMALL + PORT, other=SMALL)
    plans = fleets.plan(before, fleets.make(settings, new="renamedFrom: old\n" + SMALL + PORT, other=SMALL))
    refused = find_refused(plans["new"])
    assert refused.targets == (EffectTarget(Scope.OBJECT, "Service", "new-dashboard-nodeport"),)
    assert refused.costs == (
        Cost(Fact.PORT_TAKEN, ("30087", EffectTarget(Scope.CLUSTER, name="old", namespace="analytics"))),
        Cost(Fact.NEVER_FREED, ((title,), "analytics")),
        Cost(Fact.IN_TWO_COMMITS),
    )


@ENGINES
def test_another_namespace_in_the_same_group_never_frees_the_port(settings: str, title: str, fleets: Fleets) -> None:
    before = fleets.make(settings, **{"team/prod": SMALL + PORT})
    plans = fleets.plan(before, fleets.make(settings, **{"team/prod": SMALL.replace("analytics", "lab") + PORT}))
    assert find_refused(plans["prod"]).costs[1] == Cost(Fact.NEVER_FREED, ((title,), "team"))


@pytest.mark.parametrize(("settings", "others", "release"), [
    (FLUX, {"other": SMALL}, Cost(Fact.FREED_LATER, (("Flux",),))),  # the former group lives on, and prunes
    (FLUX, {}, Cost(Fact.FREED_BY_HAND)),  # it goes, and takes nothing along
    (FLEET, {}, Cost(Fact.FREED_BY_HAND)),
])  # fmt: skip
def test_another_group_may_free_the_port(
    settings: str, others: dict[str, str], release: Cost, fleets: Fleets
) -> None:  # fmt: skip
    before = fleets.make(settings, prod=SMALL + PORT, **others)
    plans = fleets.plan(before, fleets.make(settings, prod=SMALL.replace("analytics", "lab") + PORT, **others))
    assert find_refused(plans["prod"]).costs[1] == release


def test_the_port_of_a_cluster_that_is_removed_is_not_free_at_once(fleets: Fleets) -> None:
    before = fleets.make(FLUX, old=SMALL + PORT, other=SMALL)
    plans = fleets.plan(before, fleets.make(FLUX, other=SMALL + PORT))
    assert find_refused(plans["other"]).costs[1] == Cost(Fact.NEVER_FREED, (("Flux",), "analytics"))


def test_two_commits_free_the_port_and_then_rename(fleets: Fleets) -> None:
    one, two = fleets.make(FLUX, old=SMALL + PORT), fleets.make(FLUX, old=SMALL)
    three = fleets.make(FLUX, new="renamedFrom: old\n" + SMALL + PORT)
    kinds = {
        effect.kind
        for sides in ((one, two), (two, three))
        for plan in fleets.plan(*sides).values()
        for effect in plan.effects
    }
    assert Kind.REFUSED not in kinds
    assert Kind.RENAMED in kinds


def test_a_cluster_that_goes_to_another_kubernetes_finds_its_port_free(fleets: Fleets) -> None:
    east = ARGOCD.replace("kind:", "destination: east, kind:")
    plans = fleets.plan(fleets.make(prod=SMALL + PORT), fleets.make(east, prod=SMALL + PORT))
    assert Kind.REFUSED not in {effect.kind for effect in plans["prod"].effects}


def test_two_clusters_may_answer_at_one_host_for_a_while(fleets: Fleets) -> None:
    before = fleets.make(FLUX, old=SMALL + INGRESS, other=SMALL)
    plans = fleets.plan(before, fleets.make(FLUX, new="renamedFrom: old\n" + SMALL + INGRESS, other=SMALL))
    (shared,) = (effect for effect in plans["new"].effects if effect.kind is Kind.UPDATED)
    old = EffectTarget(Scope.CLUSTER, name="old", namespace="analytics")
    assert shared.targets == (EffectTarget(Scope.OBJECT, "Ingress", "new-dashboard"),)
    assert shared.costs == (Cost(Fact.SHARED_ROUTE, ("dask.example.com/prod", old)),)


def test_another_port_may_complete_a_rename_that_waited_for_it(fleets: Fleets) -> None:
    """The rename is in Git already, and nobody knows from there whether it was carried out."""
    waiting = "renamedFrom: old\n" + SMALL + PORT
    before = fleets.make(FLUX, new=waiting, other=SMALL)
    plans = fleets.plan(before, fleets.make(FLUX, new=waiting.replace("30087", "30088"), other=SMALL))
    pending = plans["new"].effects[0]
    assert pending.kind is Kind.PENDING
    assert pending.costs == (Cost(Fact.MAY_BE_PENDING, ("old",)), Cost(Fact.LOST))
    plans = fleets.plan(before, fleets.make(FLUX, new=waiting.replace("replicas: 2", "replicas: 3"), other=SMALL))
    assert [effect.kind for effect in plans["new"].effects] == [Kind.SCALED]
