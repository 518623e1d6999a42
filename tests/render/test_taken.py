"""A node port that goes from one Service to another is not free yet when the other asks for it."""

from __future__ import annotations

import pytest

from conftest import FLEET, SMALL, MakeFleet
from support.commands import daskgen
from support.edits import ARGOCD, FLUX

PORT = "expose: {dashboard: {kind: nodeport, port: 30087, sources: [192.0.2.0/24]}}\n"

RENAMED = "renamedFrom: prod\n" + SMALL


@pytest.mark.parametrize("settings", [ARGOCD, FLUX])
def test_a_renamed_cluster_cannot_keep_its_node_port(settings: str, make_fleet: MakeFleet) -> None:
    root = make_fleet(settings, prod=SMALL + PORT)
    daskgen("render", root=root)
    (root / "clusters/prod.yaml").unlink()
    make_fleet(settings, next=RENAMED + PORT)
    done = daskgen("render", root=root, code=1)
    assert (
        "clusters/next.yaml:6:9: error[DG260]: the Service dashboard-nodeport requests node port 30087" in done.stdout
    )
    assert "nothing was written" in done.stderr
    assert (root / "overlays/prod").is_dir()
    make_fleet(settings, next=RENAMED + PORT.replace("30087", "30088"))
    daskgen("render", root=root)


def test_a_port_that_was_given_up_in_a_commit_before_is_free(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLUX, prod=SMALL + PORT)
    for text in (SMALL, SMALL.replace("analytics", "lab") + PORT):
        daskgen("render", root=root)
        make_fleet(FLUX, prod=text)
    daskgen("render", root=root)


def test_another_namespace_does_not_free_the_port_either(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLUX, prod=SMALL + PORT)
    daskgen("render", root=root)
    make_fleet(FLUX, prod=SMALL.replace("analytics", "lab") + PORT)
    assert "of prod in namespace analytics still has" in daskgen("render", root=root, code=1).stdout
    assert "error[DG260]" in daskgen("render", "--check", root=root, code=1).stdout


def test_a_port_that_a_patch_asks_for_counts_too(make_fleet: MakeFleet) -> None:
    patch = (
        "patches:\n- target: {kind: Service, name: scheduler}\n"
        "  patch: {spec: {type: NodePort, ports: [{port: 8787, nodePort: 30087}]}}\n"
        "waive:\n- {rule: DG301, reason: a laboratory network without other users}\n"
        "- {rule: DG309, reason: a laboratory network without other users}\n"
    )
    root = make_fleet(FLUX, prod=SMALL + PORT, other=SMALL)
    daskgen("render", root=root)
    make_fleet(FLUX, prod=SMALL, other=SMALL + patch)
    assert "clusters/other.yaml:1:1: error[DG260]: the Service scheduler" in daskgen("render", root=root, code=1).stdout


def test_who_applies_by_hand_is_told(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLEET, prod=SMALL + PORT)
    daskgen("render", root=root)
    make_fleet(FLEET, prod=SMALL.replace("analytics", "lab") + PORT)
    assert "warning[DG260]" in daskgen("render", root=root).stdout
