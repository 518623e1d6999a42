"""The operator as a fleet installs it: its overlay, what it may do, and the commands that know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from custom_schemas import find_definitions

from conftest import FLEET, SMALL, MakeFleet
from daskgen.findings.problem import has_errors
from daskgen.kubernetes.objects import Object
from daskgen.render.operator import render_operators
from support.commands import daskgen
from support.fleets import load, render

INSTALL = FLEET + "operator:\n  install: true\n"

HERE = INSTALL + "  scope: namespace\n  namespace: analytics\n"

OPERATED = "engine: operator\n" + SMALL

CUSTOM = ("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs")


def install(root: Path) -> dict[str, Object]:
    """The operator's objects as Kubernetes gets them, by kind; of several of one, the last."""
    [installation] = render_operators(load(root).settings)
    return {body["kind"]: body for body in installation.objects}


def find_allowed(role: Object) -> Iterator[tuple[str, str, str]]:
    """Everything that a role allows: group, resource, verb."""
    for rule in role["rules"]:
        yield from (
            (group, resource, verb)
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        )


def test_nothing_is_installed_unless_asked_for(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLEET, prod=OPERATED)
    assert render_operators(load(root).settings) == []
    assert not [path for path in render(root).tree if "dask-operator" in path]


def test_the_definitions_are_those_of_dask_kubernetes(make_fleet: MakeFleet) -> None:
    text = render(make_fleet(INSTALL)).tree["base/dask-operator/crds.yaml"]
    rendered = {document["metadata"].pop("name"): document for document in yaml.load_all(text, yaml.CSafeLoader)}
    theirs = [yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in find_definitions().glob("*.yaml")]
    assert len(theirs) == 4
    assert {name: body["spec"] for name, body in rendered.items()} == {
        body["metadata"]["name"]: body["spec"] for body in theirs
    }
    # With one of them goes every cluster of its kind.
    for body in rendered.values():
        assert body["metadata"]["annotations"] == {
            "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
            "kustomize.toolkit.fluxcd.io/prune": "disabled",
        }


def test_rights_are_named_one_by_one(make_fleet: MakeFleet) -> None:
    allowed = set(find_allowed(install(make_fleet(INSTALL))["ClusterRole"]))
    assert not [right for right in allowed if "*" in right or "secrets" in right]
    assert {("kubernetes.dask.org", f"{kind}/finalizers", "update") for kind in CUSTOM} <= allowed


def test_an_operator_of_one_namespace_has_rights_there_alone(make_fleet: MakeFleet) -> None:
    everywhere, here = (install(make_fleet(settings)) for settings in (INSTALL, HERE))
    assert not {"ClusterRole", "ClusterRoleBinding"} & here.keys()
    more = set(find_allowed(everywhere["ClusterRole"])) - set(find_allowed(here["Role"]))
    assert {resource for _, resource, _ in more} == {"namespaces", "customresourcedefinitions"}
    assert here["RoleBinding"]["subjects"] == [
        {"kind": "ServiceAccount", "name": "dask-operator-controller", "namespace": "analytics"}
    ]
    (container,) = here["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert "--namespace=analytics" in container["args"]
    (schedulers,) = here["NetworkPolicy"]["spec"]["egress"][-1]["to"]
    assert "namespaceSelector" not in schedulers


def test_its_health_is_served_on_the_address_of_its_pod_whichever_family_that_has(make_fleet: MakeFleet) -> None:
    (container,) = install(make_fleet(INSTALL))["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert "--liveness=http://$(POD_NAME):8080/healthz" in container["args"]
    assert {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}} in container["env"]


def test_a_cluster_lets_in_the_operator_of_its_fleet(make_fleet: MakeFleet) -> None:
    assert not has_errors(render(make_fleet(INSTALL, prod=OPERATED)).problems)
    operated = OPERATED.replace("engine: operator", "engine: {kind: operator, namespace: analytics}")
    assert not has_errors(render(make_fleet(HERE, prod=operated)).problems)
    assert {
        problem.code for problem in render(make_fleet(HERE, prod=OPERATED)).problems if problem.severity == "error"
    } == {"DG224"}


def test_the_operator_goes_when_it_is_not_installed_any_more(make_fleet: MakeFleet) -> None:
    root = make_fleet(INSTALL, prod=OPERATED)
    daskgen("render", root=root)
    assert {path.name for path in (root / "overlays").iterdir()} == {"dask-operator", "prod"}
    make_fleet(FLEET, prod=OPERATED)
    assert "daskgen.yaml:1:1: error[DG406]" in daskgen("render", "--check", root=root, code=1).stdout
    said = daskgen("render", "--allow-delete", "dask-operator", root=root).stderr
    assert "  - base/dask-operator/crds.yaml\n" in said
    assert {path.name for path in (root / "overlays").iterdir()} == {"prod"}
    assert {path.name for path in (root / "base").iterdir()} == {"operator-kubernetes"}


def test_a_fleet_may_hold_the_operator_alone(make_fleet: MakeFleet) -> None:
    said = daskgen("render", root=make_fleet(INSTALL)).stderr
    assert "\nthe operator, 10 objects: 0 workers, 0.5 cores, 512Mi of memory requested\n" in said


def test_commands_take_it_for_an_overlay(make_fleet: MakeFleet) -> None:
    root = make_fleet(INSTALL, prod=OPERATED)
    objects = list(yaml.load_all(daskgen("render", "--stdout", "dask-operator", root=root).stdout, yaml.CSafeLoader))
    kinds = [body["kind"] for body in objects]
    assert kinds[:5] == ["CustomResourceDefinition"] * 4 + ["NetworkPolicy"]
    assert {body["metadata"]["labels"]["app.kubernetes.io/instance"] for body in objects} == {"dask-operator"}
    daskgen("render", "--only", "dask-operator", root=root)
    assert [it.name for it in (root / "overlays").iterdir()] == ["dask-operator"]
    assert "known clusters: prod, dask-operator" in daskgen("render", "--only", "x", root=root, code=2).stderr
    assert "no cluster is named dask-operator" in daskgen("connect", "dask-operator", root=root, code=2).stderr


def test_what_is_not_valid_is_found_where_it_is_written(make_fleet: MakeFleet) -> None:
    root = make_fleet(INSTALL + "  affinity:\n    nodeAfinity: {}\n", prod=OPERATED)
    said = daskgen("render", root=root, code=1).stdout
    assert said.startswith("daskgen.yaml:6:5: error[DG101]: operator.affinity.nodeAfinity is not a field; did you mean")
