"""Makes folders look like a tree.

Every new text is first written as a whole into a staging folder on the same file system, then moved into place. A full
disk or a missing right thus changes nothing, and a kill leaves whole files, some old and some new.
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
from daskgen.outside.disk.look import Changes, compare
from daskgen.outside.disk.trouble import explained

STAGING = ".daskgen-"
WAIT = 10.0


def write(
    root: Path, tree: Mapping[str, str], rooms: Sequence[str], wait: float = WAIT, *, force: bool = False
) -> Changes:
    """Make the files of `tree`, and remove those in `rooms` that daskgen made and that are not in it any more.

    Returns what was done. Raises `DiskError` if something foreign is in the way, unless with `force` it is a file; if
    another daskgen is at work for longer than `wait` seconds, or if the system refuses; it says then what was written.
    """
    _check_paths(tree, rooms)
    with _lock(root, wait):
        for left in root.glob(f"{STAGING}*/"):
            # The lock is ours, so whoever left it is gone.
            shutil.rmtree(left, ignore_errors=True)
        changes = compare(root, tree, rooms)
        if force and all((root / path).is_file() and not (root / path).is_symlink() for path in changes.foreign):
            changes = changes._replace(changed=tuple(sorted(changes.changed + changes.foreign)), foreign=())
        if changes.foreign:
            files = ", ".join(changes.foreign)
            raise DiskError(f"in the way, and not made by daskgen: {files}; move it or delete it. Nothing was written.")
        if changes.any:
            _apply(root, tree, changes)
        return changes


def _check_paths(tree: Mapping[str, str], rooms: Sequence[str]) -> None:
    for path in tree:
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or "" in parts or len(parts) < 2:
            raise ValueError(f"{path} is no path inside {', '.join(rooms)}")


@contextmanager
def _lock(root: Path, wait: float) -> Iterator[None]:
    """Hold the folder itself locked; that leaves no file behind, and ends with the process."""
    with explained("nothing was written"):
        descriptor = os.open(root, os.O_RDONLY)
    end = time.monotonic() + wait
    try:
        while not _try_lock(descriptor):
            if time.monotonic() > end:
                raise DiskError("another daskgen is writing here; try again when it has ended. Nothing was written.")
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
    paths = [*changes.missing, *changes.changed]
    with explained("nothing was written"):
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=root))
    try:
        with explained("nothing was written"):
            for index, path in enumerate(paths):
                _stage(staging / str(index), root / path, tree[path])
        done: list[str] = []
        with explained("some files were written; run it again to finish", done):
            for index, path in enumerate(paths):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (staging / str(index)).replace(root / path)
                done.append(path)
            for path in changes.stale:
                (root / path).unlink(missing_ok=True)
                done.append(path)
                _prune(root, path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _stage(staged: Path, target: Path, text: str) -> None:
    # Not synced to the disk: after a power cut Git has the same bytes, and syncing costs more than rendering.
    staged.write_bytes(text.encode())
    with suppress(OSError):
        staged.chmod(target.stat().st_mode & 0o7777)


def _prune(root: Path, path: str) -> None:
    """Remove the folders that `path` leaves empty, but not the room."""
    for parent in list(Path(path).parents)[:-2]:
        try:
            (root / parent).rmdir()
        except OSError:
            return
