"""The marks that delivery tools put on what they apply are no drift, and all else is."""

from __future__ import annotations

import asyncio
from copy import deepcopy

import pytest

from conftest import SMALL, MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.live.dry_run import try_fleet
from daskgen.live.marks import keep_marks
from daskgen.live.state import ClusterState
from daskgen.live.status import read_states
from daskgen.render.cluster import RenderedCluster
from support.fleets import read_cluster
from support.recorded import Recorded

FLUX = {"kustomize.toolkit.fluxcd.io/name": "dask-team", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
ARGOCD = {"argocd.argoproj.io/tracking-id": "dask-team:/ConfigMap:analytics/prod"}
HELM = {"meta.helm.sh/release-name": "dask", "meta.helm.sh/release-namespace": "analytics"}
KUBECTL = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}

MARKS: dict[str, dict[str, dict[str, str]]] = {
    "flux": {"labels": FLUX},
    "argocd": {"annotations": ARGOCD},
    "argocd by label": {"labels": {"argocd.argoproj.io/instance": "dask-team"}},
    "helm": {"annotations": HELM},
    "kubectl": {"annotations": KUBECTL},
    "two tools": {"labels": FLUX, "annotations": KUBECTL},
}


@pytest.fixture
def prod(make_fleet: MakeFleet) -> RenderedCluster:
    return read_cluster(make_fleet(prod=SMALL))


def deliver(prod: RenderedCluster, **marks: dict[str, str]) -> list[Object]:
    """What Kubernetes has of a cluster once a tool has applied it."""
    objects = deepcopy(prod.objects)
    for body in objects:
        for field, added in marks.items():
            body["metadata"][field] = {**body["metadata"].get(field, {}), **added}
    return objects


def look(prod: RenderedCluster, objects: list[Object]) -> ClusterState:
    [state] = asyncio.run(read_states(Recorded(objects), [prod], drift=True))
    return state


@pytest.mark.parametrize("tool", MARKS)
def test_marks_are_no_drift(prod: RenderedCluster, tool: str) -> None:
    objects = deliver(prod, **MARKS[tool])
    assert look(prod, objects).drift == ()
    [trial], _ = asyncio.run(try_fleet(Recorded(objects), [prod]))
    assert trial.before == trial.after


@pytest.mark.parametrize("tool", MARKS)
def test_a_field_that_was_changed_by_hand_is_the_only_drift(prod: RenderedCluster, tool: str) -> None:
    objects = deliver(prod, **MARKS[tool])
    next(body for body in objects if body["kind"] == "Service")["spec"]["sessionAffinity"] = "ClientIP"
    [drift] = look(prod, objects).drift or ()
    assert drift.kind == "Service"
    changed = [line for line in drift.how.splitlines() if line[:1] in "+-" and not line.startswith(("---", "+++"))]
    assert changed == ["-  sessionAffinity: ClientIP"]


def test_another_label_is_drift(prod: RenderedCluster) -> None:
    """Only what tools are known to add is left alone."""
    drift = look(prod, deliver(prod, labels={"team": "other"})).drift
    assert len(drift or ()) == len(prod.objects)


def test_helm_claims_to_manage_what_it_installed() -> None:
    def label(value: str) -> Object:
        return {"metadata": {"labels": {"app.kubernetes.io/managed-by": value}}}

    assert keep_marks(label("daskgen"), label("Helm")) == label("Helm")
    assert keep_marks(label("daskgen"), label("somebody")) == label("daskgen")


def test_nothing_is_added_to_what_is_not_there(prod: RenderedCluster) -> None:
    [body, *_] = prod.objects
    assert keep_marks(body, None) == body
