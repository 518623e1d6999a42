"""Makes folders look like a tree. The only place that writes.

Every new text is first written as a whole into a staging folder on the same file system, then moved into place. A full
disk or a missing right thus changes nothing, and a kill leaves whole files, some old and some new.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from daskgen.problems import DiskError

MARK = b"Made by daskgen"
"""Stands at the beginning of every file that daskgen makes; files without it are never touched."""

MARKED = 200
STAGING = ".daskgen-"
WAIT = 10.0

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.ENAMETOOLONG: "the name is too long",
}


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


@contextmanager
def lay_out(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="daskgen-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Path(folder)


def compare(root: Path, tree: Mapping[str, str], rooms: Sequence[str]) -> Changes:
    """Look at what stands where `tree` is to stand, and in `rooms` for what is not in it any more. Only reads.

    Raises `DiskError` if something may not be read.
    """
    with _explained("nothing was written"):
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


def keep_for_now(files: Mapping[str, str]) -> AbstractContextManager[Path]:
    """As `lay_out`, of texts."""
    return lay_out({name: text.encode() for name, text in files.items()})


def find_made(root: Path, room: str, known: Container[str]) -> Iterator[str]:
    """Names of the folders in `room`, but for `known`, in which daskgen made anything. Raises `DiskError`."""
    if _is_no_folder(root / room) or not (root / room).exists():
        return
    with _explained("nothing was written"):
        for folder in sorted((root / room).iterdir()):
            if folder.name not in known and any(_is_ours(root / path) for path in _walk(root, f"{room}/{folder.name}")):
                yield folder.name


def write_report(file: Path, text: str) -> None:
    """Put a text where somebody wants to have it, instead of whatever is there. Raises `DiskError`."""
    with _explained("the report was not written"):
        file.write_text(text, "utf-8")


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


def _check_paths(tree: Mapping[str, str], rooms: Sequence[str]) -> None:
    for path in tree:
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or "" in parts or len(parts) < 2:
            raise ValueError(f"{path} is no path inside {', '.join(rooms)}")


@contextmanager
def _lock(root: Path, wait: float) -> Iterator[None]:
    """Hold the folder itself locked; that leaves no file behind, and ends with the process."""
    with _explained("nothing was written"):
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
    with _explained("nothing was written"):
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=root))
    try:
        with _explained("nothing was written"):
            for index, path in enumerate(paths):
                _stage(staging / str(index), root / path, tree[path])
        done: list[str] = []
        with _explained("some files were written; run it again to finish", done):
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


@contextmanager
def _explained(state: str, done: Sequence[str] = ()) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        where = f"{error.filename}: " if error.filename else ""
        written = f" Written: {', '.join(done)}." if done else ""
        raise DiskError(f"{where}{reason}; {state}.{written}") from error
