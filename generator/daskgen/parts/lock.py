"""Read a lock of pip: packages with their versions and the hashes of their files, as `--require-hashes` needs them.

https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

HASH = re.compile(r"--hash=sha(256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})")

COMMENT = re.compile(r"(^|\s+)#.*$")

LONGEST = 60
"""Longest line in a message, in characters."""


class Pin(NamedTuple):
    """A package with its version."""

    name: str
    """Normalized name, as package indexes compare it."""
    version: str


def read_pin(text: str) -> Pin | None:
    """Read `name[extra]==version`; None for other requirements."""
    try:
        package = Requirement(text)
    except InvalidRequirement:
        return None
    versions = [one.version for one in package.specifier if one.operator == "==" and "*" not in one.version]
    is_one = len(versions) == len(package.specifier) == 1 and not package.url
    return Pin(canonicalize_name(package.name), versions[0]) if is_one else None


def read_lock(text: str) -> list[Pin]:
    """Read a lock. Raises `ValueError`, which names the first line that is not a version of a package with hashes."""
    return [_read_line(number, line) for number, line in _join_lines(text)]


def _read_line(number: int, line: str) -> Pin:
    package, *hashes = re.split(r"\s+(?=--)", line)
    pin = read_pin(package)
    if not pin or not hashes or not all(map(HASH.fullmatch, hashes)):
        raise ValueError(f"line {number} is not name==version --hash=sha256:…: {line[:LONGEST]}")
    return pin


def _join_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join lines that end with a backslash, without comments; each with the number of its first line."""
    start, joined = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start if joined else number
        bare = COMMENT.sub("", line).strip()
        joined += bare.removesuffix("\\")
        if not bare.endswith("\\"):
            yield from _leave_out_empty(start, joined)
            joined = ""
    yield from _leave_out_empty(start, joined)


def _leave_out_empty(number: int, line: str) -> Iterator[tuple[int, str]]:
    if line.strip():
        yield number, line.strip()
