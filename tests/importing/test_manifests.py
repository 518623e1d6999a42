"""Manifests that others wrote, and the specs and reports they become: `tests/import/<case>/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from conftest import MakeFleet
from daskgen.checks.proof import prove
from daskgen.importing.report import format_result
from daskgen.importing.run import run
from daskgen.kubernetes.labels import COMPONENT, LOGIN
from daskgen.kubernetes.objects import Object
from daskgen.outside import disk
from daskgen.render.cluster import render_clusters
from daskgen.yaml.write import dump_all
from support.fleets import load
from support.imports import CASES, NO_FLEET, import_text, list_cases, read_case, render_import
from support.places import TESTS

GOLDEN = sorted(path.name for path in (TESTS / "golden").iterdir())

CUSTOM = ("DaskCluster", "DaskWorkerGroup", "DaskAutoscaler", "DaskJob")


@pytest.mark.parametrize("case", list_cases())
def test_what_manifests_become(case: str, request: pytest.FixtureRequest) -> None:
    result = run(read_case(case), NO_FLEET)
    made = {cluster.file: cluster.text for cluster in result.clusters} | {
        "clusters/report.txt": format_result(result) + "\n"
    }
    root = CASES / case
    if request.config.getoption("--approve"):
        disk.write(root, made, (), force=True)
    assert {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.glob("clusters/*")} == made


@pytest.mark.parametrize("case", list_cases())
def test_every_value_is_accounted_for(case: str) -> None:
    result = run(read_case(case), NO_FLEET)
    found = [(entry.at, entry.origin) for cluster in result.clusters for entry in cluster.entries]
    assert len(found) == len(set(found)) > 0
    left = [entry for cluster in result.clusters for entry in cluster.entries if entry.outcome == "left"]
    assert {entry.origin[0] for entry in left} <= {"jupyter", "webUI"}
    assert all(entry.text for entry in left)


@pytest.mark.parametrize("case", GOLDEN)
def test_what_was_rendered_here_comes_back(case: str) -> None:
    clusters = render_clusters(load(TESTS / "golden" / case))
    for cluster in (each for each in clusters if not each.valid.is_template):
        given = [body for body in cluster.objects if _has_pods(body)]
        [imported] = import_text(dump_all(given)).clusters
        assert _compare(body for body in render_import(imported).objects if _has_pods(body)) == _compare(given)


def _compare(objects: Iterable[Object]) -> list[str]:
    """Objects in one order, without the hashes in names: a configuration that is not imported is part of them."""
    texts = (json.dumps(_sort(body), sort_keys=True) for body in objects)
    return sorted(re.sub(r"(-dask|-worker-\w+)-[0-9a-f]{7}\b", r"\1", text) for text in texts)


def _has_pods(body: Object) -> bool:
    """Whether it makes pods of Dask; a login proxy is none of these, and is not imported."""
    return body["kind"] in {*CUSTOM, "Deployment"} and body["metadata"]["labels"].get(COMPONENT) != LOGIN[COMPONENT]


def _sort(value: Any) -> Any:
    """Lists whose elements have names in the order of these: Kubernetes keeps none either when it merges them."""
    if isinstance(value, dict):
        return {key: _sort(item) for key, item in value.items()}
    if isinstance(value, list):
        named = all(isinstance(item, dict) and "name" in item for item in value)
        return sorted(map(_sort, value), key=str) if named else [_sort(item) for item in value]
    return value


@pytest.mark.tools
@pytest.mark.parametrize("case", ["chart", "several"])
def test_kustomize_builds_what_is_imported(case: str, make_fleet: MakeFleet) -> None:
    from support.fleets import render as render_tree  # noqa: PLC0415 - another render

    clusters = run(read_case(case), NO_FLEET, namespace="science").clusters
    root = make_fleet(**{cluster.name: cluster.text for cluster in clusters})
    fleet = load(root)
    assert prove(render_tree(root).tree, render_clusters(fleet), fleet.fleet.kubernetes) == []
