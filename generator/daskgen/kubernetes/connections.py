"""Decide by NetworkPolicies whether one pod may connect to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.policies import NAMESPACE_NAME, find_directions, find_isolated, matches, selects
from daskgen.kubernetes.ports import Port


class Peer(NamedTuple):
    """The other end of a connection."""

    labels: Mapping[str, str] | None
    """None if they are not known: then every podSelector matches."""
    namespace: str
    is_near: bool = True
    """True in the namespace of the policies, which peers without a namespaceSelector mean."""


def admits(
    policies: Sequence[Object],
    direction: str,
    pod: Mapping[str, str],
    peer: Peer,
    port: Port,
    protocol: str = "TCP",
) -> bool:
    """Return whether policies admit connections of a pod in a direction; unknown cases count as admitted.

    `port` is that of the pod that is connected to, which is the peer for Egress.
    """
    if direction not in find_isolated(policies, pod):
        return True
    return any(
        _admits_peer(rule, direction, peer) and _admits_port(rule, port, protocol)
        for rule in _find_rules(policies, direction, pod)
    )


def _find_rules(policies: Sequence[Object], direction: str, pod: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for policy in policies:
        if selects(policy, pod) and direction in find_directions(policy):
            yield from (policy.get("spec") or {}).get(direction.lower()) or ()


def _admits_peer(rule: Mapping[str, Any], direction: str, peer: Peer) -> bool:
    entries = rule.get("from" if direction == "Ingress" else "to")
    return not entries or any(_matches_peer(entry, peer) for entry in entries)


def _matches_peer(entry: Mapping[str, Any], peer: Peer) -> bool:
    if "ipBlock" in entry:
        return True
    namespaces = entry.get("namespaceSelector")
    if namespaces is None and not peer.is_near:
        return False
    known = {NAMESPACE_NAME: peer.namespace}
    if namespaces and _find_keys(namespaces) <= known.keys() and not matches(namespaces, known):
        return False
    return peer.labels is None or matches(entry.get("podSelector") or {}, peer.labels)


def _find_keys(selector: Mapping[str, Any]) -> set[str]:
    return {
        *(selector.get("matchLabels") or {}),
        *(requirement["key"] for requirement in selector.get("matchExpressions") or ()),
    }


def _admits_port(rule: Mapping[str, Any], port: Port, protocol: str) -> bool:
    entries = rule.get("ports")
    return not entries or any(covers(entry, port, protocol) for entry in entries)


def covers(entry: Mapping[str, Any], port: Port, protocol: str = "TCP") -> bool:
    """Return whether an element of a rule's `ports` includes a port."""
    if entry.get("protocol", "TCP") != protocol:
        return False
    first = entry.get("port")
    if isinstance(first, int):
        return first <= port.number <= int(entry.get("endPort", first))
    return first in (None, port.name)
