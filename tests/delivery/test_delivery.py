"""What Argo CD and Flux are told: groups, order, rights, health, and what must not be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import cel
import pytest
import yaml
from lupa import lua51

from conftest import FLEET, SMALL, MakeFleet
from daskgen.checks.proof import Provable, _validate, prove
from daskgen.delivery._argocd_settings import HEALTH as KINDS
from daskgen.delivery._flux_health import HEALTH
from daskgen.delivery.argocd import ArgoCD
from daskgen.delivery.flux import Flux
from daskgen.findings.problem import Problem, ProblemsError
from daskgen.kubernetes.objects import Object
from daskgen.outside import tools
from daskgen.parts.delivered import EngineStatus
from daskgen.render.entry_points import find_entry_points, find_folders
from daskgen.render.tree import RenderedFleet
from support.commands import daskgen
from support.fleets import load, read_cluster, render

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "operator.json").read_text("utf-8"))
"""DaskCluster, DaskWorkerGroup, DaskAutoscaler and DaskJobs as dask-kubernetes 2026.3.0 left them on Kubernetes 1.34.4,
in every state they were in, from the first to the last. Spec, annotations and managed fields are left out."""

ADDRESS = "https://git.example.com/data/fleet.git"

ARGOCD = FLEET + f"delivery: {{kind: argocd, repository: {ADDRESS}}}\n"

FLUX = FLEET + f"delivery: {{kind: flux, repository: {ADDRESS}}}\n"

BOTH = FLEET + f"delivery:\n- {{kind: argocd, repository: {ADDRESS}}}\n- {{kind: flux, repository: {ADDRESS}}}\n"

INSTALL = "operator: {install: true}\n"

OPERATED = SMALL.replace("- replicas: 2", "- replicas: {min: 1, max: 9}") + "engine: operator\n"

ROOT = "overlays/gitops"


def add(root: Path, **clusters: str) -> Path:
    """Put clusters into folders: `add(root, **{"team-a/prod": SMALL})`."""
    for name, text in clusters.items():
        path = root / "clusters" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def read(rendering: RenderedFleet, file: str) -> Any:
    """The one document of a rendered file."""
    return yaml.load(rendering.tree[f"{ROOT}/{file}"], yaml.CSafeLoader)


def deliver(root: Path, file: str) -> Any:
    rendering = render(root)
    assert [problem for problem in rendering.problems if problem.severity == "error"] == []
    return read(rendering, file)


def find_members(rendering: RenderedFleet) -> dict[str, list[str]]:
    return {group.name: [member.name for member in group.members] for group in rendering.groups}


def find(rendering: RenderedFleet, code: str) -> list[Problem]:
    return [problem for problem in rendering.problems if problem.code == code]


def test_nothing_is_delivered_unless_asked_for(make_fleet: MakeFleet) -> None:
    rendering = render(make_fleet(prod=SMALL))
    assert not [path for path in rendering.tree if "gitops" in path]
    assert rendering.groups == ()


def test_groups_are_folders_and_else_namespaces(make_fleet: MakeFleet) -> None:
    root = add(make_fleet(ARGOCD, prod=SMALL), **{"team-a/one": SMALL, "team-a/two": SMALL, "team-a/gpu/big": SMALL})
    assert find_members(render(root)) == {"analytics": ["prod"], "team-a": ["one", "two"], "team-a-gpu": ["big"]}
    assert read(render(root), "groups/team-a/kustomization.yaml")["resources"] == ["../../../one", "../../../two"]


@pytest.mark.parametrize(("by", "groups"), [("namespace", ["analytics"]), ("cluster", ["one", "two"])])
def test_groups_may_be_others(make_fleet: MakeFleet, by: str, groups: list[str]) -> None:
    settings = ARGOCD.replace("kind:", f"groupBy: {by}, kind:")
    assert list(find_members(render(add(make_fleet(settings, one=SMALL), **{"team-a/two": SMALL})))) == groups


def test_a_cluster_may_choose_its_group_or_be_left_to_people(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLUX, one="delivery: {group: gpu}\n" + SMALL, two="delivery: none\n" + SMALL, three=SMALL)
    rendering = render(root)
    assert find_members(rendering) == {"analytics": ["three"], "gpu": ["one"]}
    assert "overlays/two/kustomization.yaml" in rendering.tree


def test_both_engines_share_the_groups(make_fleet: MakeFleet) -> None:
    rendering = render(make_fleet(BOTH, prod=SMALL))
    source = read(rendering, "argocd/groups/analytics.yaml")["spec"]["source"]
    assert source["path"] == "overlays/gitops/groups/analytics"
    assert read(rendering, "flux/groups/analytics.yaml")["spec"]["path"] == f"./{source['path']}"


def test_the_operator_is_a_group_of_its_own_and_comes_first(make_fleet: MakeFleet) -> None:
    rendering = render(make_fleet(BOTH + INSTALL, prod=OPERATED, dev=SMALL.replace("analytics", "plain")))
    waves = {
        name: read(rendering, f"argocd/groups/{name}.yaml")["metadata"]["annotations"].get(
            "argocd.argoproj.io/sync-wave", "0"
        )
        for name in ("operator", "analytics", "plain")
    }
    assert waves == {"operator": "-1", "analytics": "0", "plain": "0"}
    assert read(rendering, "flux/groups/analytics.yaml")["spec"]["dependsOn"] == [{"name": "dask-operator"}]
    assert "dependsOn" not in read(rendering, "flux/groups/plain.yaml")["spec"]
    assert "dependsOn" not in read(rendering, "flux/groups/operator.yaml")["spec"]


def test_a_project_allows_what_the_fleet_uses_and_no_more(make_fleet: MakeFleet) -> None:
    text = render(make_fleet(ARGOCD + INSTALL, prod=OPERATED)).tree[f"{ROOT}/argocd/project.yaml"]
    fleet, operator = (document["spec"] for document in yaml.load_all(text, yaml.CSafeLoader))
    assert fleet["sourceRepos"] == [ADDRESS]
    assert fleet["destinations"] == [{"server": "https://kubernetes.default.svc", "namespace": "analytics"}]
    assert fleet["clusterResourceWhitelist"] == []
    assert {"group": "kubernetes.dask.org", "kind": "DaskCluster"} in fleet["namespaceResourceWhitelist"]
    assert not [
        entry for entry in fleet["namespaceResourceWhitelist"] if entry["kind"] in {"Deployment", "Secret", "Ingress"}
    ]
    assert {entry["kind"] for entry in operator["clusterResourceWhitelist"]} == {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
    }


def test_only_replicas_that_an_autoscaler_owns_are_ignored(make_fleet: MakeFleet) -> None:
    rendering = render(make_fleet(BOTH, prod=OPERATED, fixed="engine: operator\n" + SMALL))
    assert read(rendering, "argocd/groups/analytics.yaml")["spec"]["ignoreDifferences"] == [
        {
            "group": "kubernetes.dask.org",
            "kind": "DaskCluster",
            "namespace": "analytics",
            "name": "prod-dask",
            "jsonPointers": ["/spec/worker/replicas"],
        }
    ]
    (ignored,) = read(rendering, "flux/groups/analytics.yaml")["spec"]["ignore"]
    assert (ignored["paths"], ignored["target"]["name"]) == (["/spec/worker/replicas"], "prod-dask")


def test_replicas_of_scaled_deployments_are_ignored(make_fleet: MakeFleet) -> None:
    scaled = SMALL.replace("replicas: 2", "replicas: {min: 1, max: 8}") + "autoscaler: external\n"
    rendering = render(make_fleet(BOTH, prod=scaled, fixed=SMALL))
    (entry,) = read(rendering, "argocd/groups/analytics.yaml")["spec"]["ignoreDifferences"]
    assert (entry["kind"], entry["name"], entry["jsonPointers"]) == ("Deployment", "prod-worker", ["/spec/replicas"])
    (ignored,) = read(rendering, "flux/groups/analytics.yaml")["spec"]["ignore"]
    assert (ignored["paths"], ignored["target"]["name"]) == (["/spec/replicas"], "prod-worker")


def test_nothing_is_rendered_that_argo_cd_takes_away(make_fleet: MakeFleet) -> None:
    rendering = render(make_fleet(ARGOCD.replace("kind:", "selfHeal: false, prune: false, kind:"), prod=SMALL))
    for file in ("fleet", "groups/analytics"):
        assert read(rendering, f"argocd/{file}.yaml")["spec"]["syncPolicy"]["automated"] == {}


@pytest.mark.parametrize(("by", "cascades"), [("folder", False), ("cluster", True)])
def test_a_group_that_may_be_split_takes_nothing_along(make_fleet: MakeFleet, by: str, cascades: bool) -> None:
    rendering = render(make_fleet(BOTH.replace("kind:", f"groupBy: {by}, kind:") + INSTALL, analytics=OPERATED))
    application = read(rendering, "argocd/groups/analytics.yaml")
    assert application["metadata"].get("finalizers", []) == (
        ["resources-finalizer.argocd.argoproj.io"] if cascades else []
    )
    policy = read(rendering, "flux/groups/analytics.yaml")["spec"]["deletionPolicy"]
    assert policy == ("Delete" if cascades else "Orphan")
    # Clusters that the operator has to end would hang for ever.
    assert "finalizers" not in read(rendering, "argocd/groups/operator.yaml")["metadata"]
    assert read(rendering, "flux/groups/operator.yaml")["spec"]["deletionPolicy"] == "Orphan"


def test_argo_cd_looks_at_a_group_when_a_file_of_it_changes(make_fleet: MakeFleet) -> None:
    settings = ARGOCD.replace("kind:", "path: fleets/dask, kind:")
    application = deliver(make_fleet(settings, prod=SMALL), "argocd/groups/analytics.yaml")
    paths = application["metadata"]["annotations"]["argocd.argoproj.io/manifest-generate-paths"].split(";")
    assert paths == [
        "/fleets/dask/overlays/gitops/groups/analytics",
        "/fleets/dask/base/deployments-kubernetes",
        "/fleets/dask/overlays/prod",
    ]


def test_a_group_may_go_to_another_kubernetes_cluster(make_fleet: MakeFleet) -> None:
    options = "destination: eu, groups: {analytics: {destination: 'https://10.0.0.1:6443'}}"
    root = add(make_fleet(ARGOCD.replace("kind:", f"{options}, kind:"), prod=SMALL), **{"team/dev": SMALL})
    places = [deliver(root, f"argocd/groups/{name}.yaml")["spec"]["destination"] for name in ("analytics", "team")]
    assert places == [
        {"server": "https://10.0.0.1:6443", "namespace": "analytics"},
        {"name": "eu", "namespace": "analytics"},
    ]


SET = ARGOCD.replace("kind:", "applicationSet: true, kind:")


def test_an_application_set_makes_every_application_but_the_operators(make_fleet: MakeFleet) -> None:
    """What it makes of the groups in Git is what would be rendered for each, but for which files make it look again."""
    one, other = (render(make_fleet(settings + INSTALL, prod=OPERATED)) for settings in (ARGOCD, SET))
    assert other.tree[f"{ROOT}/argocd/groups/operator.yaml"] == one.tree[f"{ROOT}/argocd/groups/operator.yaml"]
    assert f"{ROOT}/argocd/groups/analytics.yaml" not in other.tree
    spec = read(other, "argocd/groups.yaml")["spec"]
    assert spec["generators"][0]["git"]["directories"] == [
        {"path": "overlays/gitops/groups/*"},
        {"path": "overlays/gitops/groups/operator", "exclude": True},
    ]
    made = yaml.safe_load(yaml.safe_dump(spec["template"]).replace("{{.path.basename}}", "analytics"))
    rendered = read(one, "argocd/groups/analytics.yaml")
    assert made["spec"] == rendered["spec"]
    assert made["metadata"]["name"] == rendered["metadata"]["name"]


@pytest.mark.parametrize(("by", "keeps"), [("folder", True), ("cluster", False)])
def test_an_application_set_keeps_clusters_where_groups_may_be_split(
    make_fleet: MakeFleet, by: str, keeps: bool
) -> None:
    spec = deliver(make_fleet(SET.replace("kind:", f"groupBy: {by}, kind:"), prod=SMALL), "argocd/groups.yaml")["spec"]
    assert spec["syncPolicy"] == {"preserveResourcesOnDeletion": keeps}
    assert ("finalizers" in spec["template"]["metadata"]) != keeps


def test_an_application_set_has_one_destination(make_fleet: MakeFleet) -> None:
    settings = SET.replace("kind:", "groups: {analytics: {destination: eu}}, kind:")
    with pytest.raises(ProblemsError) as raised:
        render(make_fleet(settings, prod=SMALL))
    assert "an ApplicationSet delivers all groups to one destination" in raised.value.problems[0].message


def test_flux_passes_on_accounts_keys_and_variables(make_fleet: MakeFleet) -> None:
    options = (
        "serviceAccount: fleet, decryption: {secret: age}, groups: {analytics: {serviceAccount: analytics, "
        "postBuild: {substituteFrom: [{kind: ConfigMap, name: region, optional: true}]}}}"
    )
    root = add(make_fleet(FLUX.replace("kind:", f"{options}, kind:"), prod=SMALL), **{"team/dev": SMALL})
    spec, other = (deliver(root, f"flux/groups/{name}.yaml")["spec"] for name in ("analytics", "team"))
    assert (spec["serviceAccountName"], other["serviceAccountName"]) == ("analytics", "fleet")
    assert spec["decryption"] == other["decryption"] == {"provider": "sops", "secretRef": {"name": "age"}}
    assert spec["postBuild"] == {"substituteFrom": [{"kind": "ConfigMap", "name": "region", "optional": True}]}
    assert not {"postBuild", "targetNamespace", "patches", "force"} & other.keys()


def test_flux_reads_an_artifact(make_fleet: MakeFleet) -> None:
    settings = FLUX.replace(ADDRESS, "oci://ghcr.io/example/fleet").replace("kind:", "tag: main, kind:")
    rendering = render(make_fleet(settings, prod=SMALL))
    source = read(rendering, "flux/source.yaml")
    assert (source["kind"], source["spec"]["ref"]) == ("OCIRepository", {"tag": "main"})
    assert read(rendering, "flux/groups/analytics.yaml")["spec"]["sourceRef"]["kind"] == "OCIRepository"


def make_application(sync: str, health: str, **more: Any) -> Object:
    status = {"sync": {"status": sync, "revision": "7246560b"}, "health": {"status": health}, **more}
    return {"spec": {"syncPolicy": {"automated": {"prune": True}}}, "status": status}


REFUSED = {"phase": "Failed", "message": "one or more objects failed to apply:\n port is already allocated"}


@pytest.mark.parametrize(("application", "ready", "message"), [
    (make_application("Synced", "Healthy", operationState={"phase": "Succeeded", "message": "synced"}), True, "Synced"),
    (make_application("OutOfSync", "Progressing"), None, "OutOfSync, Progressing"),
    (make_application("Synced", "Degraded"), False, "Synced, Degraded"),
    (make_application("OutOfSync", "Healthy", operationState=REFUSED), False, "to apply: port is already allocated"),
    (
        make_application("Unknown", "Healthy", conditions=[{"type": "ComparisonError", "message": "no such path"}]),
        False,
        "no such path",
    ),
])  # fmt: skip
def test_what_argo_cd_says_of_a_group(application: Object, ready: bool | None, message: str) -> None:
    status = ArgoCD.read_status(application)
    assert (status.revision, status.ready) == ("7246560b", ready)
    assert message in status.message


@pytest.mark.parametrize(("status", "seen", "ready"), [
    ("True", 2, True), ("False", 2, False), ("Unknown", 2, None), ("True", 1, None),
])  # fmt: skip
def test_what_flux_says_of_a_group(status: str, seen: int, ready: bool | None) -> None:
    condition = {"type": "Ready", "status": status, "message": "Service/prod\n dry-run failed"}
    told = {"observedGeneration": seen, "lastAppliedRevision": "main@sha1:7246560b", "conditions": [condition]}
    body = {"metadata": {"generation": 2}, "spec": {}, "status": told}
    assert Flux.read_status(body) == EngineStatus("main@sha1:7246560b", ready, "Service/prod dry-run failed")


def test_an_engine_that_has_not_begun_is_not_ready() -> None:
    automated: Object = {"syncPolicy": {"automated": {}}}
    assert ArgoCD.read_status({"metadata": {}, "spec": automated}) == EngineStatus("", None, "Unknown, Unknown")
    assert Flux.read_status({"metadata": {"generation": 1}, "spec": {}}) == EngineStatus("", None, "no status yet")


def test_an_engine_that_a_person_has_paused() -> None:
    for policy in ({}, {"automated": {"enabled": False}}):
        assert ArgoCD.read_status({"metadata": {}, "spec": {"syncPolicy": policy}}).paused
    assert Flux.read_status({"metadata": {"generation": 1}, "spec": {"suspend": True}}).paused


def test_the_commit_that_a_source_has_read() -> None:
    body = {"metadata": {"generation": 1}, "spec": {}, "status": {"artifact": {"revision": "main@sha1:c0ffee"}}}
    assert Flux.read_status(body).revision == "main@sha1:c0ffee"


@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_the_object_of_a_group_is_one_that_is_rendered(engine: str, make_fleet: MakeFleet) -> None:
    root = make_fleet(BOTH, prod=SMALL)
    (delivery,) = (delivery for delivery in load(root).fleet.delivery if delivery.kind == engine)
    rendering = render(root)
    body = read(rendering, f"{engine}/groups/analytics.yaml")
    named = (body["apiVersion"], body["kind"], body["metadata"]["namespace"], body["metadata"]["name"])
    assert delivery.find_own(rendering.groups[0]) == named


def test_rendering_one_cluster_leaves_the_entry_points_alone(make_fleet: MakeFleet) -> None:
    root = make_fleet(BOTH, prod=SMALL, dev=SMALL)
    daskgen("render", root=root)
    add(root, third=SMALL)
    assert "gitops" not in daskgen("render", "--only", "third", root=root).stderr
    said = daskgen("render", "--check", root=root, code=1).stdout
    assert f"{ROOT}/groups/analytics/kustomization.yaml:1:1: error[DG402]" in said


def test_variables_are_found_where_they_are_written(make_fleet: MakeFleet) -> None:
    settings = FLUX.replace("kind:", "postBuild: {substitute: {REGION: eu}}, kind:")
    spec = SMALL + (
        "env: {HERE: 'zone-${REGION}', KEPT: '$${REGION}'}\n"
        "config: {distributed: {dashboard: {link: 'https://${HOST}/status'}}}\n"
    )
    found = find(render(make_fleet(settings, prod=spec)), "DG237")
    assert [(problem.at.line, problem.message.partition(":")[0]) for problem in found] == [
        (5, "env.HERE"),
        (6, "config.distributed.dashboard.link"),
    ]
    assert find(render(make_fleet(FLUX, prod=spec)), "DG237") == []


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_daskgen_itself_writes_no_variables(make_fleet: MakeFleet, engine: str) -> None:
    settings = FLUX.replace("kind:", "postBuild: {substitute: {REGION: eu}}, kind:")
    assert find(render(make_fleet(settings, prod=f"engine: {engine}\n" + SMALL)), "DG237") == []


def test_a_secret_in_the_address_is_found_and_not_shown(make_fleet: MakeFleet) -> None:
    for address in ("https://bot:s3cret@git.example.com/x.git", "https://s3cret@git.example.com/x.git"):
        (problem,) = find(render(make_fleet(FLUX.replace(ADDRESS, address), prod=SMALL)), "DG305")
        assert (problem.at.file, "s3cret" in str(problem)) == ("daskgen.yaml", False)
    settings = FLUX.replace(ADDRESS, "ssh://git@git.example.com/x.git")
    assert find(render(make_fleet(settings, prod=SMALL)), "DG305") == []


def test_a_folder_may_not_be_called_like_a_part_of_a_group(make_fleet: MakeFleet) -> None:
    root = add(make_fleet(ARGOCD), **{f"team/dask-{index}": SMALL for index in range(101)})
    parts = find_members(render(root))
    assert find(render(root), "DG232") == []
    taken = min(parts)
    (problem,) = find(render(add(root, **{f"{taken}/other": SMALL})), "DG232")
    assert (problem.at.file, "is taken by a part of team" in problem.message) == (f"clusters/{taken}/other.yaml", True)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda body: f"{body['kind']}-{body.get('status')}")
def test_both_engines_say_alike_how_a_recorded_object_is(recorded: Object) -> None:
    argocd, flux = judge_in_argo_cd(recorded), judge_in_flux(recorded)
    status, meta = recorded.get("status", {}), recorded["metadata"]
    if recorded["kind"] == "DaskJob":
        state = status.get("jobStatus")
        ended = {"Successful": "Healthy", "Failed": "Degraded"}.get(state, "Progressing")
        assert (argocd, flux) == (ended, "Healthy" if state == "Running" else ended)
        return
    # The two phases of a DaskCluster that runs say nothing, so that both are the same.
    made = "ownerReferences" in meta or status.get("phase") in {"Running", "Pending"}
    assert argocd == flux == ("Healthy" if made and "deletionTimestamp" not in meta else "Progressing")


def test_both_engines_see_that_a_cluster_could_not_be_made() -> None:
    made = next(recorded for recorded in RECORDED if recorded.get("status", {}).get("phase") == "Created")
    failed = {**made, "status": {"phase": "Error"}}
    assert judge_in_argo_cd(failed) == judge_in_flux(failed) == "Degraded"


def judge_in_argo_cd(recorded: Object) -> str:
    """What Argo CD's rule for the kind says; Argo CD runs Lua 5.1, in which a missing field is nil."""
    rule = (files("daskgen") / "data" / "argocd" / f"{recorded['kind']}.lua").read_text("utf-8")
    runtime = lua51.LuaRuntime(unpack_returned_tuples=True)
    judge = runtime.eval(f"function(obj) {rule} end")
    health = judge(runtime.table_from(recorded, recursive=True))
    assert health["message"]
    return str(health["status"])


