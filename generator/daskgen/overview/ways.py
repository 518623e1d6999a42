"""Find who reaches whom around a cluster: what its NetworkPolicies allow, patches included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from daskgen.kubernetes.kinds import POD_KINDS
from daskgen.kubernetes.labels import COMPONENT, INSTANCE, NAME, NOTEBOOK
from daskgen.kubernetes.objects import Resource
from daskgen.kubernetes.policies import NAMESPACE_NAME, find_isolated, matches, selects
from daskgen.paths import Path, format_path
from daskgen.plan.reach import EVERYONE
from daskgen.rules import Template, find_templates

EVERYWHERE = "everywhere"
DNS = "DNS"


Direction = Literal["in", "out", "within"]
"""Into the cluster, out of it, or between two of its parts."""


class Way(NamedTuple):
    """Connections that policies allow from one end to another."""

    source: str
    """The part of the cluster, or what stands for callers: a policy's name, or the field of an address in the spec."""
    target: str
    """The part of the cluster, or the pods or addresses that are called."""
    ports: str = ""
    """The ports, in words; "" means all."""
    direction: Direction = "in"
    notes: tuple[str, ...] = ()
    """The pods or addresses that the end outside of the cluster stands for."""


class Part(NamedTuple):
    """Pods of a cluster that policies treat alike."""

    title: str
    labels: Mapping[str, str]


def find_pods(resources: Iterable[Resource], cluster: str) -> list[Template]:
    """Find the templates of the pods of a cluster."""
    return list(find_templates([resource for resource in resources if resource.kind in POD_KINDS], cluster))


def find_parts(templates: Iterable[Template]) -> list[Part]:
    """Find the parts of a cluster: its scheduler, its workers, and what else has pods."""
    parts: dict[str, Part] = {}
    for template in templates:
        labels = {key: value for key, value in template.labels.items() if key != INSTANCE}
        title = labels.get(NOTEBOOK) or labels.get(COMPONENT, template.resource.key[1])
        parts.setdefault(title, Part(title, labels))
    return list(parts.values())


def find_ways(resources: Sequence[Resource], parts: Sequence[Part], exposed: Collection[Path]) -> tuple[Way, ...]:
    """Find the ways to, from and between the parts of a cluster; `exposed` are fields of the spec with addresses.

    Nothing in them names the cluster or its namespace, so that many clusters of a fleet have equal ones.
    """
    policies = [resource for resource in resources if resource.kind == "NetworkPolicy"]
    bodies = [policy.body for policy in policies]
    ways: dict[tuple[str, str, Direction], list[Way]] = defaultdict(list)
    for part in parts:
        isolated = find_isolated(bodies, part.labels)
        found = [*_find_open(part, isolated)]
        for policy in policies:
            if selects(policy.body, part.labels):
                found += _follow(policy, part, parts, exposed)
        for way in found:
            ways[way.source, way.target, way.direction].append(way)
    return tuple(_unite(same) for same in ways.values())


def _find_open(part: Part, isolated: set[str]) -> Iterator[Way]:
    """Find the ways that no policy limits."""
    if "Ingress" not in isolated:
        yield Way(EVERYONE, part.title)
    if "Egress" not in isolated:
        yield Way(part.title, EVERYWHERE, direction="out")


def _follow(policy: Resource, part: Part, parts: Sequence[Part], exposed: Collection[Path]) -> Iterator[Way]:
    spec = policy.body.get("spec") or {}
    for rule in spec.get("ingress") or ():
        ports, near, far = _read(rule, "from", parts)
        yield from (Way(other, part.title, ports, "within") for other in near)
        if far:
            title = format_path(policy.origin) if policy.origin in exposed else policy.key[1].removeprefix("admit-")
            yield Way(title, part.title, ports, notes=tuple(far))
    for rule in spec.get("egress") or ():
        ports, near, far = _read(rule, "to", parts)
        yield from (Way(part.title, other, ports, "within") for other in near)
        for note in far:
            is_dns = policy.key[1] == "default-deny"
            yield Way(part.title, DNS if is_dns else note, ports, "out", (note,) if is_dns else ())


def _read(rule: Mapping[str, Any], side: str, parts: Sequence[Part]) -> tuple[str, list[str], list[str]]:
    """Return the ports of a rule, the parts of the cluster that it names, and all else that it names."""
    ports = ", ".join(dict.fromkeys(map(_name_port, rule.get("ports") or ())))
    peers = rule.get(side) or ()
    own = [peer for peer in peers if _is_own(peer)]
    near = [part.title for part in parts if any(matches(peer["podSelector"], part.labels) for peer in own)]
    far = [name_peer(peer) for peer in peers if not _is_own(peer)]
    nobody = EVERYONE if side == "from" else EVERYWHERE
    return ports, near, far if peers else [nobody]


def _is_own(peer: Mapping[str, Any]) -> bool:
    return NAME in ((peer.get("podSelector") or {}).get("matchLabels") or {}) and "namespaceSelector" not in peer


def _name_port(port: Mapping[str, Any]) -> str:
    first, last = port.get("port", "all"), port.get("endPort")
    return f"{first}-{last}" if last else str(first)


def name_peer(peer: Mapping[str, Any]) -> str:
    """Name the peer of a policy."""
    if block := peer.get("ipBlock"):
        besides = ", ".join(block.get("except") or ())
        return f"addresses {block['cidr']}" + (f" without {besides}" if besides else "")
    pods = _name_selector(peer.get("podSelector") or {})
    return f"pods of {_name_namespaces(peer)}" + (f" labelled {pods}" if pods else "")


def _name_namespaces(peer: Mapping[str, Any]) -> str:
    selector = peer.get("namespaceSelector")
    if selector is None:
        return "its namespace"
    labels = _name_selector(selector)
    if not labels:
        return "any namespace"
    named = labels.removeprefix(f"{NAMESPACE_NAME}=")
    return f"namespace {named}" if named != labels and "," not in named else f"namespaces labelled {labels}"


def _name_selector(selector: Mapping[str, Any]) -> str:
    wanted = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    return ",".join([*wanted, *map(_name_requirement, selector.get("matchExpressions") or ())])


def _name_requirement(requirement: Mapping[str, Any]) -> str:
    key, values = str(requirement["key"]), "|".join(requirement.get("values") or ())
    names: dict[str, str] = {
        "In": f"{key}={values}",
        "NotIn": f"{key}≠{values}",
        "Exists": key,
        "DoesNotExist": f"no {key}",
    }
    return names.get(requirement["operator"], key)


def _unite(ways: Sequence[Way]) -> Way:
    """Make one way of several between the same ends."""
    ports = "" if any(not way.ports for way in ways) else ", ".join(dict.fromkeys(way.ports for way in ways))
    notes = tuple(dict.fromkeys(note for way in ways for note in way.notes))
    return ways[0]._replace(ports=_sort_ports(ports), notes=notes)


def _sort_ports(ports: str) -> str:
    return ", ".join(sorted(set(ports.split(", "))))
