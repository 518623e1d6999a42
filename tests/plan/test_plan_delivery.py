"""What `plan` says of edits that Argo CD and Flux carry: as both were seen to do, docs/gitops.md, "Groups"."""

from __future__ import annotations

import pytest

from conftest import FLEET, SMALL
from daskgen.delivery.argocd import IN_CLUSTER
from daskgen.parts.groups import MOST_CLUSTERS
from daskgen.plan.changes import Change
from daskgen.plan.effect import Effect, Kind
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_costs, say_kind, say_what
from daskgen.plan.say.headline import write_headline
from daskgen.plan.say.text import format_text
from support.edits import ARGOCD, BOTH, FLUX, Fleets, deliver

NAMESPACE = SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}")

OPERATED = (
    "engine: operator\n" + SMALL + "- {name: big, replicas: 4}\nwaive: [{rule: DG221, reason: never scaled down}]\n"
)

ELASTIC = "engine: operator\n" + SMALL.replace("replicas: 2", "replicas: {min: 2, max: 9}")

INSTALL = "operator: {install: true}\n"

CLAIM = "  volumes: [{name: csv, mountPath: /data, persistentVolumeClaim: {claimName: csv-files}}]\n"


def tell(plan: ClusterPlan) -> list[str]:
    return [f"{say_kind(effect.kind)} {say_what(effect)}" for effect in plan.effects]


def only(plan: ClusterPlan) -> Effect:
    (effect,) = plan.effects
    return effect


def facts(plan: ClusterPlan) -> list[Fact]:
    return [cost.fact for cost in only(plan).costs]


def cost(plan: ClusterPlan) -> str:
    return say_costs(only(plan))


def command(effect: Effect) -> str:
    return say_commands(effect.commands)


COMMAND = "kubectl delete -k overlays/old  # at the previous commit"


def test_a_cluster_is_deleted_while_its_group_lives_on(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(old=NAMESPACE + CLAIM, prod=SMALL), fleets.make(prod=SMALL))
    assert tell(plans["old"]) == ["deleted the cluster"]
    assert only(plans["old"]).costs == (
        Cost(Fact.LOST),
        Cost(Fact.NAMESPACE_LOST),
        Cost(Fact.CLAIMS_LOST, (("csv-files",),)),
    )
    assert not only(plans["old"]).commands


def test_a_namespace_stays_if_its_group_still_holds_it(fleets: Fleets) -> None:
    before = fleets.make(old=NAMESPACE + CLAIM, prod=SMALL)
    plans = fleets.plan(before, fleets.make(prod=NAMESPACE))
    assert only(plans["old"]).costs == (Cost(Fact.LOST), Cost(Fact.CLAIMS_KEPT, (("csv-files",),)))
    plans = fleets.plan(before, fleets.make(prod=SMALL, **{"team/other": NAMESPACE}))
    assert Fact.NAMESPACE_LOST in facts(plans["old"])


def test_the_last_cluster_of_a_group_runs_on(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(**{"team/old": SMALL, "prod": SMALL}), fleets.make(prod=SMALL))
    assert tell(plans["old"]) == ["left behind the cluster"]
    assert facts(plans["old"]) == [Fact.UNMANAGED, Fact.GROUP_GONE, Fact.DELETED_BY_HAND, Fact.LOST]
    assert only(plans["old"]).costs[1].values == ("team",)
    assert command(only(plans["old"])) == COMMAND
    assert plans["old"].after == plans["old"].before


@pytest.mark.parametrize("more", [", cascade: true", ", groupBy: cluster"])
def test_a_group_that_cascades_takes_its_last_cluster_along(more: str, fleets: Fleets) -> None:
    settings = deliver("flux", more=more)
    plans = fleets.plan(fleets.make(settings, **{"team/old": SMALL, "prod": SMALL}), fleets.make(settings, prod=SMALL))
    assert tell(plans["old"]) == ["deleted the cluster"]


def test_a_cluster_that_goes_with_its_engine_runs_on(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(FLUX, old=SMALL, prod=SMALL), fleets.make(FLEET, prod=SMALL))
    assert Fact.ENGINE_GONE in facts(plans["old"])


