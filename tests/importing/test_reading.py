"""Files that cannot be imported, and what is said of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from daskgen.importing.run import run
from support.imports import DEPLOYMENT, NO_FLEET, import_text, list_findings


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("image: ghcr.io", "image: [", ("DG001", 8, 79)),
        ("metadata: {", "metadata: {<<: 1, ", ("DG004", 3, 12)),
        ("containers:\n      -", "containers:\n       ", ("DG610", 8, 9)),
        ("kind: Deployment", "{{ if .Values.on }}", ("DG602", 2, 1)),
        ("kind: Deployment", "kind: Job", ("DG607", 1, 1)),
        ("name: dask-scheduler", "name: dask_scheduler", ("DG608", 3, 18)),
        ("ghcr.io/dask", "ghcr.io/Dask", ("DG608", 1, 1)),
        ("kind: Deployment", "kind: [Deployment]", ("DG610", 2, 7)),
        ("args:", "env: [{name: THREADS_MAX, value: 4}], args:", ("DG616", 8, 95)),
        ("[dask, scheduler]", "[dask, scheduler, --port, 8786]", ("DG616", 8, 94)),
        ("kind: Deployment", "%{ if enabled }", ("DG602", 2, 1)),
        ("kind: Deployment", "<% if enabled %>", ("DG602", 2, 1)),
        ("kind: Deployment", "{% if enabled %}", ("DG602", 2, 1)),
        ("kind: Deployment", "kind: Deployment\n$(cat labels)\nspec: x: y", ("DG602", 3, 1)),
        ("kind: Deployment", "kind: Template", ("DG602", 1, 1)),
    ],
)
def test_errors_are_found_where_they_are(before: str, after: str, found: tuple[str, int, int]) -> None:
    assert before in DEPLOYMENT
    result = import_text(DEPLOYMENT.replace(before, after))
    assert found in list_findings(result)
    assert result.clusters == ()


def test_two_clusters_of_one_name() -> None:
    result = import_text(f"{DEPLOYMENT}---\n{DEPLOYMENT}")
    assert list_findings(result) == [("DG201", 12, 18)]
    assert "another cluster named dask is in dask.yaml:3" in result.problems[0].message


@pytest.mark.parametrize(("length", "found"), [(40, []), (41, [("DG608", 3, 18)])])
def test_a_name_is_at_most_40_characters_long(length: int, found: list[tuple[str, int, int]]) -> None:
    """Specs allow no longer one, and one that is written can be rendered."""
    name = "n" * length
    result = import_text(DEPLOYMENT.replace("dask-scheduler", name))
    assert [finding for finding in list_findings(result) if finding[0] == "DG608"] == found
    assert [cluster.name for cluster in result.clusters] == ([] if found else [name])


def test_a_group_without_its_cluster() -> None:
    text = "kind: DaskWorkerGroup\nmetadata: {name: more}\nspec: {cluster: gone, worker: {replicas: 1}}\n"
    assert ("DG609", 3, 17) in list_findings(import_text(text))


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff" * 100, b"a: b\n" * 300_000, b"- a\n", b"kind: {}\n", b"\xef\xbb\xbf# nothing\n"]
)
def test_files_that_hold_no_cluster(data: bytes) -> None:
    result = run({"file.yaml": data}, NO_FLEET)
    assert result.clusters == ()
    assert {"DG001", "DG009", "DG607", "DG610"}.intersection(problem.code for problem in result.problems)


def test_what_the_operator_made_is_left_to_it() -> None:
    owned = DEPLOYMENT.replace("name: dask-", "ownerReferences: [{kind: DaskCluster}], name: dask-")
    assert list_findings(import_text(owned)) == [("DG605", 1, 1), ("DG607", 1, 1)]


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, "x", 0, True, [], {}, ["a"], {"a": 1}, [{}], [None], {"name": "x"}, -1, "", [["a"]]]
)


def test_a_kustomization_is_met_with_how_to_build_it() -> None:
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [dask.yaml]\n"
    result = run({"base/kustomization.yaml": text.encode(), "kustomization.yaml": b"resources: [a.yaml]\n"}, NO_FLEET)
    assert [problem.code for problem in result.problems] == ["DG614", "DG614"]
    assert result.problems[0].hint == "run: kustomize build base | daskgen import -"
    assert [
        problem.code
        for problem in import_text(text.replace("kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io")).problems
    ] == ["DG605", "DG607"]


def test_lists_may_hold_lists() -> None:
    document = json.dumps(yaml.safe_load(DEPLOYMENT))
    text = f'{{"kind": "List", "items": [{{"kind": "DeploymentList", "items": [{document}]}}]}}'
    assert [cluster.name for cluster in import_text(text).clusters] == ["dask"]


@pytest.mark.parametrize("stray", ["metadata: [[a]]", "spec: text", "spec: [{a: b}]"])
def test_fields_of_a_template_beside_it_replace_nothing_of_it(stray: str) -> None:
    [imported] = import_text(DEPLOYMENT.replace("  template:", f"  {stray}\n  template:")).clusters
    assert imported.text == import_text(DEPLOYMENT).clusters[0].text
    assert {entry.outcome for entry in imported.entries if entry.origin[:2] == ("spec", stray.partition(":")[0])} == {
        "left"
    }
