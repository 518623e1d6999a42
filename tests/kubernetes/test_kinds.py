"""The table of kinds, held to what is rendered and to the published schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from daskgen.kubernetes.kind import Kind
from daskgen.kubernetes.kinds import CUSTOM, KINDS, find_kind, find_pods
from daskgen.kubernetes.schema import SCHEMAS, find_minors
from daskgen.yaml.read import parse_all
from support.fleets import render
from support.places import GOLDEN


def list_objects() -> Iterator[dict[str, Any]]:
    """List the objects of every golden base and overlay, patches included, but not those of Argo CD and Flux."""
    for case in sorted(GOLDEN.iterdir()):
        for path, text in render(case).tree.items():
            if path.startswith(("base/", "overlays/")) and not path.startswith("overlays/gitops/"):
                documents = (document.value for document in parse_all(text.encode(), path))
                yield from (document for document in documents if isinstance(document, dict) and "metadata" in document)


def test_whatever_is_rendered_has_a_row_with_its_version() -> None:
    rendered = {(body["kind"], body["apiVersion"]) for body in list_objects()}
    assert rendered <= {(kind.name, kind.version) for kind in KINDS.values()}
    assert rendered >= {("Deployment", "apps/v1"), ("DaskJob", "kubernetes.dask.org/v1")}


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_version_is_one_that_kubernetes_has(kind: Kind) -> None:
    group, _, version = kind.version.rpartition("/")
    suffix = f"-{group.partition('.')[0]}" if group else ""
    assert (SCHEMAS / find_minors()[-1] / f"{kind.name.lower()}{suffix}-{version}.json").is_file()


def test_custom_kinds_are_those_of_the_operator() -> None:
    assert list(CUSTOM) == ["DaskCluster", "DaskWorkerGroup", "DaskAutoscaler", "DaskJob"]
    assert all(kind.applied for kind in CUSTOM.values() if kind.name != "DaskJob")


def test_a_kind_that_is_not_rendered_has_no_facts() -> None:
    unknown = find_kind("CronTab")
    assert (unknown.path, unknown.namespaced, unknown.prefixed, unknown.pods) == ("crontabs", True, True, ())
    assert list(find_pods({"kind": "CronTab", "spec": {"template": {"spec": {}}}})) == []