def test_without_prune_what_is_gone_runs_on(fleets: Fleets) -> None:
    settings = deliver("argocd", more=", prune: false")
    before = fleets.make(settings, old=SMALL, prod=SMALL + "- {name: big}\n")
    plans = fleets.plan(before, fleets.make(settings, prod=SMALL))
    assert tell(plans["old"]) == ["left behind the cluster"]
    assert Fact.PRUNE_OFF in facts(plans["old"])
    assert tell(plans["prod"]) == ["left behind workers big", "left behind PodDisruptionBudget prod-worker-big"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("false", "false", "left behind"),
        ("true", "false", "deleted"),  # the engine may prune before it has read that it shall not
        ("false", "true", "deleted"),
        ("true", "true", "deleted"),
    ],
)
@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_what_is_gone_is_deleted_if_the_engine_prunes_before_or_after(
    engine: str, before: str, after: str, told: str, fleets: Fleets
) -> None:
    old, new = (deliver(engine, more=f", prune: {prune}") for prune in (before, after))
    plans = fleets.plan(fleets.make(old, old=SMALL, prod=SMALL), fleets.make(new, prod=SMALL))
    assert tell(plans["old"]) == [f"{told} the cluster"]


def test_without_delivery_people_delete_clusters(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(FLEET, old=SMALL, prod=SMALL), fleets.make(FLEET, prod=SMALL))
    assert tell(plans["old"]) == ["deleted the cluster"]
    assert command(only(plans["old"])) == COMMAND


def test_a_cluster_in_another_group_is_made_anew(fleets: Fleets) -> None:
    before = fleets.make(BOTH, **{"a/prod": NAMESPACE, "a/other": SMALL, "b/third": SMALL})
    plans = fleets.plan(before, fleets.make(BOTH, **{"b/prod": NAMESPACE, "a/other": SMALL, "b/third": SMALL}))
    assert list(plans) == ["prod"]
    assert tell(plans["prod"]) == ["recreated the cluster"]
    assert only(plans["prod"]).costs == (
        Cost(Fact.DELETED_WITH_GROUP, ("a", ("Flux", "Argo CD"))),
        Cost(Fact.CREATED_AGAIN, ("b",)),
        Cost(Fact.LOST),
        Cost(Fact.NAMESPACE_LOST),
    )


def test_groups_become_others_and_nothing_restarts(fleets: Fleets) -> None:
    settings = ARGOCD.replace("kind:", "groupBy: namespace, kind:")
    plans = fleets.plan(fleets.make(**{"a/one": SMALL, "b/two": SMALL}), fleets.make(settings, one=SMALL, two=SMALL))
    assert list(plans) == ["gitops"]
    assert plans["gitops"].namespace == "argocd"
    assert tell(plans["gitops"]) == ["updated in place groups a and b become analytics"]
    assert cost(plans["gitops"]) == "clusters taken over unchanged: 2; nothing restarts"
    text = format_text(Plan("main", tuple(plans.values())))
    assert text.startswith(
        "delivery against main: 1 updated in place\n\ngitops (namespace argocd)\n"
        "  delivery.argocd.groupBy: folder → namespace\n  updated in place: "
    )
    assert write_headline("Merging this", list(plans.values())) == "Merging this updates delivery in place"


