"""Distinguish files that daskgen made from others, by two marks that nothing else writes.

A rendered file begins with a line that is exactly one of daskgen's. Then it may be replaced. It is removed only
if the outermost rendered kustomization of its folder lists it: a copy that a person keeps there stays. These lists
are part of what is rendered, so there is no further state to merge, and fleets of older versions have them, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from daskgen.outside.files import read_plain

HEADER = re.compile(
    rb"(?:<<<<<<< [^\n]*\n)?"  # a merge can begin with the first line
    rb"(?:# Made by daskgen(?:, the same | from )[^\r\n]+\.\r?(?:\n|\Z)"
    rb'|\{\r?\n  "daskgen": \{\r?\n    "\$comment": "Made by daskgen from [^"\r\n]+\."'
    rb'|\{\r?\n  "\$comment": "Made by daskgen\. Editors read it; see the first line of clusters/\*\.yaml\.")'
)
"""First line of each file that daskgen makes."""

KUSTOMIZATION = "kustomization.yaml"

ENTRY = re.compile(rb"^[ -]*(?:path: )?([^\s:]+)\r?$", re.MULTILINE)
"""A line of a kustomization that names a file, also between the marks of a merge."""

HEAD = 8192
"""Number of bytes that contain the first lines of a file."""


def is_made(head: bytes) -> bool:
    """Return whether a file with this beginning was made by daskgen."""
    return bool(HEADER.match(head))


class Ledger:
    """The files that rendered kustomizations in a folder list. Reads each of them once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._list = cache(self._read)

    def begins_as_made(self, path: str) -> bool:
        """Return whether a file has the first mark."""
        return is_made(self._head(path))

    def lists(self, path: str) -> bool:
        """Return whether a file has the second mark: the outermost rendered kustomization lists it or is it."""
        place = PurePosixPath(path)
        for folder in reversed(list(place.parents)[:-1]):
            if (listed := self._list(folder)) is not None:
                name = str(place.relative_to(folder))
                return name == KUSTOMIZATION or name in listed
        return False

    def _read(self, folder: PurePosixPath) -> frozenset[str] | None:
        """Read what the rendered kustomization of a folder lists; None if there is none."""
        try:
            data = read_plain(self.root / folder / KUSTOMIZATION)
        except OSError:
            return None
        return frozenset(_find_entries(data)) if is_made(data) else None

    def _head(self, path: str) -> bytes:
        try:
            return read_plain(self.root / path, HEAD)
        except OSError:
            return b""


def _find_entries(data: bytes) -> Iterator[str]:
    return (name.decode(errors="surrogateescape") for name in ENTRY.findall(data))
