"""What an engine has applied is compared with the commit that is checked out: which edits wait for a push or a sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.live.checkout import add_checkout
from daskgen.live.delivery_report import as_dict, describe_deliveries
from daskgen.live.engines import DeliveredGroup
from daskgen.parts.delivered import EngineStatus
from daskgen.render.cluster import render_cluster
from daskgen.render.tree import render_fleet
from support.fleets import load
from support.revisions import commit, git

DELIVERY = "delivery: {kind: argocd, repository: 'https://git.example.com/data/fleet.git'}\n"


def write(root: Path) -> None:
    for path, text in render_fleet(load(root)).tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def edit(root: Path) -> None:
    spec = root / "clusters/prod.yaml"
    spec.write_text(spec.read_text() + "labels: {team: data}\n")


def describe(root: Path, applied: str) -> list[str]:
    fleet = load(root)
    clusters = [render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters]
    status = EngineStatus(applied, ready=True, message="Synced, Healthy")
    group = DeliveredGroup("Argo CD", "Application", "dask-a", "argocd", ("prod",), status, commit=applied)
    found = add_checkout(root, fleet.settings, [group], clusters)
    assert as_dict(found[0])["commit"] == applied
    return describe_deliveries(found)


@pytest.fixture
def root(make_fleet: MakeFleet) -> Path:
    root = make_fleet(FLEET + DELIVERY, prod=SMALL)
    git(root, "init", "-q", "-b", "main")
    write(root)
    return root


def test_everything_is_applied(root: Path) -> None:
    head = commit(root)
    assert describe(root, head) == [f"Argo CD: Application argocd/dask-a: ready at {head[:8]} (HEAD)"]


def test_an_edit_that_is_not_rendered_and_one_that_is_not_committed(root: Path) -> None:
    head = commit(root)
    edit(root)
    expected = "  not committed as rendered: prod; Argo CD applies it after `daskgen render`, a commit and a push"
    assert describe(root, head)[1:] == [expected]
    write(root)
    assert describe(root, head)[1:] == [expected]
    commit(root)
    assert describe(root, head)[1:] == []


def test_a_commit_that_waits_and_one_that_is_not_pulled(root: Path) -> None:
    first = commit(root)
    second = commit(root, "a second edit")
    title = "Argo CD: Application argocd/dask-a: ready at "
    assert describe(root, first) == [f"{title}{first[:8]}, 1 commit behind HEAD ({second[:8]})"]
    git(root, "checkout", "-q", first)
    assert describe(root, second) == [f"{title}{second[:8]}, 1 commit ahead of HEAD ({first[:8]})"]
    other = commit(root, "another edit")
    sides = "1 commit behind and 1 commit ahead of"
    assert describe(root, second) == [f"{title}{second[:8]}, {sides} HEAD ({other[:8]})"]


def test_a_commit_that_is_only_on_the_server(root: Path) -> None:
    commit(root)
    [line] = describe(root, "c0ffee00" * 5)
    assert line.endswith("ready at c0ffee00, which is not in this clone: run git fetch")


def test_a_folder_in_no_repository(make_fleet: MakeFleet) -> None:
    root = make_fleet(FLEET + DELIVERY, prod=SMALL)
    assert describe(root, "c0ffee00" * 5) == [f"Argo CD: Application argocd/dask-a: ready at {'c0ffee00' * 5}"]
