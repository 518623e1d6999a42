"""Which documents make a cluster, what is said of those that do not, and how clusters are named."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.delivery import GITOPS
from daskgen.importing.run import Result, run
from daskgen.importing.sources.clusters import LONGEST
from daskgen.operator.install import INSTANCE
from support.imports import DEPLOYMENT, NO_FLEET, import_text


def import_named(name: str) -> Result:
    return import_text(DEPLOYMENT.replace("dask-scheduler", f"{name}-scheduler"))


def list_codes(result: Result) -> list[str]:
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("a" * LONGEST, True),
        ("a" * (LONGEST + 1), False),
        (GITOPS, False),
        (INSTANCE, False),
        ("a", True),
        ("a.b", False),
    ],
)
def test_the_name_of_a_cluster(name: str, accepted: bool) -> None:
    codes = list_codes(import_named(name))
    assert ("DG608" not in codes) == accepted


def test_a_placeholder_gives_way_to_the_name_of_the_file() -> None:
    text = DEPLOYMENT.replace("dask-scheduler", '"<name>-scheduler"')
    result = run({"-team-.yaml": text.encode()}, NO_FLEET)
    assert [imported.name for imported in result.clusters] == ["team"]


def test_a_name_of_ones_own_is_for_one_cluster() -> None:
    two = f"{DEPLOYMENT}---\n{DEPLOYMENT.replace('dask-scheduler', 'other-scheduler')}"
    assert [imported.name for imported in import_text(DEPLOYMENT, name="mine").clusters] == ["mine"]
    assert [imported.name for imported in import_text(two).clusters] == ["dask", "other"]
    (problem,) = [problem for problem in import_text(two, name="mine").problems if problem.code == "DG608"]
    assert problem.at.line == 12
    assert problem.message == "--name mine names one cluster, but the files hold 2"


def test_two_clusters_of_one_name_are_reported_at_the_second() -> None:
    other = DEPLOYMENT.replace("namespace: science", "namespace: lab")
    (problem,) = [problem for problem in import_text(f"{DEPLOYMENT}---\n{other}").problems if problem.code == "DG201"]
    assert (problem.at.line, problem.message) == (12, "another cluster named dask is in dask.yaml:3")


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("kustomization.yaml", "resources: [a.yaml]\n", "DG614"),
        ("a.yaml", "resources: [a.yaml]\n", "DG605"),
        ("a.yaml", "kind: Kustomization\nresources: [a.yaml]\n", "DG614"),
        ("a.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", "DG614"),
        ("a.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n", "DG605"),
        ("kustomization.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", "DG605"),
        ("a.yaml", "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: a}\n", "DG602"),
    ],
)
def test_documents_that_make_no_cluster(file: str, text: str, code: str) -> None:
    result = run({f"folder/{file}": text.encode(), "folder/dask.yaml": DEPLOYMENT.encode()}, NO_FLEET)
    found: list[Any] = [problem for problem in result.problems if problem.at.file.endswith(file)]
    assert [problem.code for problem in found] == [code]
    # A warning keeps nobody from importing the rest.
    assert (found[0].severity, len(result.clusters)) == (("warning", 1) if code == "DG605" else ("error", 0))
