"""Check ranges of addresses, as the specs of NetworkPolicies and Services write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from daskgen.paths import Path

HINT = "write a range of addresses such as 10.0.0.0/8"


def parse_range(text: str) -> IPv4Network | IPv6Network | None:
    """Return the range that `text` names; None if it is not a range. Host bits are ignored, like in Kubernetes."""
    address, slash, length = text.partition("/")
    if not slash or not length.isdecimal() or "%" in address:
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def is_range(text: str) -> bool:
    """Return whether `text` is a range of addresses."""
    return parse_range(text) is not None


def is_address(text: str) -> bool:
    """Return whether `text` is the address of one host."""
    return "/" not in text and is_range(f"{text}/0")


def is_within(inner: str, outer: str) -> bool:
    """Return whether one range is a part of another, and smaller."""
    small, large = parse_range(inner), parse_range(outer)
    if isinstance(small, IPv4Network) and isinstance(large, IPv4Network):
        return small.subnet_of(large) and small != large
    if isinstance(small, IPv6Network) and isinstance(large, IPv6Network):
        return small.subnet_of(large) and small != large
    return False


def find_wrong(cidr: str, besides: Sequence[str]) -> Iterator[tuple[Path, str, str]]:
    """Find what a policy refuses in a block of addresses: the place in it, the fault, and what to write."""
    if not is_range(cidr):
        yield ("cidr",), f"must not be {cidr}", HINT
        return
    for index, text in enumerate(besides):
        if not is_range(text):
            yield ("except", index), f"must not be {text}", HINT
        elif not is_within(text, cidr):
            yield ("except", index), f"{text} is not part of {cidr}", "write smaller ranges inside cidr"
