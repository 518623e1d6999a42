"""Write a tree to folders, and remove files that are no longer in it.

Every new text is first written as a whole into a staging folder on the same file system, then moved into place. A full
disk or a missing right thus changes nothing, and a kill leaves whole files, some old and some new. Kustomizations come
last, as they list what daskgen made: after a kill, the next run still knows it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from daskgen.findings.problem import DiskError
from daskgen.outside.disk.look import Changes, compare, read_bytes
from daskgen.outside.disk.made import KUSTOMIZATION
from daskgen.outside.disk.trouble import explained

STAGING = ".daskgen-"

NOTE, NOTE_TEXT = "about.txt", b"Temporary files of daskgen. They can be deleted when it is not at work.\n"
"""Name and text of the file that marks a staging folder."""

WAIT = 10.0
"""Seconds to wait for another daskgen."""


def write(
    root: Path, tree: Mapping[str, str], rooms: Sequence[str], wait: float = WAIT, *, force: bool = False
) -> Changes:
    """Write the files of `tree`, and remove those in `rooms` that daskgen made and that are no longer in it.

    Returns the changes. Raises `DiskError` if a path is taken by something not made by daskgen, unless it is a file and
    `force` is set; if another daskgen runs for longer than `wait` seconds; and for errors of the system.
    """
    _check_paths(tree, rooms)
    with _lock(root, wait):
        _remove_leftovers(root)
        changes = compare(root, tree, rooms)
        if force and all((root / path).is_file() and not (root / path).is_symlink() for path in changes.foreign):
            changes = changes._replace(changed=tuple(sorted(changes.changed + changes.foreign)), foreign=())
        if changes.foreign:
            files = ", ".join(changes.foreign)
            raise DiskError(
                f"daskgen did not make {files}, where it renders files; move or delete them. Nothing was written."
            )
        if changes.any:
            _apply(root, tree, changes)
        return changes


def write_sources(root: Path, texts: Mapping[str, str], before: Mapping[str, bytes], wait: float = WAIT) -> None:
    """Replace files that people wrote, all of them or none.

    Raises `DiskError` if one of them is not what it was `before`, and as `write`.
    """
    with _lock(root, wait):
        _remove_leftovers(root)
        if edited := [path for path in texts if read_bytes(root, path) != before[path]]:
            raise DiskError(f"{', '.join(edited)} was edited meanwhile; try again. Nothing was written.")
        if texts:
            _apply(root, texts, Changes(changed=tuple(texts)))


def _check_paths(tree: Mapping[str, str], rooms: Sequence[str]) -> None:
    for path in tree:
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or "" in parts or (rooms and len(parts) < 2):
            raise ValueError(f"{path} is not a path in {', '.join(rooms)}")


@contextmanager
def _lock(root: Path, wait: float) -> Iterator[None]:
    """Lock the folder itself, which needs no lock file, and ends with the process."""
    with explained("nothing was written"):
        descriptor = os.open(root, os.O_RDONLY)
    end = time.monotonic() + wait
    try:
        while not _try_lock(descriptor):
            if time.monotonic() > end:
                raise DiskError(
                    "another daskgen is writing here; try again after it has finished. Nothing was written."
                )
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _apply(root: Path, tree: Mapping[str, str], changes: Changes) -> None:
    with explained("nothing was written"):
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=root))
    try:
        with explained("nothing was written"):
            (staging / NOTE).write_bytes(NOTE_TEXT)
            staged = {path: staging / str(index) for index, path in enumerate([*changes.missing, *changes.changed])}
            for path, file in staged.items():
                _stage(file, root / path, tree[path])
        done: list[str] = []
        with explained("some files were written; run it again to finish", done):
            for path in _order(changes):
                if path in staged:
                    (root / path).parent.mkdir(parents=True, exist_ok=True)
                    staged[path].replace(root / path)
                else:
                    (root / path).unlink(missing_ok=True)
                    _prune(root, path)
                done.append(path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _order(changes: Changes) -> list[str]:
    paths = [*changes.missing, *changes.changed, *changes.stale]
    return sorted(paths, key=lambda path: path.endswith(f"/{KUSTOMIZATION}"))


def _remove_leftovers(root: Path) -> None:
    """Remove staging folders of processes that were killed. The lock is held, so none of them is in use."""
    for folder in root.glob(f"{STAGING}*"):
        if not folder.is_symlink() and read_bytes(folder, NOTE) == NOTE_TEXT:
            shutil.rmtree(folder, ignore_errors=True)


def _stage(staged: Path, target: Path, text: str) -> None:
    # Without fsync: after a power failure the files can be rendered again, and syncing takes longer than rendering.
    staged.write_bytes(text.encode())
    with suppress(OSError):
        staged.chmod(target.stat().st_mode & 0o7777)


def _prune(root: Path, path: str) -> None:
    """Remove the folders around `path` that are empty now, except the room."""
    for parent in list(Path(path).parents)[:-2]:
        try:
            (root / parent).rmdir()
        except OSError:
            return
