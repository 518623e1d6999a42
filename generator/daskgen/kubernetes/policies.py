"""Read NetworkPolicies: which pods they select, whom they admit, and on which ports.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Object
from daskgen.paths import Path

DIRECTIONS = ("Ingress", "Egress")

Span = tuple[int, int]
"""Addresses as numbers: the first one, and the one after the last."""

Block = tuple[str, tuple[str, ...]]
"""A range of addresses, and its excepted ranges."""

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""A label that every namespace has."""

STRANGER: Mapping[str, str] = {NAMESPACE_NAME: "a-namespace-that-nobody-has-named"}

PRIVATE = {
    4: ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    6: ("::/8", "fc00::/7", "fe80::/10"),
}
"""Addresses that are not routed on the internet: https://www.iana.org/assignments/iana-ipv4-special-registry/."""

RESERVED = {4: ("224.0.0.0/3",), 6: ("ff00::/8",)}
"""Addresses that no host has: multicast, and class E."""

LARGEST = {4: 1 << 24, 6: 1 << 112}
"""Largest number of public addresses of one organization: a /8 of IPv4, a /16 of IPv6."""


class Crowd(Enum):
    """Callers that are not restricted to chosen ones."""

    EVERYONE = "everyone"
    ADDRESSES = "addresses"
    PODS = "pods"


class Opening(NamedTuple):
    """A rule of a policy that admits a crowd: its path, whom it admits, and to which ports (none: to all)."""

    path: Path
    crowd: Crowd
    ports: Sequence[Mapping[str, Any]]


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether a label selector selects an object with these labels; an empty one selects every object."""
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_meets(requirement, labels) for requirement in selector.get("matchExpressions") or ())


def _meets(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = requirement["key"], requirement.get("values") or ()
    match requirement["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def selects(policy: Object, labels: Mapping[str, str]) -> bool:
    """Return whether a policy governs connections of the pods with these labels."""
    return matches((policy.get("spec") or {}).get("podSelector") or {}, labels)


def find_directions(policy: Object) -> Sequence[str]:
    """Return the directions that a policy governs, Ingress and Egress, with the API server's defaults."""
    spec = policy.get("spec") or {}
    return spec.get("policyTypes") or ("Ingress", *(["Egress"] if spec.get("egress") else []))


def find_isolated(policies: Iterable[Object], labels: Mapping[str, str]) -> set[str]:
    """Return the directions in which policies isolate the pods with these labels."""
    isolated: set[str] = set()
    for policy in policies:
        if len(isolated) < len(DIRECTIONS) and selects(policy, labels):
            isolated.update(find_directions(policy))
    return isolated


def find_openings(policy: Object) -> Iterator[Opening]:
    """Find the rules of a policy that admit callers without restricting them to chosen ones."""
    for index, rule in enumerate((policy.get("spec") or {}).get("ingress") or ()):
        path: Path = ("spec", "ingress", index)
        ports = rule.get("ports") or ()
        peers = rule.get("from")
        if not peers:
            yield Opening(path, Crowd.EVERYONE, ports)
            continue
        for place, peer in enumerate(peers):
            if _is_any_pod(peer):
                yield Opening((*path, "from", place), Crowd.PODS, ports)
        blocks = {place: _read_block(peer["ipBlock"]) for place, peer in enumerate(peers) if peer.get("ipBlock")}
        for version, most in LARGEST.items() if blocks else ():
            if count_public(tuple(blocks.values()), version) > most:
                widest = max(blocks, key=lambda place: count_public((blocks[place],), version))
                yield Opening((*path, "from", widest, "ipBlock", "cidr"), Crowd.ADDRESSES, ports)


def _is_any_pod(peer: Mapping[str, Any]) -> bool:
    namespaces = peer.get("namespaceSelector")
    return namespaces is not None and matches(namespaces, STRANGER) and matches(peer.get("podSelector") or {}, {})


def _read_block(block: Mapping[str, Any]) -> Block:
    return block["cidr"], tuple(block.get("except") or ())


@lru_cache(maxsize=1024)
def count_public(blocks: tuple[Block, ...], version: int) -> int:
    """Count the public addresses in blocks."""
    covered = [span for cidr, besides in blocks for span in _subtract(_read([cidr], version), _read(besides, version))]
    public = _subtract(covered, _read((*PRIVATE[version], *RESERVED[version]), version))
    return sum(end - start for start, end in _unite(public))


def _read(ranges: Iterable[str], version: int) -> list[Span]:
    networks = [network for network in map(_parse, ranges) if network and network.version == version]
    return [(int(network[0]), int(network[-1]) + 1) for network in networks]


def _parse(text: str) -> IPv4Network | IPv6Network | None:
    """Read a range of addresses. An invalid one admits nobody, and the API server refuses it."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    left = list(spans)
    for first, last in holes:
        parts = [part for start, end in left for part in ((start, min(end, first)), (max(start, last), end))]
        left = [(start, end) for start, end in parts if start < end]
    return left


def _unite(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united
