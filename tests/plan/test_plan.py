"""What merging an edit does to clusters that run, as `daskgen plan` says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from conftest import FLEET, SMALL, MakeFleet
from daskgen.outside.git import GitError, read_revision
from support.commands import daskgen

Commit = Callable[..., Path]
AUTHOR = b"A <a@example.com>"


@pytest.fixture
def commit(make_fleet: MakeFleet, tmp_path: Path) -> Commit:
    """Make a fleet of these clusters and commit it: `commit(prod=SMALL)`."""

    def make(**clusters: str) -> Path:
        root = make_fleet(**clusters)
        if not (root / ".git").exists():
            Repo.init(str(root), default_branch=b"main").close()
        porcelain.add(root, [str(path) for path in root.rglob("*.yaml")])
        porcelain.commit(root, message=b"a step", author=AUTHOR, committer=AUTHOR)
        return tmp_path

    return make


def edit(root: Path, before: str, after: str, name: str = "prod") -> None:
    path = root / f"clusters/{name}.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def plan(root: Path, *words: str, code: int = 1) -> dict[str, Any]:
    """Cluster to what is said of it."""
    said = json.loads(daskgen("plan", "--format", "json", *words, root=root, code=code).stdout)
    return {cluster["name"]: cluster for cluster in said["clusters"]}


TWO_GROUPS = SMALL + "- {name: big, replicas: 4}\n"

ALL_PODS = ["restarted scheduler", "rolled out workers big", "rolled out workers default"]
CONFIG = "config: {distributed: {comm: {timeouts: {connect: 90s}}}}\n"
CLIENTS = "network: {clients: [{namespace: lab}]}\n"

EDITS: dict[str, tuple[str, str, list[str]]] = {
    "memory of workers": ("- replicas: 2", "- {replicas: 2, memory: 8Gi}", ["rolled out workers default"]),
    "image": ("2026.8.0-py3.12", "2026.8.0-py3.13", ALL_PODS),
    "configuration": ("workers:", f"{CONFIG}workers:", ALL_PODS),
    "more workers": ("replicas: 4", "replicas: 9", ["scaled workers big 4 → 9"]),
    "no workers": ("replicas: 4", "replicas: 0", ["scaled workers big 4 → 0"]),
    "off": (
        "workers:\n- replicas: 2\n- {name: big, replicas: 4}",
        "scheduler: {replicas: 0}\nworkers:\n- replicas: 0\n- {name: big, replicas: 0}",
        ["scaled scheduler 1 → 0", "scaled workers big 4 → 0", "scaled workers default 2 → 0"],
    ),
    "an autoscaler of one's own": (
        "- {name: big, replicas: 4}\n",
        "- {name: big, replicas: {min: 2, max: 9}}\nautoscaler: external\n",
        ["updated in place workers big"],
    ),
    "a group less": (
        "- {name: big, replicas: 4}\n",
        "",
        ["deleted workers big", "removed PodDisruptionBudget prod-worker-big"],
    ),
    "a group more": (
        "- {name: big",
        "- {name: new}\n- {name: big",
        ["added workers new", "added PodDisruptionBudget prod-worker-new"],
    ),
    "clients": ("workers:", f"{CLIENTS}workers:", ["updated in place NetworkPolicy prod-clients"]),
    "another namespace": (
        "analytics",
        "lab",
        ["moved the cluster, from namespace analytics to lab", "left behind the cluster in namespace analytics"],
    ),
}
"""Edit of `TWO_GROUPS` to what it does, the gravest first."""


@pytest.mark.parametrize("case", EDITS)
def test_an_edit(case: str, commit: Commit) -> None:
    before, after, effects = EDITS[case]
    root = commit(prod=TWO_GROUPS)
    edit(root, before, after)
    assert [f"{effect['kind']} {effect['what']}" for effect in plan(root)["prod"]["effects"]] == effects


HOST = (
    "expose: {dashboard: {kind: gateway, gateway: {name: shared, namespace: gateways}, host: dask.example.com, auth: "
)
PASSWORD = "{kind: basic, htpasswd: dask-login}}}\n"  # noqa: S105  # the name of a Secret
OPEN = "{kind: none, reason: only the team reaches the host}}}\n"

LOGIN_EDITS: dict[str, tuple[str, str, list[str]]] = {
    "a login": (
        OPEN,
        PASSWORD,
        [
            "updated in place HTTPRoute prod-dashboard",
            "updated in place NetworkPolicy prod-dashboard",
            "added the dashboard's login",
            "added ConfigMap prod-login",
            "added NetworkPolicy prod-login",
            "added NetworkPolicy prod-login-dashboard",
            "added Service prod-login",
            "added ServiceAccount prod-login",
        ],
    ),
    "no login": (
        PASSWORD,
        OPEN,
        [
            "removed the dashboard's login",
            "removed ConfigMap prod-login",
            "removed NetworkPolicy prod-login",
            "removed NetworkPolicy prod-login-dashboard",
            "removed Service prod-login",
            "removed ServiceAccount prod-login",
            "updated in place HTTPRoute prod-dashboard",
            "updated in place NetworkPolicy prod-dashboard",
        ],
    ),
    "another Secret": ("dask-login", "passwords", ["updated in place the dashboard's login"]),
}


@pytest.mark.parametrize("engine", ["deployments", "operator"])
@pytest.mark.parametrize("case", LOGIN_EDITS)
def test_an_edit_of_a_login_restarts_no_scheduler(case: str, engine: str, commit: Commit) -> None:
    before, after, effects = LOGIN_EDITS[case]
    waived = "waive: [{rule: DG312, reason: only for this test}]\n"
    root = commit(
        prod=f"engine: {engine}\n{TWO_GROUPS}{waived}{HOST}{before if before in (OPEN, PASSWORD) else PASSWORD}"
    )
    edit(root, before, after)
    assert sorted(f"{effect['kind']} {effect['what']}" for effect in plan(root)["prod"]["effects"]) == sorted(effects)


WAIVED = "waive: [{rule: DG221, reason: never scaled down}, {rule: DG270, reason: never scaled down}]\n"

OPERATED = "engine: {kind: operator, update: manual}\n" + TWO_GROUPS + WAIVED

ALL = "kubectl delete --namespace analytics --cascade=foreground --ignore-not-found"
CLUSTER = "daskclusters.kubernetes.dask.org/prod-dask"
GROUP = "daskworkergroups.kubernetes.dask.org/prod-worker-big"
APPLY = "kubectl apply --server-side -k overlays/prod"

OPERATED_EDITS: dict[str, tuple[str, str, dict[str, str]]] = {
    "image": (
        "2026.8.0-py3.12",
        "2026.8.0-py3.13",
        {
            "ignored scheduler, workers default": f"{ALL} {CLUSTER} {GROUP} && {APPLY}",
            # The command above does it.
            "ignored workers big": "",
        },
    ),
    "configuration": (
        "workers:",
        f"{CONFIG}workers:",
        {"ignored configuration": f"{ALL} {CLUSTER} {GROUP} && {APPLY}"},
    ),
    "more workers": ("replicas: 2", "replicas: 9", {"scaled workers default 2 → 9": ""}),
    "more workers of a group": ("replicas: 4", "replicas: 9", {"scaled workers big 4 → 9": ""}),
    "memory of a group": (
        "{name: big, replicas: 4",
        "{name: big, replicas: 5, memory: 8Gi",
        {"ignored workers big": f"{ALL} {GROUP} && {APPLY}", "scaled workers big 4 → 5": ""},
    ),
    "a group less": (
        "- {name: big, replicas: 4}\n",
        "",
        {"removed PodDisruptionBudget prod-worker-big": "", "left behind workers big": f"{ALL} {GROUP}"},
    ),
    "a group more": (
        "- {name: big",
        "- {name: new}\n- {name: big",
        {"added PodDisruptionBudget prod-worker-new": "", "added workers new": ""},
    ),
    "a range": ("replicas: 2", "replicas: {min: 2, max: 9}", {"added DaskAutoscaler prod-dask": ""}),
    "clients": ("workers:", f"{CLIENTS}workers:", {"updated in place NetworkPolicy prod-clients": ""}),
    "marks": ("manual", "recreate", {"recreated the cluster": ""}),
    "another engine": (
        "engine: {kind: operator, update: manual}",
        "engine: deployments",
        {
            "recreated the cluster, from a DaskCluster to a Deployment": "",
            "removed NetworkPolicy prod-operator": "",
        },
    ),
}
"""Edit of `OPERATED` to what it does, and what one does about it."""


@pytest.mark.parametrize("case", OPERATED_EDITS)
def test_an_edit_under_the_operator(case: str, commit: Commit) -> None:
    before, after, effects = OPERATED_EDITS[case]
    root = commit(prod=OPERATED)
    edit(root, before, after)
    assert {
        f"{effect['kind']} {effect['what']}": effect["command"] for effect in plan(root)["prod"]["effects"]
    } == effects


def test_a_range_changes_and_goes(commit: Commit) -> None:
    root = commit(prod=OPERATED.replace("replicas: 2", "replicas: {min: 2, max: 9}"))
    edit(root, "max: 9", "max: 5")
    assert [f"{effect['kind']} {effect['what']}" for effect in plan(root)["prod"]["effects"]] == [
        "updated in place DaskAutoscaler prod-dask"
    ]
    edit(root, "{min: 2, max: 5}", "2")
    (effect,) = plan(root)["prod"]["effects"]
    assert f"{effect['kind']} {effect['what']}" == "left behind DaskAutoscaler prod-dask"
    assert effect["command"] == f"{ALL} daskautoscalers.kubernetes.dask.org/prod-dask"


def test_a_job_is_not_run_again(commit: Commit) -> None:
    root = commit(prod="engine: operator\nkind: DaskJob\njob: {command: [python, work.py]}\n" + SMALL)
    edit(root, "work.py", "other.py")
    (effect,) = plan(root)["prod"]["effects"]
    assert f"{effect['kind']} {effect['what']}" == "ignored DaskJob prod-dask"
    assert effect["command"] == f"{ALL} daskjobs.kubernetes.dask.org/prod-dask && {APPLY}"
    edit(root, "kind: DaskJob\njob: {command: [python, other.py]}\n", "")
    what = [effect["what"] for effect in plan(root)["prod"]["effects"] if effect["kind"] == "recreated"]
    assert what == ["the cluster, from a DaskJob to a DaskCluster"]


def test_an_edit_that_argo_cd_carries(commit: Commit) -> None:
    root = commit(prod=OPERATED.replace("manual", "recreate"))
    edit(root, "replicas: 4", "replicas: 5")
    (effect,) = plan(root)["prod"]["effects"]
    assert effect["what"] == "workers big"
    assert effect["facts"] == ["handed_over", "recreated_by"]
    edit(root, "workers:", f"{CONFIG}workers:")
    (effect,) = plan(root)["prod"]["effects"]
    assert f"{effect['kind']} {effect['what']}" == "recreated the cluster"


def test_an_edit_beside_the_old_cluster(commit: Commit) -> None:
    root = commit(prod=OPERATED.replace("manual", "blue-green"))
    edit(root, "replicas: 4", "replicas: 5")
    assert [effect["what"] for effect in plan(root)["prod"]["effects"]] == ["workers big 4 → 5"]
    edit(root, "{name: big, ", "{name: big, memory: 8Gi, ")
    (effect,) = plan(root)["prod"]["effects"]
    assert effect["what"] == "workers big"
    assert f"{ALL} {GROUP}-" in effect["command"]
    edit(root, "2026.8.0-py3.12", "2026.8.0-py3.13")
    recreated, *others = plan(root)["prod"]["effects"]
    assert f"{ALL} {CLUSTER}-" in recreated["command"]
    assert [other["what"] for other in others] == ["Service prod-scheduler"]


def test_a_command_has_a_line_of_its_own(commit: Commit) -> None:
    root = commit(prod=OPERATED)
    edit(root, "- {name: big, replicas: 4}\n", "")
    assert f"\n    $ {ALL} {GROUP}\n" in daskgen("plan", root=root, code=1).stdout
    assert f"\n```sh\n{ALL} {GROUP}\n```\n" in daskgen("plan", "--format", "markdown", root=root, code=1).stdout


def test_a_group_of_workers_is_a_part_of_its_cluster(commit: Commit) -> None:
    root = commit(prod=TWO_GROUPS)
    edit(root, "- {name: big, replicas: 4}\n", "")
    said = daskgen("plan", root=root, code=1).stdout
    assert ": 1 with parts deleted\n" in said
    assert "\n  workers big: removed\n" in said
    edit(root, "- replicas: 2", "- {name: new}\n- replicas: 2\n- {name: big, replicas: 5}")
    said = daskgen("plan", root=root, code=1).stdout
    assert "\n  workers.2.replicas: 4 → 5\n  workers new: added\n" in said


def test_nothing_changes(commit: Commit) -> None:
    root = commit(prod=SMALL)
    assert daskgen("plan", root=root).stdout.startswith("nothing changes against main (")
    edit(root, "namespace: analytics", "# a comment\nnamespace: analytics")
    assert plan(root, code=0) == {}


def test_a_cluster_comes_and_another_goes(commit: Commit) -> None:
    root = commit(old=SMALL)
    (root / "clusters/old.yaml").rename(root / "clusters/new.yaml")
    said = daskgen("plan", root=root, code=1).stdout
    assert ": 1 deleted, 1 added\n" in said
    assert "deleted:          the cluster; running computations and the data in the workers' memory are lost\n" in said
    assert "requests:         2 → 0 workers, 3 → 0 cores" in said


def test_a_namespace_goes_with_its_cluster(commit: Commit) -> None:
    root = commit(prod=SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}"))
    (root / "clusters/prod.yaml").unlink()
    (root / "clusters/other.yaml").write_text(SMALL, encoding="utf-8")
    assert plan(root)["prod"]["effects"][0]["facts"] == ["lost", "namespace_lost"]


def test_the_one_worker_of_a_group_has_nobody_to_hand_over_to(commit: Commit) -> None:
    root = commit(prod=SMALL.replace("replicas: 2", "replicas: 1"))
    edit(root, "- replicas: 1", "- {replicas: 1, memory: 8Gi}")
    assert plan(root)["prod"]["effects"][0]["facts"] == ["rolled_alone"]


NUMBERS: dict[str, tuple[str, str, list[str]]] = {
    "a range of a number": ("2", "{min: 1, max: 8}", ["number_autoscaled", "number_removed"]),
    "a range of one": ("1", "{min: 1, max: 8}", ["number_autoscaled"]),
    "another range": ("{min: 1, max: 8}", "{min: 1, max: 9}", ["number_autoscaled"]),
    "a number of a range": ("{min: 1, max: 8}", "2", ["number_fixed"]),
}
"""Replicas before and after, and the facts of the edit's only effect."""


