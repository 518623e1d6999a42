"""What the API server refuses is found before it: by the schema of the kind, or where fields do not fit each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.kubernetes.addresses import is_range, is_within
from daskgen.kubernetes.schema import find_faults, find_faults_in_part
from daskgen.kubernetes.validation import find_refused, is_plain
from daskgen.paths import Path
from support.refused import (
    ACCEPTED,
    CLAIM,
    DEPLOYMENT,
    FITTING,
    MORE_FITTING,
    MORE_SCHEMA,
    POLICY,
    SCHEMA,
    SERVICE,
    USELESS,
    put,
)


@pytest.mark.parametrize("body", [CLAIM, DEPLOYMENT, SERVICE, POLICY], ids=lambda body: body["kind"])
def test_what_is_right_has_no_faults(body: Any) -> None:
    assert find_faults(body, "1.34") == []
    assert list(find_refused(body)) == []


@pytest.mark.parametrize(("body", "path", "value", "wrong"), [*SCHEMA, *MORE_SCHEMA, *USELESS])
def test_the_schema_refuses(body: Any, path: Path, value: Any, wrong: Path) -> None:
    assert {fault.path for fault in find_faults(put(body, path, value), "1.34")} == {wrong}


@pytest.mark.parametrize(("body", "path", "value", "wrong"), [*FITTING, *MORE_FITTING])
def test_fields_have_to_fit_each_other(body: Any, path: Path, value: Any, wrong: Path) -> None:
    changed = put(body, path, value)
    assert find_faults(changed, "1.34") == []
    assert {fault.path for fault in find_refused(changed)} == {wrong}


@pytest.mark.parametrize(("body", "path", "value"), ACCEPTED)
def test_what_is_just_inside_a_bound_has_no_faults(body: Any, path: Path, value: Any) -> None:
    changed = put(body, path, value)
    assert find_faults(changed, "1.34") == []
    assert list(find_refused(changed)) == []


def test_faults_say_what_to_write() -> None:
    (fault,) = find_faults_in_part({"nodeAfinity": {}}, "Affinity")
    assert (fault.key, fault.hint) == (True, "did you mean nodeAffinity?")
    (fault,) = find_faults_in_part({"key": 1}, "Toleration")
    assert (fault.message, fault.hint) == ("must be text, not the number 1", "quote it")
    (fault,) = find_faults_in_part({"podAffinity": "x"}, "Affinity")
    assert fault.message == "must be a map, not the text x"


@pytest.mark.parametrize("text", ["10.0.0.0/8", "10.1.2.3/8", "fd00::/8", "::/0"])
def test_ranges_of_addresses(text: str) -> None:
    assert is_range(text)


@pytest.mark.parametrize("text", ["10.0.0.0", "999.0.0.0/8", "10.0.0.0/33", "fe80::1%eth0/64", "/8", "10.0.0.0/-1", ""])
def test_what_is_no_range_of_addresses(text: str) -> None:
    assert not is_range(text)


@given(st.integers(0, 32), st.integers(0, 32))
def test_a_range_holds_those_that_are_smaller(outer: int, inner: int) -> None:
    assert is_within(f"10.0.0.0/{inner}", f"10.0.0.0/{outer}") == (inner > outer)
    assert not is_within(f"fd00::/{inner}", f"10.0.0.0/{outer}")


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/", True),
        ("/dask/", True),
        ("/a/../b", False),
        ("/a//b", False),
        ("a", False),
        ("/.", False),
        ("/a%2Fb", False),
    ],
)
def test_paths_that_an_ingress_takes(path: str, plain: bool) -> None:
    assert is_plain(path) is plain
