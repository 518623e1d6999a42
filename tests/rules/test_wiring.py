"""A patch that leaves the processes of a cluster unable to find or reach each other is refused, at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daskgen.render.cluster import build_objects, render_clusters
from daskgen.rules import RuleContext, reachability, wiring
from daskgen.spec.changes import Patch, Target
from daskgen.spec.policy import Policy
from support.fleets import load
from support.judging import find_codes, judge, patch_container

GOLDEN = sorted((Path(__file__).parents[1] / "golden").iterdir())

ANY_PATCH = Patch(target=Target(kind="Service", name="scheduler"), patch={"spec": {"sessionAffinity": "None"}})

UDP_TO_DNS = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": [{"protocol": "UDP", "port": 53}],
}


def of_service(**spec: Any) -> tuple[str, Any]:
    return "Service scheduler", {"spec": spec}


def of_policy(name: str, **spec: Any) -> tuple[str, Any]:
    return f"NetworkPolicy {name}", {"spec": spec}


@pytest.mark.parametrize(
    ("code", "patch"),
    [
        ("DG280", of_service(selector={"app.kubernetes.io/component": "worker"})),
        ("DG280", of_service(selector={"tier": "front"})),
        ("DG280", of_service(selector={"app.kubernetes.io/component": None})),
        ("DG280", of_service(selector=None)),
        ("DG281", of_service(ports=[{"$patch": "replace"}, {"port": 8786}])),
        ("DG281", of_service(ports=[{"$patch": "replace"}, {"port": 8787}])),
        ("DG281", of_service(ports=[{"port": 8786, "targetPort": "tcp-com"}])),
        ("DG281", of_service(ports=[{"port": 8786, "targetPort": 8787}])),
        ("DG281", patch_container(livenessProbe={"httpGet": {"port": "http"}})),
        ("DG281", patch_container(ports=[{"$patch": "replace"}, {"name": "web", "containerPort": 8788}])),
        ("DG282", patch_container(env=[{"name": "DASK_SCHEDULER_ADDRESS", "$patch": "delete"}])),
        ("DG282", patch_container(env=[{"name": "DASK_SCHEDULER_ADDRESS", "value": ""}])),
        ("DG282", patch_container(env=[{"name": "CLUSTER", "$patch": "delete"}])),
        ("DG282", patch_container(env=[{"name": "DASK_SCHEDULER_ADDRESS", "value": "tcp://$(CLUSTER)-scheduler:87"}])),
        ("DG283", of_policy("scheduler", ingress=None)),
        ("DG283", of_policy("scheduler", egress=None)),
        ("DG283", of_policy("worker", ingress=None)),
        ("DG283", of_policy("worker", egress=[])),
        ("DG283", of_policy("worker", podSelector={"matchLabels": {"app.kubernetes.io/component": "other"}})),
        ("DG283", of_policy("scheduler", ingress=[{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}])),
        ("DG283", of_policy("worker", ingress=[{"ports": [{"port": 8789, "protocol": "UDP"}]}])),
        ("DG284", of_policy("default-deny", egress=None)),
        ("DG284", of_policy("default-deny", egress=[{"ports": [{"protocol": "TCP", "port": 53}]}])),
        ("DG284", of_policy("default-deny", egress=[{**UDP_TO_DNS, "to": [{"podSelector": {}}]}])),
    ],
)
def test_what_no_longer_fits_is_refused_in_the_patch(code: str, patch: tuple[str, Any]) -> None:
    found = [problem for problem in judge(patch) if problem.code == code]
    assert found
    assert all(problem.at.column > 1 and problem.hint for problem in found)


@pytest.mark.parametrize(
    "patch",
    [
        of_service(ports=[{"port": 9000, "targetPort": "http-dashboard", "name": "http-more"}]),
        of_service(sessionAffinity="ClientIP"),
        patch_container(livenessProbe={"httpGet": {"port": 8788}}),
        patch_container(env=[{"name": "DASK_SCHEDULER_ADDRESS", "value": "tcp://elsewhere.example.com:9999"}]),
        of_policy("default-deny", egress=[UDP_TO_DNS]),
        of_policy("default-deny", policyTypes=["Ingress", "Egress"], egress=[{}]),
    ],
)
def test_what_still_fits_is_left_alone(patch: tuple[str, Any]) -> None:
    assert not {code for code in find_codes(patch) if code.startswith("DG28")}


def test_without_policies_everything_is_reached() -> None:
    waive = [{"rule": "DG309", "reason": "policies of the platform"}]
    found = find_codes(patch_container(tty=False), network={"isolation": False}, waive=waive)
    assert not {code for code in found if code.startswith("DG28")}


@pytest.mark.parametrize("root", GOLDEN, ids=lambda root: root.name)
def test_what_is_rendered_fits_together(root: Path) -> None:
    fleet = load(root)
    for rendered in render_clusters(fleet):
        # Rules look at patched clusters alone; what is built has to pass them, too.
        patches = rendered.valid.patches or (ANY_PATCH,)
        cluster = rendered.valid.model_copy(update={"patches": patches})
        resources, _ = build_objects(rendered.valid, "1.34")
        context = RuleContext(cluster, resources, rendered.written, fleet.settings.fleet.operator, Policy(), "1.34")
        assert context.templates
        assert not [finding for rule in (*wiring.RULES, *reachability.RULES) for finding in rule(context)]
