"""The whole spec of a cluster, and where each value comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from conftest import SMALL, MakeFleet
from daskgen.explain.spec import format_spec
from daskgen.outside.files import read_folder
from daskgen.render.cluster import render_clusters
from daskgen.spec.cluster import Cluster
from daskgen.spec.load import load_fleet
from support.commands import daskgen
from support.places import GOLDEN

SETTINGS = """\
apiVersion: daskgen/v1
defaults: {env: {LEVEL: debug}}
profiles:
  large:
    scheduler: {memory: 8Gi}
"""


@pytest.mark.parametrize("folder", sorted(GOLDEN.iterdir()), ids=lambda folder: folder.name)
def test_what_is_printed_is_the_same_cluster(folder: Path) -> None:
    for rendered in render_clusters(load_fleet(read_folder(folder))):
        if rendered.cluster:
            value = yaml.safe_load(format_spec(rendered))
            assert Cluster.model_validate(value) == rendered.cluster


def test_each_value_says_where_it_comes_from(make_fleet: MakeFleet) -> None:
    root = make_fleet(SETTINGS, prod=f"profile: large\n{SMALL}")
    lines = daskgen("explain", "prod", root=root).stdout.splitlines()
    origins = {line.partition("#")[0].strip(): line.partition("# ")[2] for line in lines if "# " in line}
    assert origins["value: debug"] == "daskgen.yaml:2, defaults"
    assert origins["memory: 8Gi"] == "daskgen.yaml:5, profile large"
    assert origins["tag: 2026.8.0-py3.12"] == "clusters/prod.yaml:3"
    assert origins["pullPolicy: IfNotPresent"] == "default"
    assert origins["min: 2"] == "clusters/prod.yaml:5"
    assert origins["processes: 1"] == "default"


def test_a_name_that_is_neither_a_cluster_nor_a_code(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    assert "no cluster is named prd; did you mean prod?" in daskgen("explain", "prd", root=root, code=2).stderr
    assert "no finding has the code dg3" in daskgen("explain", "dg3", root=root, code=2).stderr
