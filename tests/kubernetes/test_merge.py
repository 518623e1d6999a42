"""Patches: what they make of an object, and which one makes one object of another, in our hands and in kustomize's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daskgen.checks.kustomize import read
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import find_difference, merge_patch
from daskgen.outside.tools import run
from daskgen.yaml.write import dump, dump_all

DEPLOYMENT = find_kind("Deployment").merge_keys


def container(**fields: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "worker", **fields}]}}}}


def test_maps_merge_and_lists_of_words_are_replaced() -> None:
    base = container(args=["a", "b"], resources={"limits": {"cpu": "1"}})
    patch = container(args=["c"], resources={"limits": {"memory": "1Gi"}})
    expected = container(args=["c"], resources={"limits": {"cpu": "1", "memory": "1Gi"}})
    assert merge_patch(base, patch, DEPLOYMENT) == expected


def test_elements_with_a_name_merge_and_null_removes() -> None:
    base = container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], stdin=True)
    patch = container(env=[{"name": "B", "$patch": "delete"}, {"name": "A", "value": "3"}], stdin=None)
    assert merge_patch(base, patch, DEPLOYMENT) == container(env=[{"name": "A", "value": "3"}])


def test_a_list_can_be_replaced() -> None:
    base = container(env=[{"name": "A", "value": "1"}])
    patch = container(env=[{"$patch": "replace"}, {"name": "B", "value": "2"}])
    assert merge_patch(base, patch, DEPLOYMENT) == container(env=[{"name": "B", "value": "2"}])


def test_a_map_is_deleted_like_an_element() -> None:
    base = container(resources={"limits": {"memory": "1Gi"}}, stdin=True)
    patch = container(resources={"$patch": "delete"})
    assert merge_patch(base, patch, DEPLOYMENT) == container(stdin=True)


def test_the_patch_says_only_what_differs() -> None:
    base = container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], args=["a"])
    wanted = container(env=[{"name": "A", "value": "3"}, {"name": "B", "value": "2"}], args=["a"])
    assert find_difference(base, wanted, DEPLOYMENT) == container(env=[{"name": "A", "value": "3"}])


def test_a_patch_names_elements_to_keep_their_order() -> None:
    base = container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
    wanted = container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "3"}])
    assert find_difference(base, wanted, DEPLOYMENT) == container(env=[{"name": "A"}, {"name": "B", "value": "3"}])


words = st.sampled_from(["a", "b", "c"])
texts = st.sampled_from(["", "x", "y", "on", "1e3"])


def lists_of(element: st.SearchStrategy[dict[str, Any]], key: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(element, min_size=1, max_size=4, unique_by=lambda item: item[key])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


variables = st.builds(
    lambda name, value: {"name": name, **value}, words, optional(value=texts, valueFrom=st.just({"a": {}}))
)
ports = st.builds(
    lambda port, more: {"containerPort": port, **more}, st.integers(1, 4), optional(name=words, protocol=st.just("TCP"))
)
mounts = st.builds(lambda path, name: {"mountPath": f"/{path}", "name": name}, words, words)
containers = st.builds(
    lambda name, more: {"name": name, **more},
    words,
    optional(
        env=lists_of(variables, "name"),
        ports=lists_of(ports, "containerPort"),
        volumeMounts=lists_of(mounts, "mountPath"),
        args=st.lists(texts, min_size=1, max_size=3),
        resources=st.fixed_dictionaries({"limits": st.dictionaries(words, texts, min_size=1)}),
    ),
)
volumes = st.builds(
    lambda name, source: {"name": name, **source}, words, optional(emptyDir=st.just({}), secret=st.just({"a": "b"}))
)
spreads = st.builds(
    lambda key, when: {"topologyKey": key, "whenUnsatisfiable": when, "maxSkew": 1}, words, st.sampled_from(["x", "y"])
)
pods = optional(
    containers=lists_of(containers, "name"),
    volumes=lists_of(volumes, "name"),
    topologySpreadConstraints=st.lists(
        spreads, min_size=1, max_size=3, unique_by=lambda item: (item["topologyKey"], item["whenUnsatisfiable"])
    ),
    tolerations=st.lists(st.fixed_dictionaries({"key": words}), min_size=1, max_size=2),
    nodeSelector=st.dictionaries(words, texts),
)
deployments = pods.map(lambda pod: {"spec": {"template": {"spec": pod}}})


@given(deployments, deployments)
@settings(max_examples=300)
def test_the_difference_leads_from_one_to_the_other_but_for_order(base: dict[str, Any], wanted: dict[str, Any]) -> None:
    patched = merge_patch(base, find_difference(base, wanted, DEPLOYMENT), DEPLOYMENT)
    assert order(patched) == order(wanted)


def order(value: Any) -> Any:
    """Lists of named elements, sorted."""
    if isinstance(value, dict):
        return {key: order(item) for key, item in value.items()}
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return sorted((order(item) for item in value), key=str)
    return value


@pytest.mark.tools
@given(st.lists(st.tuples(deployments, deployments), min_size=20, max_size=20))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
def test_kustomize_makes_the_same_in_the_same_order(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    def name(index: int, body: dict[str, Any]) -> dict[str, Any]:
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"d{index}"}, **body}

    folder: Path = tmp_path_factory.mktemp("merge")
    (folder / "base.yaml").write_text(dump_all(name(index, base) for index, (base, _) in enumerate(pairs)))
    patches = [name(index, find_difference(base, wanted, DEPLOYMENT)) for index, (base, wanted) in enumerate(pairs)]
    (folder / "patches.yaml").write_text(dump_all(patches))
    (folder / "kustomization.yaml").write_text(
        dump({"resources": ["base.yaml"], "patches": [{"path": "patches.yaml"}]})
    )
    built = {body["metadata"]["name"]: body for body in read(run("kustomize", "build", str(folder)).output)}
    assert [built[f"d{index}"] for index in range(len(pairs))] == [
        name(index, wanted) for index, (_, wanted) in enumerate(pairs)
    ]
