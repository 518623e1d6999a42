"""Find what must be unique in a Kubernetes cluster, and the objects that claim it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from daskgen.kubernetes.objects import Object, key_of
from daskgen.paths import find_maps, get


class Unique(NamedTuple):
    """A kind of thing that only one cluster can have, such as a node port."""

    title: str
    code: str = "DG209"
    """Code of the finding that two clusters of a fleet claim the same."""


NODE_PORT = Unique("node port", "DG202")
"""The API server refuses a Service whose node port another has."""

HOST_AND_PATH = Unique("host and path", "DG203")
"""Ingress controllers and routers refuse the second one, or serve either of them."""


@cache
def names_of(kind: str) -> Unique:
    """Return what is unique about objects of a kind: their names within a namespace."""
    return Unique(kind)


class Claim(NamedTuple):
    """A unique thing, and the object that claims it."""

    unique: Unique
    value: str
    kind: str
    name: str


def find_claims(objects: Iterable[Object]) -> Iterator[Claim]:
    """Find the node ports, and the hosts with their paths, that objects claim."""
    for body in objects:
        kind = body["kind"]
        if kind == "Service":
            ports = (port.get("nodePort") for port in find_maps(body, ("spec", "ports", "*")))
            yield from (Claim(NODE_PORT, str(port), *key_of(body)) for port in ports if port)
        elif kind == "Ingress":
            yield from (Claim(HOST_AND_PATH, value, *key_of(body)) for value in _find_rules(body))
        elif kind == "Route":
            host, path = (get(body, ("spec", field)) for field in ("host", "path"))
            yield from [Claim(HOST_AND_PATH, f"{host}{path or '/'}", *key_of(body))] if host else []
        elif kind == "HTTPRoute":
            yield from (Claim(HOST_AND_PATH, value, *key_of(body)) for value in _find_matches(body))


def _find_rules(body: Object) -> Iterator[str]:
    for rule in find_maps(body, ("spec", "rules", "*")):
        for path in find_maps(rule, ("http", "paths", "*")):
            yield f"{rule.get('host', '')}{path.get('path') or '/'}"


def _find_matches(body: Object) -> Iterator[str]:
    for host in get(body, ("spec", "hostnames")) or ():
        for match in find_maps(body, ("spec", "rules", "*", "matches", "*")):
            yield f"{host}{get(match, ('path', 'value')) or '/'}"