@pytest.mark.parametrize("case", NUMBERS)
def test_a_number_that_an_autoscaler_sets(case: str, commit: Commit) -> None:
    before, after, facts = NUMBERS[case]
    root = commit(prod=SMALL.replace("replicas: 2", f"replicas: {before}") + "autoscaler: external\n")
    edit(root, f"replicas: {before}", f"replicas: {after}")
    [effect] = plan(root)["prod"]["effects"]
    assert (effect["what"], effect["facts"]) == ("workers default", facts)


def test_a_command_keeps_the_number_that_a_range_replaces(commit: Commit) -> None:
    root = commit(prod=SMALL + "autoscaler: external\n")
    edit(root, "replicas: 2", "replicas: {min: 1, max: 8}")
    [effect] = plan(root)["prod"]["effects"]
    assert effect["command"] == (
        'echo \'{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "prod-worker", '
        '"namespace": "analytics"}, "spec": {"replicas": 2}}\' '
        "| kubectl apply --server-side --field-manager=autoscaler -f -"
    )


def test_a_scheduler_that_is_turned_off_loses_what_it_knows(commit: Commit) -> None:
    root = commit(prod=SMALL.replace("replicas: 2", "replicas: 0"))
    edit(root, "workers:", "scheduler: {replicas: 0}\nworkers:")
    assert plan(root)["prod"]["effects"][0]["facts"] == ["lost"]