def test_a_split_is_one_row_and_what_is_removed_by_a_merge_of_parts_runs_on(fleets: Fleets) -> None:
    many = {f"dask-{index}": SMALL for index in range(MOST_CLUSTERS // 2)}
    large, small = fleets.make(**many), fleets.make(**dict(list(many.items())[:30]))
    split = fleets.plan(small, large)
    assert tell(split["gitops"]) == ["updated in place groups analytics become analytics-0 and analytics-1"]
    assert only(split["gitops"]).costs == (Cost(Fact.CLUSTERS_TAKEN_OVER, (30,)),)
    merged = fleets.plan(large, small)
    assert tell(merged["gitops"]) == ["updated in place groups analytics-0 and analytics-1 become analytics"]
    assert {word for name, plan in merged.items() if name != "gitops" for word in tell(plan)} == {
        "left behind the cluster"
    }


def test_a_cluster_is_left_to_people(fleets: Fleets) -> None:
    mine = "delivery: none\n" + SMALL
    plans = fleets.plan(fleets.make(prod=SMALL, other=SMALL), fleets.make(prod=mine, other=SMALL))
    assert tell(plans["prod"]) == ["deleted the cluster"]
    assert facts(plans["prod"]) == [Fact.DELETED_WITH_GROUP, Fact.NOT_CREATED_AGAIN, Fact.LOST]
    assert command(only(plans["prod"])) == "kubectl apply --server-side -k overlays/prod"
    plans = fleets.plan(fleets.make(prod=SMALL), fleets.make(prod=mine))
    assert tell(plans["prod"]) == ["updated in place its delivery"]
    assert facts(plans["prod"]) == [Fact.LEFT_TO_PEOPLE, Fact.GROUP_GONE]
    plans = fleets.plan(fleets.make(prod=mine, other=SMALL), fleets.make(prod=SMALL, other=SMALL))
    assert tell(plans["prod"]) == ["updated in place its delivery"]
    assert only(plans["prod"]).costs == (Cost(Fact.TAKEN_OVER, (("Argo CD",),)),)


def test_a_renamed_cluster_is_one_row(fleets: Fleets) -> None:
    before = fleets.make(old=NAMESPACE + CLAIM, other=SMALL)
    plans = fleets.plan(before, fleets.make(new="renamedFrom: old\n" + NAMESPACE + CLAIM, other=SMALL))
    assert list(plans) == ["new"]
    assert tell(plans["new"]) == ["renamed the cluster, from old to new"]
    assert only(plans["new"]).costs == (
        Cost(Fact.STARTS_EMPTY),
        Cost(Fact.OLD_DELETED, (("Argo CD",),)),
        Cost(Fact.LOST),
        Cost(Fact.CLAIMS_KEPT, (("csv-files",),)),
    )
    assert plans["new"].before == plans["new"].after


@pytest.mark.parametrize("settings", [FLEET, ARGOCD])
def test_the_old_cluster_of_a_renamed_one_may_run_on(settings: str, fleets: Fleets) -> None:
    plans = fleets.plan(
        fleets.make(settings, **{"team/old": SMALL}), fleets.make(settings, new="renamedFrom: old\n" + SMALL)
    )
    assert tell(plans["new"]) == ["renamed the cluster, from old to new", "left behind the cluster old"]
    assert command(plans["new"].effects[1]) == COMMAND


def test_what_was_renamed_long_ago_is_not_renamed_again(fleets: Fleets) -> None:
    new = "renamedFrom: old\n" + SMALL
    assert fleets.plan(fleets.make(new=new), fleets.make(new=new)) == {}


MOVED = SMALL.replace("analytics", "lab")


@pytest.mark.parametrize("settings", [ARGOCD, FLUX])
def test_a_namespace_is_another_group_and_the_old_cluster_keeps_running(settings: str, fleets: Fleets) -> None:
    """Where nothing else is in the former group, that goes, and takes nothing along."""
    plans = fleets.plan(fleets.make(settings, prod=SMALL), fleets.make(settings, prod=MOVED))
    assert list(plans) == ["prod"]  # nothing is taken over
    moved, left = plans["prod"].effects
    assert tell(plans["prod"]) == [
        "moved the cluster, from namespace analytics to lab",
        "left behind the cluster in namespace analytics",
    ]
    assert [cost.fact for cost in moved.costs] == [Fact.STARTS_EMPTY]  # nothing is lost
    assert [cost.fact for cost in left.costs] == [Fact.UNMANAGED, Fact.GROUP_GONE]
    assert command(left) == "kubectl delete -k overlays/prod  # at the previous commit"


@pytest.mark.parametrize("settings", [ARGOCD, FLUX])
@pytest.mark.parametrize("folder", ["", "team/"])
def test_the_old_cluster_of_a_namespace_is_deleted_with_its_group_or_by_it(
    folder: str, settings: str, fleets: Fleets
) -> None:
    """The former group is another, and lives on; or it is that of the folder, and prunes what is gone from it."""
    before = fleets.make(settings, **{f"{folder}prod": SMALL, f"{folder}other": SMALL})
    plans = fleets.plan(before, fleets.make(settings, **{f"{folder}prod": MOVED, f"{folder}other": SMALL}))
    assert tell(plans["prod"]) == ["moved the cluster, from namespace analytics to lab"]
    assert facts(plans["prod"]) == [Fact.STARTS_EMPTY, Fact.OLD_DELETED, Fact.LOST]


def test_without_delivery_the_old_cluster_of_a_namespace_keeps_running(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(FLEET, prod=SMALL), fleets.make(FLEET, prod=MOVED))
    assert tell(plans["prod"])[1:] == ["left behind the cluster in namespace analytics"]


ENDS = {
    "argocd": (ARGOCD, "left behind workers big", [Fact.ADOPTED]),
    "flux": (FLUX, "deleted workers big", [Fact.PRUNED, Fact.HANDED_OVER]),
    "both": (BOTH, "deleted workers big", [Fact.PRUNED, Fact.HANDED_OVER]),
    "people": (FLEET, "left behind workers big", [Fact.ADOPTED, Fact.PRUNED]),
}


@pytest.mark.parametrize("case", ENDS)
def test_a_group_of_the_operator_ends_as_its_engine_ends_it(case: str, fleets: Fleets) -> None:
    settings, told, found = ENDS[case]
    less = OPERATED.replace("- {name: big, replicas: 4}\n", "").partition("waive")[0]
    plans = fleets.plan(fleets.make(settings, prod=OPERATED), fleets.make(settings, prod=less))
    effect = dict(zip(tell(plans["prod"]), plans["prod"].effects, strict=True))[told]
    assert [cost.fact for cost in effect.costs] == found
    assert bool(effect.commands) == told.startswith("left behind")


def test_an_autoscaler_that_argo_cd_leaves_goes_on(fleets: Fleets) -> None:
    pinned = ELASTIC.replace("{min: 2, max: 9}", "2")
    plans = fleets.plan(fleets.make(prod=ELASTIC), fleets.make(prod=pinned))
    assert tell(plans["prod"]) == ["left behind DaskAutoscaler prod-dask"]
    assert facts(plans["prod"]) == [Fact.ADOPTED]
    plans = fleets.plan(fleets.make(FLUX, prod=ELASTIC), fleets.make(FLUX, prod=pinned))
    assert tell(plans["prod"]) == ["deleted DaskAutoscaler prod-dask"]
    assert (facts(plans["prod"]), only(plans["prod"]).commands) == ([Fact.PRUNED], ())


def test_an_edit_of_the_least_number_of_workers_ends_none(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(prod=ELASTIC), fleets.make(prod=ELASTIC.replace("min: 2", "min: 3")))
    assert tell(plans["prod"]) == [
        "updated in place workers default 2 → 3",
        "updated in place DaskAutoscaler prod-dask",
    ]


def test_the_operator_runs_on_when_its_group_goes(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(ARGOCD + INSTALL, prod=OPERATED), fleets.make(prod=OPERATED))
    effects = plans["dask-operator"].effects
    assert {effect.kind for effect in effects} == {Kind.LEFT_BEHIND}
    (operator,) = (effect for effect in effects if effect.is_whole)
    assert operator.costs == (Cost(Fact.OPERATOR_KEPT), Cost(Fact.USERS_LEFT, (("prod",),)))
    assert command(operator) == (
        "kubectl delete --namespace dask-operator --ignore-not-found deployment/dask-operator-controller"
    )


@pytest.mark.parametrize("settings", [FLEET, FLUX])
def test_the_operator_does_not_go_with_its_clusters(settings: str, fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(settings + INSTALL, prod=OPERATED, other=SMALL), fleets.make(settings, other=SMALL))
    costs = [effect.costs for effect in plans["dask-operator"].effects if effect.is_whole]
    assert costs[0][-1] == Cost(Fact.USERS_GO, (("prod",),))


def test_engines_come_and_go(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(FLEET, prod=SMALL), fleets.make(FLUX, prod=SMALL))
    assert list(plans) == ["gitops"]
    assert command(only(plans["gitops"])) == "kubectl apply --server-side -k overlays/gitops/flux"
    plans = fleets.plan(fleets.make(BOTH, prod=SMALL, old=SMALL), fleets.make(FLUX, prod=SMALL))
    assert tell(plans["gitops"]) == ["left behind delivery by Argo CD"]
    assert tell(plans["old"]) == ["deleted the cluster"]
    assert Fact.APPLIES_ON in facts(plans["gitops"])
    assert command(only(plans["gitops"])) == "kubectl delete -k overlays/gitops/argocd  # at the previous commit"


def test_an_engine_that_is_replaced_prunes_until_its_objects_are_deleted(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(FLUX, prod=SMALL, old=SMALL), fleets.make(ARGOCD, prod=SMALL))
    assert tell(plans["old"]) == ["deleted the cluster"]
    plans = fleets.plan(fleets.make(FLUX, prod=SMALL, **{"team/old": SMALL}), fleets.make(ARGOCD, prod=SMALL))
    assert tell(plans["old"]) == ["left behind the cluster"]
    assert facts(plans["old"])[:2] == [Fact.UNMANAGED, Fact.GROUP_GONE]


@pytest.mark.parametrize(("cascade", "told"), [("true", [Fact.CASCADES]), ("false", [])])
def test_an_engine_that_is_removed_is_ended_by_hand(cascade: str, told: list[Fact], fleets: Fleets) -> None:
    settings = deliver("flux", more=f", cascade: {cascade}")
    plans = fleets.plan(fleets.make(settings, prod=SMALL), fleets.make(FLEET, prod=SMALL))
    assert facts(plans["gitops"]) == [Fact.ENDS_BY_HAND, *told]
    assert command(only(plans["gitops"])) == "kubectl delete -k overlays/gitops/flux  # at the previous commit"


@pytest.mark.parametrize(("settings", "kind"), [(ARGOCD, Kind.RECREATED), (BOTH, Kind.RECREATED), (FLUX, Kind.IGNORED)])
def test_only_argo_cd_makes_marked_clusters_anew(settings: str, kind: Kind, fleets: Fleets) -> None:
    text = "engine: {kind: operator, update: recreate}\n" + SMALL
    before, after = (fleets.make(settings, prod=text + env) for env in ("", "env: {GREETING: hello}\n"))
    effect = fleets.plan(before, after)["prod"].effects[0]
    assert effect.kind is kind
    assert bool(effect.commands) == (kind is Kind.IGNORED)


CLUSTER_OF = "the Kubernetes cluster of"


@pytest.mark.parametrize(("settings", "start", "end"), [
    (ARGOCD.replace("kind:", "destination: east, kind:"), IN_CLUSTER, "east"),
    (ARGOCD.replace("kind:", "groups: {analytics: {destination: east}}, kind:"), IN_CLUSTER, "east"),
    (FLUX.replace("kind:", "kubeConfig: east, kind:"), f"{CLUSTER_OF} Flux", f"{CLUSTER_OF} Secret east"),
])  # fmt: skip
def test_another_kubernetes_cluster_is_begun_anew_and_the_former_forgotten(
    settings: str, start: str, end: str, fleets: Fleets
) -> None:
    former = ARGOCD if "argocd" in settings else FLUX
    plans = fleets.plan(fleets.make(former, prod=SMALL, old=SMALL), fleets.make(settings, prod=SMALL))
    moved, left = plans["prod"].effects
    assert tell(plans["prod"]) == [f"moved the cluster, from {start} to {end}", f"left behind the cluster on {start}"]
    assert [cost.fact for cost in moved.costs] == [Fact.STARTS_EMPTY]
    assert command(left) == f"kubectl delete -k overlays/prod  # at the previous commit, in {start}"
    assert tell(plans["old"]) == ["left behind the cluster"]
    assert Cost(Fact.GROUP_MOVED, ("analytics",)) in only(plans["old"]).costs
    assert tell(plans["gitops"])[0].startswith("updated in place delivery by ")


def test_a_group_that_is_made_elsewhere_is_not_taken_over(fleets: Fleets) -> None:
    settings = ARGOCD.replace("kind:", "groups: {b: {destination: east}}, kind:")
    before = fleets.make(settings, **{"a/prod": SMALL})
    plans = fleets.plan(before, fleets.make(settings, **{"b/prod": SMALL}))
    assert [line.split(",")[0] for line in tell(plans["prod"])] == [
        "moved the cluster", f"left behind the cluster on {IN_CLUSTER}"
    ]  # fmt: skip
    assert list(plans) == ["prod"]


def test_the_operator_goes_with_the_fleet(fleets: Fleets) -> None:
    before = fleets.make(ARGOCD + INSTALL, prod=ELASTIC)
    plans = fleets.plan(
        before, fleets.make(ARGOCD.replace("kind:", "destination: east, kind:") + INSTALL, prod=ELASTIC)
    )
    assert tell(plans["dask-operator"]) == [
        "moved the operator, from https://kubernetes.default.svc to east",
        "left behind the operator on https://kubernetes.default.svc",
    ]


def test_delivery_by_another_name_takes_clusters_over(fleets: Fleets) -> None:
    renamed = ARGOCD.replace("kind:", "name: fleet, kind:")
    plans = fleets.plan(fleets.make(prod=SMALL), fleets.make(renamed, prod=SMALL))
    assert tell(plans["gitops"]) == ["updated in place delivery by Argo CD, as argocd/fleet instead of argocd/dask"]
    assert list(plans) == ["gitops"]
    plans = fleets.plan(fleets.make(prod=SMALL), fleets.make(deliver("argocd", more=", namespace: gitops"), prod=SMALL))
    assert tell(plans["gitops"]) == ["updated in place delivery by Argo CD, as gitops/dask instead of argocd/dask"]
    assert command(only(plans["gitops"])) == "kubectl apply --server-side -k overlays/gitops/argocd"


@pytest.mark.parametrize(("cascade", "told"), [("true", ["recreated the cluster"]), ("false", [])])
def test_an_application_set_that_goes_takes_its_applications_along(
    cascade: str, told: list[str], fleets: Fleets
) -> None:
    some, one = (
        deliver("argocd", more=f", cascade: {cascade}, applicationSet: {value}") for value in ("false", "true")
    )
    plans = fleets.plan(fleets.make(one, prod=SMALL), fleets.make(some, prod=SMALL))
    assert [line for name in plans if name == "prod" for line in tell(plans[name])] == told
    plans = fleets.plan(fleets.make(some, prod=SMALL), fleets.make(one, prod=SMALL))
    assert list(plans) == ["gitops"]


def test_groups_that_cascade_do_not_outlive_the_name_of_delivery(fleets: Fleets) -> None:
    settings = deliver("flux", more=", cascade: true")
    plans = fleets.plan(
        fleets.make(settings, prod=SMALL), fleets.make(deliver("flux", more=", cascade: true, name: fleet"), prod=SMALL)
    )
    assert tell(plans["prod"]) == ["recreated the cluster"]


@pytest.mark.parametrize(("settings", "ends"), [
    (FLEET, "kubectl apply --server-side -k overlays/prod"),
    (ARGOCD, "kubectl apply --server-side -k overlays/prod"),
    (ARGOCD.replace("kind:", "selfHeal: false, kind:"), "kubectl apply --server-side -k overlays/prod && kubectl patch "
    "--namespace argocd applications.argoproj.io/dask-analytics --type merge --patch '"
    '{"operation": {"sync": {"syncOptions": ["ServerSideApply=true", "ApplyOutOfSyncOnly=true", "PruneLast=true"]}}}'
    "'"),
    (FLUX, "kubectl apply --server-side -k overlays/prod && kubectl annotate --overwrite --namespace flux-system "
    'kustomizations.kustomize.toolkit.fluxcd.io/dask-analytics reconcile.fluxcd.io/requestedAt="$(date +%s)"'),
])  # fmt: skip
def test_engines_are_asked_to_mark_what_was_made_by_hand(settings: str, ends: str, fleets: Fleets) -> None:
    edited = ELASTIC.replace("2026.8.0", "2026.8.1")
    effect = only(fleets.plan(fleets.make(settings, prod=ELASTIC), fleets.make(settings, prod=edited))["prod"])
    assert (effect.kind, command(effect).endswith(ends)) == (Kind.IGNORED, True)


def test_another_branch_is_what_runs(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(prod=SMALL), fleets.make(deliver("argocd", more=", branch: dev"), prod=SMALL))
    assert tell(plans["gitops"]) == [
        "updated in place delivery by Argo CD, which reads another repository, revision or folder"
    ]
    assert plans["gitops"].changes == (Change(("delivery", "argocd", "branch"), None, "dev"),)


def test_any_other_setting_of_delivery_is_told(fleets: Fleets) -> None:
    plans = fleets.plan(fleets.make(prod=SMALL), fleets.make(deliver("argocd", more=", selfHeal: false"), prod=SMALL))
    assert tell(plans["gitops"]) == ["updated in place delivery by Argo CD"]
    text = format_text(Plan("main", tuple(plans.values())))
    assert "delivery.argocd.selfHeal: true → false" in text
