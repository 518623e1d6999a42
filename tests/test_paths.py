"""Paths into nested values, and their two written forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.paths import Path, find_maps, get, join_pointer, split_pointer, walk

POD = {"spec": {"containers": [{"name": "worker", "env": []}, "no map", {"name": "proxy"}]}}


def test_every_value_is_visited_and_is_where_it_is_said_to_be() -> None:
    visited = dict(walk(POD))
    assert list(visited)[:3] == [(), ("spec",), ("spec", "containers")]
    assert visited[("spec", "containers", 0, "name")] == "worker"
    assert all(get(POD, path) == value for path, value in visited.items())


def test_a_star_stands_for_every_element() -> None:
    assert [container["name"] for container in find_maps(POD, ("spec", "containers", "*"))] == ["worker", "proxy"]
    assert list(find_maps(POD, ("spec", "volumes", "*", "configMap"))) == []


@given(st.lists(st.integers(0, 99) | st.text().filter(lambda part: not part.isdecimal())).map(tuple))
def test_a_pointer_leads_back_to_its_path(path: Path) -> None:
    assert split_pointer(join_pointer(path)) == path


@pytest.mark.parametrize("pointer", ["", "spec", "spec/replicas"])
def test_what_is_no_pointer_is_no_error(pointer: str) -> None:
    assert split_pointer(pointer) == tuple(pointer.split("/")[1:])