def test_a_default_of_the_fleet_changes_every_cluster(commit: Commit) -> None:
    root = commit(one=SMALL, two=SMALL)
    (root / "daskgen.yaml").write_text("apiVersion: daskgen/v1\ndefaults: {env: {A: b}}\n", encoding="utf-8")
    found = plan(root)
    assert {name: body["changes"][0]["path"] for name, body in found.items()} == {"one": "env", "two": "env"}
    said = daskgen("plan", root=root, code=1).stdout
    assert "\n2 clusters with the same plan (namespace analytics):\none, two\n  env: none → " in said


OPERATOR = FLEET + "operator:\n  install: true\n"

OPERATOR_EDITS: dict[str, tuple[str, list[str]]] = {
    "another image": (
        OPERATOR + "  image: registry.example.com/dask-kubernetes-operator:2026.3.0\n",
        ["restarted the operator"],
    ),
    "the definitions are somebody else's": (
        OPERATOR + "  crds: false\n",
        ["deleted the definitions of its resources"],
    ),
    "another API server": (
        OPERATOR + "  apiPorts: [6443]\n",
        ["updated in place NetworkPolicy dask-operator-controller"],
    ),
    "one namespace": (
        OPERATOR + "  scope: namespace\n",
        [
            "restarted the operator",
            "removed ClusterRole dask-operator-controller",
            "removed ClusterRoleBinding dask-operator-controller",
            "updated in place NetworkPolicy dask-operator-controller",
            "added Role dask-operator-controller",
            "added RoleBinding dask-operator-controller",
        ],
    ),
    "another namespace": (
        OPERATOR + "  namespace: lab\n",
        ["moved the operator, from namespace dask-operator to lab"],
    ),
    "no operator": (FLEET, ["deleted the operator", "deleted the definitions of its resources"]),
}
"""Settings of a fleet that installs the operator, after an edit, to what that does to it."""


