"""Compare the files on disk with a tree. Only reads."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from daskgen.outside.disk.made import Ledger, is_made
from daskgen.outside.disk.trouble import explained
from daskgen.outside.files import read_plain


class Changes(NamedTuple):
    """Differences of files on disk from a tree; paths relative to the root, sorted."""

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Files made by daskgen that are no longer in the tree."""
    foreign: tuple[str, ...] = ()
    """Files not made by daskgen at paths of the tree."""
    unchanged: int = 0
    left: tuple[str, ...] = ()
    """Files that begin like those of daskgen but are in no rendered kustomization: copies, which are not removed."""

    @property
    def any(self) -> bool:
        """Return whether there are differences."""
        return bool(self.missing or self.changed or self.stale or self.foreign)


def compare(root: Path, tree: Mapping[str, str], rooms: Sequence[str]) -> Changes:
    """Compare the files of `tree` with those on disk, and find files in `rooms` that are no longer in `tree`.

    Raises `DiskError` if a file cannot be read.
    """
    with explained("nothing was written"):
        return _compare(root, tree, rooms)


def _compare(root: Path, tree: Mapping[str, str], rooms: Sequence[str]) -> Changes:
    states: dict[str, list[str]] = {"missing": [], "changed": [], "foreign": [], "unchanged": []}
    for path, text in tree.items():
        states[_find_state(f"{root}/{path}", text)].append(path)
    foreign = {*states["foreign"], *(path for path in _find_folders(tree) if _is_no_folder(root / path))}
    ledger = Ledger(root)
    found = (path for room in rooms for path in _walk(root, room))
    extra = sorted(path for path in found if path not in tree and ledger.begins_as_made(path))
    stale = tuple(filter(ledger.lists, extra))
    return Changes(
        missing=tuple(sorted(states["missing"])),
        changed=tuple(sorted(states["changed"])),
        stale=stale,
        foreign=tuple(sorted(foreign)),
        unchanged=len(states["unchanged"]),
        left=tuple(path for path in extra if path not in stale),
    )


def find_made(root: Path, room: str, known: Container[str]) -> Iterator[str]:
    """Find the folders in `room`, except `known`, in which daskgen made anything. Raises `DiskError`."""
    if _is_no_folder(root / room) or not (root / room).exists():
        return
    ledger = Ledger(root)
    with explained("nothing was written"):
        for folder in sorted((root / room).iterdir()):
            paths = _walk(root, f"{room}/{folder.name}") if folder.name not in known else ()
            if any(ledger.begins_as_made(path) and ledger.lists(path) for path in paths):
                yield folder.name


def read_text(root: Path, path: str) -> str | None:
    """Read the text of a file; None unless it is a plain file."""
    data = read_bytes(root, path)
    return None if data is None else data.decode("utf-8", errors="replace")


def read_bytes(root: Path, path: str) -> bytes | None:
    """Read a file; None unless it is a plain file."""
    try:
        return read_plain(root / path)
    except OSError:
        return None


def _find_folders(paths: Iterable[str]) -> set[str]:
    """Find the folders that files are in, and those around them."""
    folders: set[str] = set()
    for path in paths:
        while (path := path.rpartition("/")[0]) and path not in folders:
            folders.add(path)
    return folders


def _find_state(file: str, text: str) -> str:
    try:
        data = read_plain(file)
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except OSError:
        if _is_plain(file):
            raise
        return "foreign"
    if data == text.encode():
        return "unchanged"
    return "changed" if is_made(data) else "foreign"


def _is_plain(file: str) -> bool:
    return Path(file).is_file() and not Path(file).is_symlink()


def _is_no_folder(path: Path) -> bool:
    return path.is_symlink() or (path.exists() and not path.is_dir())


def _walk(root: Path, folder: str) -> Iterator[str]:
    """Find the plain files below a folder, by path from the root; links are not followed."""
    if _is_no_folder(root / folder) or not (root / folder).exists():
        return
    with os.scandir(root / folder) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root, path)
            elif entry.is_file(follow_symlinks=False):
                yield path