def judge_in_flux(recorded: Object) -> str:
    """What Flux's rules for the kind say: the first that holds, or that it goes on (fluxcd/pkg, runtime/cel)."""
    rules: Mapping[str, str] = HEALTH[recorded["kind"]]
    words = {"inProgress": "Progressing", "failed": "Degraded", "current": "Healthy"}
    for name, word in words.items():
        try:
            if name in rules and cel.evaluate(rules[name], recorded):
                return word
        except RuntimeError:  # `status` is not there yet; Flux looks again
            return "Progressing"
    return "Progressing"


def test_there_is_a_rule_for_every_kind_of_the_operator() -> None:
    assert set(KINDS) == set(HEALTH) == {recorded["kind"] for recorded in RECORDED}


@pytest.mark.tools
def test_health_rules_are_added_to_an_installation_of_argo_cd(make_fleet: MakeFleet) -> None:
    root = make_fleet(ARGOCD, prod=OPERATED)
    daskgen("render", root=root)
    home = root / "argocd-itself"
    home.mkdir()
    (home / "kustomization.yaml").write_text(
        "namespace: argocd\nresources: [argocd-cm.yaml]\ncomponents: [../overlays/gitops/argocd-cm]\n"
    )
    (home / "argocd-cm.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\ndata: {url: https://cd.test}\n"
    )
    data = yaml.load(tools.run("kustomize", "build", str(home)).output, yaml.CSafeLoader)["data"]
    assert data["url"] == "https://cd.test"
    assert set(data) - {"url"} == {
        "application.instanceLabelKey",
        *(f"resource.customizations.health.kubernetes.dask.org_{kind}" for kind in KINDS),
    }


