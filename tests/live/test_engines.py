"""What the engines that deliver a fleet say of its groups, in the words of `daskgen status`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.kubernetes.objects import Object
from daskgen.live.delivery_report import describe_deliveries
from daskgen.live.engines import DeliveredGroup, ask_engines, gather_groups
from daskgen.live.status_report import format_fleet
from daskgen.outside.kubernetes import AccessError
from daskgen.render.cluster import render_cluster
from support.fleets import load
from support.recorded import Recorded

SETTINGS = FLEET + "delivery: {{kind: {kind}, repository: 'https://git.example.com/data/fleet.git'}}\n"

COMMIT = "main@sha1:c0ffee"

NAMESPACES = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("flux-system", "argocd")
]


def kustomization(ready: str, message: str) -> Object:
    status = {
        "observedGeneration": 1,
        "lastAppliedRevision": COMMIT,
        "conditions": [{"type": "Ready", "status": ready, "message": message}],
    }
    meta = {"name": "dask-analytics", "namespace": "flux-system", "generation": 1}
    return {"kind": "Kustomization", "metadata": meta, "spec": {}, "status": status}


def application(sync: str, health: str, **operation: str) -> Object:
    status = {
        "sync": {"status": sync, "revision": "c0ffee"},
        "health": {"status": health},
        "operationState": operation,
    }
    return {
        "kind": "Application",
        "metadata": {"name": "dask-analytics", "namespace": "argocd"},
        "spec": {"syncPolicy": {"automated": {}}},
        "status": status,
    }


CASES: dict[str, tuple[str, Object, str]] = {
    "applied by Flux": (
        "flux",
        kustomization("True", "Applied revision"),
        f"Flux: Kustomization flux-system/dask-analytics: ready at {COMMIT}",
    ),
    "refused under Flux": (
        "flux",
        kustomization("False", "Service/analytics/prod dry-run failed:\n  port is already allocated"),
        f"Flux: Kustomization flux-system/dask-analytics: not ready at {COMMIT}: "
        "Service/analytics/prod dry-run failed: port is already allocated",
    ),
    "Flux at work": (
        "flux",
        kustomization("Unknown", "Reconciliation in progress"),
        f"Flux: Kustomization flux-system/dask-analytics: in progress at {COMMIT}: Reconciliation in progress",
    ),
    "applied by Argo CD": (
        "argocd",
        application("Synced", "Healthy", phase="Succeeded"),
        "Argo CD: Application argocd/dask-analytics: ready at c0ffee",
    ),
    "refused under Argo CD": (
        "argocd",
        application("OutOfSync", "Healthy", phase="Failed", message="one or more objects failed to apply"),
        "Argo CD: Application argocd/dask-analytics: not ready at c0ffee: one or more objects failed to apply",
    ),
}


def ask(make_fleet: MakeFleet, kind: str, api: Recorded, *names: str) -> list[DeliveredGroup]:
    fleet = load(make_fleet(SETTINGS.format(kind=kind), prod=SMALL))
    clusters = [render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters]
    return asyncio.run(ask_engines(api, fleet.fleet.delivery, gather_groups(fleet.fleet, clusters, []), names))


@pytest.mark.parametrize("case", CASES)
def test_what_an_engine_says_is_told_in_a_line(make_fleet: MakeFleet, case: str) -> None:
    kind, body, line = CASES[case]
    [group] = ask(make_fleet, kind, Recorded([*NAMESPACES, body]))
    assert group.clusters == ("prod",)
    assert group.failed == ("refused" in case)
    assert format_fleet([], [group]).splitlines()[-1] == line


def test_an_engine_that_has_no_object_for_a_group(make_fleet: MakeFleet) -> None:
    [group] = ask(make_fleet, "flux", Recorded([*NAMESPACES]))
    assert group.problem == "does not exist: apply overlays/gitops/flux once, or push group analytics"


def make_source(ready: str, message: str) -> Object:
    status = {
        "observedGeneration": 1,
        "artifact": {"revision": COMMIT},
        "conditions": [{"type": "Ready", "status": ready, "message": message}],
    }
    meta = {"name": "dask", "namespace": "flux-system", "generation": 1}
    return {"kind": "GitRepository", "metadata": meta, "spec": {}, "status": status}


def test_a_repository_that_an_engine_cannot_read(make_fleet: MakeFleet) -> None:
    group = kustomization("True", "Applied revision")
    denied = make_source("False", "failed to checkout:\n authentication required")
    [source, _] = ask(make_fleet, "flux", Recorded([*NAMESPACES, denied, group]))
    assert source.failed
    assert describe_deliveries([source]) == [
        f"Flux: GitRepository flux-system/dask: not ready at {COMMIT}: failed to checkout: authentication required"
    ]
    assert len(ask(make_fleet, "flux", Recorded([*NAMESPACES, make_source("True", "stored"), group]))) == 1


def test_an_engine_that_a_person_has_paused(make_fleet: MakeFleet) -> None:
    group = kustomization("True", "Applied revision") | {"spec": {"suspend": True}}
    delivered = ask(make_fleet, "flux", Recorded([*NAMESPACES, group]))
    assert describe_deliveries(delivered) == [
        f"Flux: Kustomization flux-system/dask-analytics: paused, ready at {COMMIT}"
    ]


def test_an_engine_that_is_not_installed(make_fleet: MakeFleet) -> None:
    [group] = ask(make_fleet, "argocd", Recorded([]))
    assert group.problem == "does not exist, and Argo CD does not run here: namespace argocd does not exist"


class Forbidden(Recorded):
    """Answers nobody who asks for an object of an engine."""

    status = 403

    async def get(self, body: Object) -> Any:
        raise AccessError(f"Kubernetes refuses: {body['kind']} is forbidden", self.status)


def test_an_engine_that_one_may_not_read(make_fleet: MakeFleet) -> None:
    [group] = ask(make_fleet, "flux", Forbidden([]))
    assert group.problem == "its status cannot be read: Kubernetes refuses: Kustomization is forbidden"


def test_only_the_groups_of_clusters_that_are_named(make_fleet: MakeFleet) -> None:
    api = Recorded([*NAMESPACES])
    assert len(ask(make_fleet, "flux", api, "prod")) == 1
    assert ask(make_fleet, "flux", api, "other") == []
