"""Read the files of a fleet that people write from a folder or a Git revision, each of them once.

Every file and folder under clusters/ is read, refused with a problem, or listed as ignored. Links are not followed,
and files that could block, such as pipes, are not opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import splitext
from typing import NamedTuple, Protocol

from daskgen.findings.problem import Position, Problem, sort
from daskgen.yaml.dialect import LARGEST

FLEET_FILE, CLUSTERS = "daskgen.yaml", "clusters"

FILE, FOLDER, LINK = "a file", "a folder", "a symbolic link"

ENDING = ".yaml"

OTHER_ENDINGS = {".yaml", ".yml", ".json"}
"""Suffixes, in any case, of files that were most likely meant to be read."""

MOST = 250_000
"""Largest number of files and folders under clusters/, since a Git tree can contain a folder many times."""


@dataclass(frozen=True)
class Files(Mapping[str, bytes]):
    """Contents of daskgen.yaml and of the files of clusters, by path from the fleet's folder, with slashes."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """Entries that cannot be used: links, names that are not plain, files that are too large or not readable."""
    passed_over: tuple[str, ...] = ()
    """Paths of files that are not clusters: README.md, .gitkeep, backups of editors."""

    def __getitem__(self, path: str) -> bytes:
        return self.contents[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)

    @property
    def clusters(self) -> tuple[str, ...]:
        """Return the paths of the files of clusters, sorted."""
        return tuple(sorted(path for path in self.contents if path != FLEET_FILE))

    def refusals(self, path: str) -> tuple[Problem, ...]:
        """Return the reasons why `path` could not be read; none if it was, or does not exist."""
        return tuple(problem for problem in self.problems if problem.at.file == path)


class Node(Protocol):
    """A file, a folder, or another entry of a folder."""

    @property
    def kind(self) -> str:
        """Return its type with an article: FILE, FOLDER, LINK, or another."""

    def children(self) -> Iterable[tuple[str, Node]]:
        """List the entries of a folder. Raises `OSError`."""

    def read(self) -> bytes:
        """Read a file; at least `LARGEST` + 1 bytes of a long one. Raises `OSError`."""


class _Entry(NamedTuple):
    folder: str
    """Path of the folder, with a slash at its end; empty for the fleet's own."""
    name: str
    node: Node

    @property
    def path(self) -> str:
        return self.folder + self.name

    @property
    def kind(self) -> str:
        return self.node.kind


def collect(top: Node) -> Files:
    """Read daskgen.yaml and clusters/ of a folder. Raises `OSError` if the folder itself cannot be listed."""
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    passed_over: list[str] = []
    for entry in _walk(top, problems):
        if _is_passed_over(entry):
            passed_over.append(entry.path)
        elif problem := _refuse(entry):
            problems.append(problem)
        elif entry.kind == FILE:
            try:
                contents[entry.path] = entry.node.read()
            except OSError as error:
                problems.append(_report_unreadable(entry, error))
    problems += [_report_size(path) for path, data in contents.items() if len(data) > LARGEST]
    small = {path: data for path, data in sorted(contents.items()) if len(data) <= LARGEST}
    return Files(small, sort(problems), tuple(sorted(passed_over)))


def _walk(top: Node, problems: list[Problem]) -> Iterator[_Entry]:
    """Find all entries, except those in folders that are refused or ignored."""
    waiting = [_Entry("", name, node) for name, node in top.children() if name in {FLEET_FILE, CLUSTERS}]
    for _ in range(MOST):
        if not waiting:
            return
        entry = waiting.pop()
        yield entry
        if entry.kind == FOLDER and not _is_passed_over(entry) and not _refuse(entry):
            try:
                waiting += [_Entry(f"{entry.path}/", name, node) for name, node in entry.node.children()]
            except OSError as error:
                problems.append(_report_unreadable(entry, error))
    problems.append(Problem(Position(CLUSTERS), "DG016", f"holds more than {MOST} files and folders"))


def _is_passed_over(entry: _Entry) -> bool:
    if not entry.folder or _leads_elsewhere(entry.name):
        return False
    ending = splitext(entry.name)[1].lower()
    has_other_ending = ending not in OTHER_ENDINGS and (ending or entry.kind == FILE)
    return entry.name.startswith(".") or bool(entry.kind != FOLDER and has_other_ending)


def _refuse(entry: _Entry) -> Problem | None:
    at, name = Position(entry.path), entry.name
    if _leads_elsewhere(name) or not name.isprintable():
        hint = "rename it: letters, digits, - and _ are safe"
        return Problem(at, "DG014", "has a name with unprintable characters, or one that leads to another folder", hint)
    wanted = (FILE, FOLDER) if entry.folder else (FILE if name == FLEET_FILE else FOLDER,)
    if entry.kind not in wanted:
        hint = "put the file itself here: links are not followed" if entry.kind == LINK else ""
        return Problem(at, "DG013", f"is {entry.kind}, not {' or '.join(wanted)}", hint)
    if entry.kind == FILE and not name.endswith(ENDING):
        return Problem(at, "DG011", "is not read", "name it with the ending .yaml")
    return None


def _leads_elsewhere(name: str) -> bool:
    return name in {"", ".", ".."} or "/" in name


def _report_unreadable(entry: _Entry, error: OSError) -> Problem:
    return Problem(Position(entry.path), "DG010", f"cannot be read: {error.strerror or error}")


def _report_size(path: str) -> Problem:
    return Problem(Position(path), "DG009", f"has more than {LARGEST} bytes")


KINDS = (
    (stat.S_ISREG, FILE),
    (stat.S_ISDIR, FOLDER),
    (stat.S_ISLNK, LINK),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class OnDisk(NamedTuple):
    """An entry of a folder on disk."""

    path: Path | os.DirEntry[str]
    kind: str = FOLDER

    def children(self) -> Iterator[tuple[str, OnDisk]]:
        """List the entries of a folder. Raises `OSError`."""
        with os.scandir(self.path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            yield entry.name, OnDisk(entry, _find_kind(entry.stat(follow_symlinks=False).st_mode))

    def read(self) -> bytes:
        """Read a file, unless it is no longer a plain file. Raises `OSError`."""
        return read_plain(self.path, LARGEST + 1)


def _find_kind(mode: int) -> str:
    return next((kind for is_kind, kind in KINDS if is_kind(mode)), "a device")


def read_plain(path: str | Path | os.DirEntry[str], most: int = -1) -> bytes:
    """Read at most `most` bytes of a plain file. Raises `OSError` for other entries, and never blocks."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a plain file")
        return file.read(most)


def read_folder(root: Path) -> Files:
    """Read the fleet in a folder. A folder that does not exist has no files."""
    try:
        return collect(OnDisk(root))
    except FileNotFoundError:
        return Files()
    except OSError as error:
        return Files(problems=(Problem(Position(FLEET_FILE), "DG010", f"cannot be read: {error.strerror}"),))