@pytest.mark.tools
def test_check_proves_groups_and_entry_points(make_fleet: MakeFleet) -> None:
    root = add(make_fleet(BOTH + INSTALL, prod=OPERATED), **{"team/dev": SMALL})
    daskgen("render", root=root)
    daskgen("check", root=root)


@pytest.mark.tools
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("flux/groups/analytics.yaml", "prune: true", "prune: false", "daskgen.yaml:4:3: DG502 Kustomization"),
        ("groups/analytics/kustomization.yaml", "- ../../../prod\n", "", "clusters/prod.yaml:1:1: DG501 "),
        ("groups/analytics/kustomization.yaml", "- ../../../prod", "- ../../../dev", "clusters/prod.yaml:1:1: DG502 "),
    ],
)
def test_a_proof_fails_where_a_file_says_something_else(
    make_fleet: MakeFleet, file: str, old: str, new: str, message: str
) -> None:
    root = make_fleet(FLEET + f"delivery:\n- {{kind: flux, repository: {ADDRESS}}}\n", prod=SMALL)
    add(root, dev="delivery: none\n" + SMALL)
    fleet, rendering = load(root), render(root)
    entries = find_entry_points(fleet.settings, rendering.groups)
    tree = {**rendering.tree, f"{ROOT}/{file}": rendering.tree[f"{ROOT}/{file}"].replace(old, new)}
    subjects: list[Provable] = [read_cluster(root), *entries]
    problems = prove(tree, subjects, "1.34", find_folders(entries, rendering.groups))
    said = [
        f"{problem.at.file}:{problem.at.line}:{problem.at.column}: {problem.code} {problem.message}"
        for problem in problems
    ]
    assert said
    assert said[0].startswith(message)


@pytest.mark.tools
def test_what_an_engine_would_not_take_is_found_in_daskgen_yaml(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLUX, prod=SMALL)
    fleet = load(root)
    (entry,) = find_entry_points(fleet.settings, render(root).groups)
    source, *rest = entry.resources
    wrong = source._replace(body={**source.body, "spec": {**source.body["spec"], "intervall": "1m"}})
    (problem,) = _validate([entry._replace(resources=[wrong, *rest])], [[wrong, *rest]], "1.34")
    assert (problem.at.file, problem.at.line) == ("daskgen.yaml", 3)
    assert problem.message == "GitRepository dask: spec: additional properties 'intervall' not allowed"