@pytest.mark.parametrize("case", OPERATOR_EDITS)
def test_an_edit_of_the_operator(case: str, commit: Commit) -> None:
    settings, effects = OPERATOR_EDITS[case]
    root = commit(settings=OPERATOR, prod=SMALL)
    (root / "daskgen.yaml").write_text(settings, encoding="utf-8")
    plans = plan(root)
    assert list(plans) == ["dask-operator"]
    assert [f"{effect['kind']} {effect['what']}" for effect in plans["dask-operator"]["effects"]] == effects


def test_the_operator_comes(commit: Commit) -> None:
    root = commit(prod=SMALL)
    (root / "daskgen.yaml").write_text(OPERATOR, encoding="utf-8")
    said = daskgen("plan", root=root, code=1).stdout
    assert said.startswith("the operator against main (")
    assert "added:            the operator, 10 objects\n" in said


def test_markdown_is_a_comment_and_a_file_has_all_of_it(commit: Commit) -> None:
    root = commit(prod=SMALL)
    edit(root, "- replicas: 2", "- replicas: 3")
    said = daskgen("plan", "--format", "markdown", "--output", str(root / "plan.md"), root=root, code=1).stdout
    assert said.startswith("<!-- daskgen plan -->\n### Merging this scales cluster prod\n")
    assert "| **prod** | **scaled** workers default 2 → 3 | `workers.0.replicas: 2 → 3` | 2 → 3 workers<br>" in said
    assert "\n-  replicas: 2\n+  replicas: 3\n" in said
    assert (root / "plan.md").read_text("utf-8") == said


