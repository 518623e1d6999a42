"""Charts of hubs that Argo CD installs: where their values are, what is left as it runs, and what restarts the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import FLEET, MakeFleet
from daskgen.render.tree import RenderedFleet
from support.fleets import render

ADDRESS = "https://git.example.com/data/fleet.git"

ARGOCD = FLEET + f"delivery: {{kind: argocd, repository: {ADDRESS}, path: fleets/dask}}\n"

SPEC = """namespace: team
image: ghcr.io/dask/dask:2026.8.0-py3.12
workers: [{}]
notebooks:
- kind: jupyterhub
  namespace: hub
  host: hub.example.com
  image: ghcr.io/dask/dask-notebook:2026.8.0-py3.12
  auth: {kind: native, admins: [alice]}
  application: true
"""

FOLDER = "overlays/gitops/argocd"


def deliver(root: Path) -> RenderedFleet:
    """Render a fleet without errors."""
    rendering = render(root)
    assert [problem for problem in rendering.problems if problem.severity == "error"] == []
    return rendering


def read_all(rendering: RenderedFleet, file: str) -> list[Any]:
    return list(yaml.load_all(rendering.tree[file], yaml.CSafeLoader))


def test_the_values_are_the_rendered_file(make_fleet: MakeFleet) -> None:
    rendering = deliver(make_fleet(ARGOCD, prod=SPEC))
    [application] = read_all(rendering, f"{FOLDER}/charts/prod-jupyterhub.yaml")
    chart, fleet = application["spec"]["sources"]
    [values] = chart["helm"]["valueFiles"]
    assert values.removeprefix(f"${fleet['ref']}/fleets/dask/") in rendering.tree
    assert fleet == {"repoURL": ADDRESS, "targetRevision": "main", "ref": "fleet"}
    assert chart["targetRevision"] == "4.4.0"


def test_its_project_allows_the_chart_in_the_namespace_of_the_hub(make_fleet: MakeFleet) -> None:
    rendering = deliver(make_fleet(ARGOCD, prod=SPEC))
    ours, charts = read_all(rendering, f"{FOLDER}/project.yaml")
    [application] = read_all(rendering, f"{FOLDER}/charts/prod-jupyterhub.yaml")
    assert application["spec"]["project"] == charts["metadata"]["name"]
    assert {source["repoURL"] for source in application["spec"]["sources"]} == set(charts["spec"]["sourceRepos"])
    assert charts["spec"]["destinations"] == [application["spec"]["destination"]]
    assert ours["spec"]["sourceRepos"] == [ADDRESS]


def read_hash(rendering: RenderedFleet) -> str:
    [values] = read_all(rendering, "overlays/prod/jupyterhub.yaml")
    return str(values["hub"]["annotations"]["daskgen/values"])


@pytest.mark.parametrize(
    ("edit", "restarts"), [("cullAfter: 60", True), ("values: {hub: {fsGid: 5}}", True), ("", False)]
)
def test_the_hub_restarts_when_its_values_change(make_fleet: MakeFleet, edit: str, restarts: bool) -> None:
    before = read_hash(deliver(make_fleet(ARGOCD, prod=SPEC)))
    after = read_hash(deliver(make_fleet(ARGOCD, prod=f"{SPEC}  {edit}\n")))
    assert (before != after) is restarts


def test_the_chart_comes_after_the_clusters_and_others_have_none(make_fleet: MakeFleet) -> None:
    rendering = deliver(make_fleet(ARGOCD, prod=SPEC))
    [application] = read_all(rendering, f"{FOLDER}/charts/prod-jupyterhub.yaml")
    assert application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] == "1"
    plain = deliver(make_fleet(ARGOCD, prod=SPEC.replace("  application: true\n", "")))
    assert not [file for file in plain.tree if "charts" in file]
