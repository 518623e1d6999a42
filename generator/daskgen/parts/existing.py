"""Describe a scheduler that workers join and that is not part of their cluster: its address, and who policies admit."""

from __future__ import annotations

import re
from typing import NamedTuple

from daskgen.kubernetes.addresses import is_address
from daskgen.parts.policies import Peer

SERVICE = re.compile(r"[a-z0-9-]+\.(?P<namespace>[a-z0-9-]+)\.svc(\..+)?")
"""The name of a Service of another namespace."""


class Existing(NamedTuple):
    """A scheduler that exists."""

    address: str
    host: str
    port: int
    peers: tuple[Peer, ...]
    """Where it is, as policies name it; empty if that is not known."""


def read_existing(address: str, peers: tuple[Peer, ...], namespace: str) -> Existing:
    """Read the address of a scheduler; `peers` are what the spec says of it, `namespace` is that of the workers."""
    host, _, port = address.partition("://")[2].rpartition(":")
    bare = host.strip("[]")
    return Existing(address, bare, int(port), peers or _find_peers(bare, namespace))


def _find_peers(host: str, namespace: str) -> tuple[Peer, ...]:
    """Find where a host is, if its name says it: an address, or a Service."""
    service = SERVICE.fullmatch(host)
    if is_address(host):
        return (Peer.model_validate({"cidr": f"{host}/{128 if ':' in host else 32}"}),)
    if service or "." not in host:
        return (Peer.model_validate({"namespace": service["namespace"] if service else namespace}),)
    return ()
