"""What stands on disk, and how it differs from what ought to. Only reads."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from daskgen.outside.disk.trouble import explained

MARK = b"Made by daskgen"
"""Stands at the beginning of every file that daskgen makes; files without it are never touched."""

MARKED = 200


class Changes(NamedTuple):
    """How files on disk differ from a tree; paths relative to the root, sorted."""

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Made by daskgen, and not in the tree any more."""
    foreign: tuple[str, ...] = ()
    """In the tree's way, and not made by daskgen."""
    unchanged: int = 0

    @property
    def any(self) -> bool:
        """Whether there is something to do."""
        return bool(self.missing or self.changed or self.stale or self.foreign)


def compare(root: Path, tree: Mapping[str, str], rooms: Sequence[str]) -> Changes:
    """Look at what stands where `tree` is to stand, and in `rooms` for what is not in it any more. Only reads.

    Raises `DiskError` if something may not be read.
    """
    with explained("nothing was written"):
        return _compare(root, tree, rooms)


def _compare(root: Path, tree: Mapping[str, str], rooms: Sequence[str]) -> Changes:
    states: dict[str, list[str]] = {"missing": [], "changed": [], "foreign": [], "unchanged": []}
    for path, text in tree.items():
        states[_judge(root, path, text)].append(path)
    parents = {str(parent) for path in tree for parent in list(Path(path).parents)[:-1]}
    foreign = {*states["foreign"], *(path for path in parents if _is_no_folder(root / path))}
    found = (path for room in rooms for path in _walk(root, room))
    stale = [path for path in found if path not in tree and _is_ours(root / path)]
    missing, changed = sorted(states["missing"]), sorted(states["changed"])
    return Changes(
        tuple(missing), tuple(changed), tuple(sorted(stale)), tuple(sorted(foreign)), len(states["unchanged"])
    )


def find_made(root: Path, room: str, known: Container[str]) -> Iterator[str]:
    """Names of the folders in `room`, but for `known`, in which daskgen made anything. Raises `DiskError`."""
    if _is_no_folder(root / room) or not (root / room).exists():
        return
    with explained("nothing was written"):
        for folder in sorted((root / room).iterdir()):
            if folder.name not in known and any(_is_ours(root / path) for path in _walk(root, f"{room}/{folder.name}")):
                yield folder.name


def read_text(root: Path, path: str) -> str | None:
    """The text of a file as it stands, or None if there is none."""
    data = read_bytes(root, path)
    return None if data is None else data.decode("utf-8", errors="replace")


def read_bytes(root: Path, path: str) -> bytes | None:
    """What a file holds, or None if there is none."""
    try:
        return (root / path).read_bytes()
    except OSError:
        return None


def _judge(root: Path, path: str, text: str) -> str:
    file = root / path
    try:
        if file.is_symlink() or not file.is_file():
            return "foreign" if file.is_symlink() or file.exists() else "missing"
        data = file.read_bytes()
    except NotADirectoryError:
        return "missing"
    if data == text.encode():
        return "unchanged"
    return "changed" if MARK in data[:MARKED] else "foreign"


def _is_no_folder(path: Path) -> bool:
    return path.is_symlink() or (path.exists() and not path.is_dir())


def _is_ours(file: Path) -> bool:
    with suppress(OSError), file.open("rb") as opened:
        return MARK in opened.read(MARKED)
    return False


def _walk(root: Path, folder: str) -> Iterator[str]:
    """Regular files below a folder, by path from the root; links are not followed."""
    if _is_no_folder(root / folder) or not (root / folder).exists():
        return
    with os.scandir(root / folder) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root, path)
            elif entry.is_file(follow_symlinks=False):
                yield path
