"""JSON 6902 operations: which ones make one object of another."""

from __future__ import annotations

from typing import Any

import jsonpatch
from hypothesis import given
from hypothesis import strategies as st

from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.operations import find_operations

KEYS_OF_CLUSTERS = find_kind("DaskCluster").merge_keys


def pod(**fields: Any) -> dict[str, Any]:
    return {"spec": {"worker": {"spec": {"containers": [{"name": "worker", **fields}]}}}}


def test_one_value() -> None:
    path = "/spec/worker/spec/containers/0/resources/limits/nvidia.com~1gpu"
    base, wanted = (pod(resources={"limits": {"cpu": "1", "nvidia.com/gpu": number}}) for number in ("1", "2"))
    assert find_operations(base, wanted, KEYS_OF_CLUSTERS) == [{"op": "replace", "path": path, "value": "2"}]


def test_elements_that_come_and_go() -> None:
    base = pod(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
    wanted = pod(env=[{"name": "C", "value": "3"}, {"name": "B", "value": "4"}])
    env = "/spec/worker/spec/containers/0/env"
    assert find_operations(base, wanted, KEYS_OF_CLUSTERS) == [
        {"op": "remove", "path": f"{env}/0"},
        {"op": "add", "path": f"{env}/0", "value": {"name": "C", "value": "3"}},
        {"op": "replace", "path": f"{env}/1/value", "value": "4"},
    ]


def test_lists_in_another_order_and_lists_without_names_are_replaced() -> None:
    base = pod(env=[{"name": "A"}, {"name": "B"}], args=["a", "b"])
    wanted = pod(env=[{"name": "B"}, {"name": "A"}], args=["a"])
    operations = find_operations(base, wanted, KEYS_OF_CLUSTERS)
    assert [(operation["op"], operation["path"].rpartition("/")[2]) for operation in operations] == [
        ("replace", "env"),
        ("replace", "args"),
    ]


values = st.sampled_from(["1", "2", None, {"a": "1"}, {"a": "2", "b/c~d": "3"}, ["x"], []])
elements = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("ABCD")}, optional={"value": values, "more": values}),
    max_size=5,
)
objects = st.fixed_dictionaries({"env": elements}, optional={"volumes": elements, "args": st.lists(st.text("ab"))})


@given(objects, objects)
def test_operations_do_what_they_are_for(base: dict[str, Any], wanted: dict[str, Any]) -> None:
    operations: Any = find_operations(base, wanted, KEYS_OF_CLUSTERS)
    assert jsonpatch.apply_patch(base, operations) == wanted
