"""How NetworkPolicies are read: selectors, directions, and how many public addresses ranges hold."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.kubernetes.policies import Crowd, count_public, find_isolated, find_openings, matches


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"matchLabels": {"app": "dask"}}, True),
        ({"matchLabels": {"app": "other"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["dask", "ray"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["dask"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["a"]}]}, True),
    ],
)
def test_a_selector_matches_labels(selector: Any, selected: bool) -> None:
    assert matches(selector, {"app": "dask"}) is selected


@pytest.mark.parametrize(
    ("spec", "directions"),
    [
        (None, {"Ingress"}),
        ({"podSelector": {}}, {"Ingress"}),
        ({"podSelector": {}, "egress": [{}]}, {"Ingress", "Egress"}),
        ({"podSelector": {}, "policyTypes": []}, {"Ingress"}),
        ({"podSelector": {}, "policyTypes": ["Egress"]}, {"Egress"}),
        ({"podSelector": {"matchLabels": {"app": "other"}}}, set()),
    ],
)
def test_a_policy_isolates_the_pods_that_it_selects(spec: Any, directions: set[str]) -> None:
    assert find_isolated([{"kind": "NetworkPolicy", "spec": spec}], {"app": "dask"}) == directions


@pytest.mark.parametrize(
    ("ranges", "count"),
    [
        ([("10.0.0.0/8", ())], 0),
        ([("8.8.8.0/24", ())], 256),
        ([("8.8.8.0/24", ("8.8.8.128/25",))], 128),
        ([("8.8.8.0/24", ()), ("8.8.8.0/25", ())], 256),
        ([("8.8.8.8/24", ())], 256),
        ([("999.0.0.0/8", ())], 0),
        ([("2001:db8::/32", ())], 0),
    ],
)
def test_public_addresses_are_counted_once(ranges: Any, count: int) -> None:
    assert count_public(tuple(ranges), 4) == count


def test_an_opening_says_where_it_is_and_for_whom() -> None:
    peers: list[Any] = [{"podSelector": {}}, {"namespaceSelector": {}}]
    rules = [{"from": peers[:1]}, {"from": peers, "ports": [{"port": 1}]}, {}]
    found = list(find_openings({"kind": "NetworkPolicy", "spec": {"podSelector": {}, "ingress": rules}}))
    assert [(opening.path, opening.crowd, list(opening.ports)) for opening in found] == [
        (("spec", "ingress", 1, "from", 1), Crowd.PODS, [{"port": 1}]),
        (("spec", "ingress", 2), Crowd.EVERYONE, []),
    ]