def test_a_file_that_cannot_be_written(commit: Commit) -> None:
    root = commit(prod=SMALL)
    said = daskgen("plan", "--output", str(root / "no/plan.md"), root=root, code=2).stderr
    assert "no/plan.md: No such file or directory; the report was not written" in said


def test_json_has_diffs_and_what_is_asked_for(commit: Commit) -> None:
    root = commit(prod=SMALL)
    edit(root, "- replicas: 2", "- replicas: 3")
    found = plan(root)["prod"]
    [diff] = found["diffs"]
    assert (diff["kind"], diff["name"]) == ("Deployment", "prod-worker")
    assert "\n-  replicas: 2\n+  replicas: 3\n" in diff["text"]
    assert [found[side]["workers"] for side in ("before", "after")] == [2, 3]
    assert found["after"]["others"] == {"ephemeral-storage": 31 << 30}


def test_only_one_of_several(commit: Commit) -> None:
    root = commit(one=SMALL, two=SMALL)
    for name in ("one", "two"):
        edit(root, "- replicas: 2", "- replicas: 3", name)
    assert list(plan(root, "--only", "two")) == ["two"]
    assert "did you mean two?" in daskgen("plan", "--only", "tow", root=root, code=2).stderr


def test_what_fits_not_together(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    assert "use only one of them" in daskgen("plan", "--live", "--base", "HEAD", root=root, code=2).stderr
    assert "--context needs --live" in daskgen("plan", "--context", "prod", root=root, code=2).stderr


def test_other_revisions(commit: Commit) -> None:
    root = commit(prod=SMALL)
    commit(prod=SMALL.replace("replicas: 2", "replicas: 3"))
    assert plan(root, code=0) == {}
    for base in ("HEAD~1", "HEAD^"):
        assert plan(root, "--base", base)["prod"]["effects"][0]["what"] == "workers default 2 → 3"


def test_a_branch_is_compared_with_where_it_left_main(commit: Commit) -> None:
    root = commit(prod=SMALL)
    porcelain.branch_create(root, "mine")
    commit(prod=SMALL, later=SMALL)
    porcelain.checkout(root, "mine")
    assert plan(root, code=0) == {}


def test_a_fleet_in_a_folder_of_its_repository(commit: Commit) -> None:
    root = commit(prod=SMALL)
    inner = root / "fleet"
    (inner / "clusters").mkdir(parents=True)
    (inner / "clusters/prod.yaml").write_text(SMALL, encoding="utf-8")
    (inner / "daskgen.yaml").write_text("apiVersion: daskgen/v1\n", encoding="utf-8")
    porcelain.add(root, [str(inner / "daskgen.yaml"), str(inner / "clusters/prod.yaml")])
    porcelain.commit(root, message=b"inner", author=AUTHOR, committer=AUTHOR)
    found = read_revision(inner, None)
    assert sorted(found.files) == ["clusters/prod.yaml", "daskgen.yaml"]


def test_a_base_with_errors_is_shown_where_it_is(commit: Commit) -> None:
    root = commit(prod=SMALL + "imag: x\n")
    edit(root, "imag: x\n", "")
    done = daskgen("plan", root=root, code=2)
    assert ":clusters/prod.yaml:5:1: error[DG101]" in done.stderr
    assert done.stdout == ""


def test_no_repository_and_no_revision(make_fleet: MakeFleet, commit: Commit) -> None:
    root = make_fleet(prod=SMALL)
    with pytest.raises(GitError, match="is not in a Git repository"):
        read_revision(root, None)
    commit(prod=SMALL)
    assert "the repository has no revision v9" in daskgen("plan", "--base", "v9", root=root, code=2).stderr


def test_what_people_do_when_a_cluster_begins_to_encrypt(commit: Commit) -> None:
    root = commit(prod=SMALL)
    edit(root, "workers:", "tls: {issuer: cert-manager, renewal: keep}\nworkers:")
    said = daskgen("plan", root=root, code=1).stdout
    assert "clients need a certificate from then on, and call the scheduler by tls://" in said
    assert "its scheduler keeps its first certificate, which lasts 2160h: restart it before that" in said
    commit(prod=SMALL.replace("workers:", "tls: {issuer: cert-manager, renewal: keep}\nworkers:"))
    edit(root, "tls: {issuer: cert-manager, renewal: keep}\n", "")
    assert "clients call the scheduler by tcp:// from then on" in daskgen("plan", root=root, code=1).stdout
