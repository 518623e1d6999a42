"""Clusters are made small for kind, and those that it cannot run are left out for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_fleet import SMALL as MOST
from small_fleet import Trial, is_served, lay_out

from conftest import FLEET, SMALL, MakeFleet
from daskgen.kubernetes.quantity import parse
from support.fleets import render
from support.places import ROOT

FLEETS = sorted(path.parent for path in ROOT.glob("tests/golden/*/clusters"))

LARGE = """\
workers:
- {replicas: 40, cpu: 16, memory: 64Gi, scratch: 1Ti, spill: 900Gi, spread: required, nodeSelector: {pool: large}}
- {name: more, replicas: 3, cpu: 250m, memory: 512Mi, threads: 1}
"""


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("small")


def read(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / f"clusters/{name}.yaml").read_text("utf-8"))


def try_one(root: Path, folder: Path, *fixtures: Mapping[str, Any]) -> Trial:
    """What comes of the cluster prod."""
    [trial] = lay_out(root, folder, ["prod"], [], [dict(fixture) for fixture in fixtures])
    return trial


def test_what_is_changed_is_made_small(make_fleet: MakeFleet, folder: Path) -> None:
    spec = SMALL.replace("workers:\n- replicas: 2\n", LARGE)
    root = make_fleet(prod=spec, other=spec)
    assert lay_out(root, folder, {"prod"}, [], []) == [Trial("prod", "analytics")]
    assert read(folder, "prod")["workers"] == [
        {"replicas": 1, "cpu": "500m", "memory": "1Gi", "scratch": "1Gi", "spread": "none", "threads": 1},
        {
            "name": "more",
            "replicas": 1,
            "cpu": "250m",
            "memory": "512Mi",
            "scratch": "1Gi",
            "spread": "none",
            "threads": 1,
        },
    ]
    assert read(folder, "prod")["scheduler"] == MOST
    assert [path.name for path in (folder / "clusters").iterdir()] == ["prod.yaml"]


def test_defaults_and_profiles_are_taken_over(make_fleet: MakeFleet, folder: Path) -> None:
    settings = FLEET + "defaults: {env: {A: '1'}, scheduler: {nodeSelector: {pool: large}}}\n"
    try_one(make_fleet(settings + "profiles: {gpu: {env: {B: '2'}}}\n", prod=SMALL + "profile: gpu\n"), folder)
    assert read(folder, "prod")["env"] == {"A": "1", "B": "2"}
    assert "nodeSelector" not in read(folder, "prod")["scheduler"]
    assert "pool: large" not in "".join(render(folder).tree.values())


def test_the_operator_is_there_for_who_needs_it(make_fleet: MakeFleet, folder: Path) -> None:
    try_one(make_fleet(prod=SMALL + "engine: {kind: operator, namespace: dask-system}\n"), folder)
    assert yaml.safe_load((folder / "daskgen.yaml").read_text())["operator"] == {
        "install": True,
        "namespace": "dask-system",
    }


def test_what_is_to_be_left_out_is(make_fleet: MakeFleet, folder: Path) -> None:
    trials = lay_out(make_fleet(prod=SMALL, dev=SMALL), folder, {"prod", "dev"}, ["prod"], [])
    assert trials == [Trial("dev", "analytics"), Trial("prod", "analytics", ("it is to be left out",))]
    assert not (folder / "clusters/prod.yaml").exists()


DEVICE = """\
patches:
- target: {kind: Deployment, name: worker}
  patch:
    spec: {template: {spec: {containers: [{name: worker, resources: {limits: {nvidia.com/gpu: 1}}}]}}}
"""
VOLUME = "  volumes: [{name: data, mountPath: /data, persistentVolumeClaim: {claimName: files}}]\n"


@pytest.mark.parametrize(
    ("more", "obstacle"),
    [
        (VOLUME, "PersistentVolumeClaim files is not in Git"),
        (DEVICE, "kind's nodes have no nvidia.com/gpu"),
        ("env: {KEY: {secret: storage, key: key}}\n", "Secret storage is not in Git"),
        (
            "platform: openshift\nexpose: {dashboard: {kind: route, host: dask.example.com}}\n",
            "route needs platform openshift",
        ),
        ("kind: DaskJob\nengine: operator\njob: {command: [python, run.py], memory: 1Gi}\n", "it is a job"),
    ],
)
def test_what_kind_cannot_run_is_said(make_fleet: MakeFleet, folder: Path, more: str, obstacle: str) -> None:
    trial = try_one(make_fleet(prod=SMALL + more), folder)
    assert [found for found in trial.obstacles if found.startswith(obstacle)], trial
    assert not (folder / "clusters/prod.yaml").exists()


def test_an_image_that_needs_a_secret_is_private(make_fleet: MakeFleet, folder: Path) -> None:
    image = "image: {name: example.com/dask, tag: 2026.8.0, pullSecrets: [registry]}"
    root = make_fleet(prod=SMALL.replace("image: ghcr.io/dask/dask:2026.8.0-py3.12", image))
    assert try_one(root, folder).obstacles == ("Secret registry is not in Git",)


def test_fixtures_are_there(make_fleet: MakeFleet, folder: Path) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "files"}}
    assert try_one(make_fleet(prod=SMALL + VOLUME), folder, claim).obstacles == ()


@pytest.mark.parametrize(
    "version", ["v1", "apps/v1", "networking.k8s.io/v1", "kubernetes.dask.org/v1", "example.com/v1"]
)
def test_kind_knows_what_kubernetes_brings(version: str) -> None:
    assert is_served(version, ["example.com"])
    assert not is_served("route.openshift.io/v1", ["example.com"])


@pytest.mark.parametrize("root", FLEETS, ids=lambda root: str(root.name))
def test_every_golden_fleet_is_rendered_small(root: Path, folder: Path) -> None:
    trials = lay_out(root, folder, {path.stem for path in root.glob("clusters/*.yaml")}, [], [])
    assert trials
    if any(not trial.obstacles for trial in trials):
        rendering = render(folder)
        assert [problem for problem in rendering.problems if problem.severity == "error"] == []
        totals = rendering.totals
        assert totals.memory <= (totals.workers + totals.clusters + totals.operators) * parse("1Gi")
