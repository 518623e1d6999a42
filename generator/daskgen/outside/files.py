"""Read the files of a fleet that people write, once, from a folder or from a Git revision.

Every file and folder under clusters/ is read, refused with a problem, or listed as passed over. Links are not followed,
and nothing that could block is opened.
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
"""In any case. A file that ends so was most likely meant to be read."""

MOST = 100_000
"""Files and folders under clusters/. A tree of Git can hold the same folder again and again."""


@dataclass(frozen=True)
class Files(Mapping[str, bytes]):
    """Contents of daskgen.yaml and of the files of clusters, by path from the fleet's folder, with slashes."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """What cannot be used: a link, a name that is not plain, a file that is too large or may not be read."""
    passed_over: tuple[str, ...] = ()
    """Paths of what does not look like a cluster: README.md, .gitkeep, backups of editors."""

    def __getitem__(self, path: str) -> bytes:
        return self.contents[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)

    @property
    def clusters(self) -> tuple[str, ...]:
        """Paths of the files of clusters, sorted."""
        return tuple(sorted(path for path in self.contents if path != FLEET_FILE))

    def refusals(self, path: str) -> tuple[Problem, ...]:
        """Return the reasons why `path` could not be read; none if it was, or is not there."""
        return tuple(problem for problem in self.problems if problem.at.file == path)


class Node(Protocol):
    """A file, a folder, or something else that has a name."""

    @property
    def kind(self) -> str:
        """Say what it is, with its article: FILE, FOLDER, LINK, or something else."""

    def children(self) -> Iterable[tuple[str, Node]]:
        """List what is in a folder. Raises `OSError`."""

    def read(self) -> bytes:
        """Read a file, and of a long one at least `LARGEST` + 1 bytes. Raises `OSError`."""


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
    """Find all entries, but nothing in folders that are refused or passed over."""
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
        return Problem(at, "DG014", "has a name that cannot be shown, or that leads to another folder", hint)
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
    """A file, a folder or something else on disk."""

    path: Path | os.DirEntry[str]
    kind: str = FOLDER

    def children(self) -> Iterator[tuple[str, OnDisk]]:
        """List what is in a folder. Raises `OSError`."""
        with os.scandir(self.path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            yield entry.name, OnDisk(entry, _find_kind(entry.stat(follow_symlinks=False).st_mode))

    def read(self) -> bytes:
        """Read a file, unless it has become something else. Raises `OSError`."""
        return read_plain(self.path, LARGEST + 1)


def _find_kind(mode: int) -> str:
    return next((kind for is_kind, kind in KINDS if is_kind(mode)), "a device")


def read_plain(path: Path | os.DirEntry[str], most: int = -1) -> bytes:
    """Read a plain file, and no more than `most` bytes. Raises `OSError` for all else, and never waits."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a plain file")
        return file.read(most)


def read_folder(root: Path) -> Files:
    """Read the fleet in a folder. A folder that is not there has no files."""
    try:
        return collect(OnDisk(root))
    except FileNotFoundError:
        return Files()
    except OSError as error:
        return Files(problems=(Problem(Position(FLEET_FILE), "DG010", f"cannot be read: {error.strerror}"),))
