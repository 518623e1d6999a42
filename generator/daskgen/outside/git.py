"""Read the Git repository of a fleet: its files at a revision, and how commits relate, without starting Git."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from daskgen.findings.problem import DaskgenError
from daskgen.outside.files import FILE, FOLDER, LINK, Files, collect

if TYPE_CHECKING:
    from dulwich.objects import Commit, ObjectID
    from dulwich.repo import Repo

MAIN = ("origin/main", "origin/master", "main", "master")
"""Branches to compare with; the first that exists is used. A local branch may be behind that on the server."""

SUBMODULE = 0o160000
"""https://git-scm.com/docs/git-fast-import#_filemodify lists the modes of entries."""


class GitError(DaskgenError):
    """The repository or the revision does not exist, or cannot be read."""


class Revision(NamedTuple):
    """The files of a fleet in a commit."""

    name: str
    files: Files


def read_revision(root: Path, revision: str | None) -> Revision:
    """Read the fleet in the folder `root` at `revision`; by default, at the commit where this branch left the main one.

    Raises `GitError`.
    """
    with _open(root.resolve()) as repository:
        name, commit = _find(repository, revision) if revision else _find_fork(repository)
        tree = _find_folder(repository, commit, root)
        return Revision(name, collect(tree) if tree else Files())


class Standing(NamedTuple):
    """How a commit relates to HEAD, the commit that is checked out."""

    head: str
    """The hash of HEAD."""
    known: bool
    """Whether the repository has the commit; if not, it may be on the server."""
    behind: int = 0
    """Number of commits of HEAD that it lacks."""
    ahead: int = 0
    """Number of its commits that HEAD lacks."""


class Checkout(NamedTuple):
    """What the repository of a fleet knows of the commits that are delivered from it."""

    standings: Mapping[str, Standing]
    """How each commit relates to HEAD."""
    folders: Mapping[str, Mapping[str, bytes]]
    """The files of folders at HEAD, by name; a folder that HEAD lacks is empty."""


def read_checkout(root: Path, commits: Iterable[str], folders: Iterable[str]) -> Checkout:
    """Relate commits to HEAD, and read folders of the fleet in `root` at HEAD. Raises `GitError`."""
    with _open(root.resolve()) as repository:
        _, head = _find(repository, "HEAD")
        top = _find_folder(repository, head, root)
        return Checkout(
            {commit: _relate(repository, head.id, commit) for commit in commits},
            {folder: _read_flat(_descend(top, folder.split("/")) if top else None) for folder in folders},
        )


def find_alike(root: Path, revision: str, contents: Mapping[str, bytes]) -> set[str]:
    """Find the files, by path from the folder `root`, that a revision has with just these contents.

    Compares the hashes by which Git names contents, and reads none. Raises `GitError`.
    """
    from dulwich.objects import Blob  # noqa: PLC0415 - as below

    with _open(root.resolve()) as repository:
        _, commit = _find(repository, revision)
        top = _find_folder(repository, commit, root)
        ids = dict(_list_files(top, {path.split("/")[0] for path in contents})) if top else {}
        return {
            path
            for path, data in contents.items()
            if path in ids and ids[path] == Blob.from_string(data).get_id(repository.object_format)
        }


def _list_files(folder: InTree, names: Collection[str] = (), inside: str = "") -> Iterator[tuple[str, ObjectID]]:
    """List the files below a folder, and the hashes of their contents; of its entries, only `names` if given."""
    for name, entry in folder.children():
        if entry.kind == FOLDER and (not names or name in names):
            yield from _list_files(entry, (), f"{inside}{name}/")
        elif entry.kind == FILE:
            yield f"{inside}{name}", entry.id


def _relate(repository: Repo, head: ObjectID, commit: str) -> Standing:
    from dulwich.objects import ObjectID  # noqa: PLC0415 - as below

    other = ObjectID(commit.encode())
    if other not in repository:
        return Standing(head.decode(), known=False)
    behind, ahead = _count(repository, head, other), _count(repository, other, head)
    return Standing(head.decode(), known=True, behind=behind, ahead=ahead)


def _count(repository: Repo, commit: ObjectID, without: ObjectID) -> int:
    """Count the commits that lead to one commit and not to another."""
    return sum(1 for _ in repository.get_walker(include=[commit], exclude=[without]))


def _read_flat(folder: InTree | None) -> dict[str, bytes]:
    """Read the files of a folder, without those of its folders."""
    return {name: entry.read() for name, entry in folder.children() if entry.kind == FILE} if folder else {}


@contextmanager
def _open(folder: Path) -> Iterator[Repo]:
    """Open the repository that a folder is in, and explain what cannot be read."""
    from dulwich import errors  # noqa: PLC0415 - few commands read revisions
    from dulwich.repo import InvalidWorktreeConfiguration, Repo, UnsupportedExtension, UnsupportedVersion  # noqa: PLC0415 - as above

    broken = (
        errors.ChecksumMismatch,
        errors.FileFormatException,
        errors.MissingCommitError,
        errors.ObjectMissing,
        errors.WrongObjectException,
        InvalidWorktreeConfiguration,
        UnsupportedExtension,
        UnsupportedVersion,
        OSError,
        ValueError,
    )
    try:
        with Repo.discover(str(folder)) as repository:
            if repository.bare:
                raise GitError(f"{folder} is in a bare Git repository; a working tree is needed")
            yield repository
    except errors.NotGitRepository:
        raise GitError(f"{folder} is not in a Git repository, so there is no revision to compare with") from None
    except KeyError as error:
        hint = "the clone may be shallow or partial: fetch the rest of it"
        raise GitError(f"{error} is missing in the Git repository of {folder}; {hint}") from error
    except broken as error:
        raise GitError(f"the Git repository of {folder} cannot be read: {type(error).__name__}: {error}") from error


def _find(repository: Repo, revision: str) -> tuple[str, Commit]:
    from dulwich.objects import Commit  # noqa: PLC0415 - as above
    from dulwich.objectspec import parse_commit, parse_object  # noqa: PLC0415 - as above

    # The first supports short hashes, the second ~ and ^.
    for parse in (parse_commit, parse_object):
        with suppress(KeyError, ValueError, NotImplementedError):
            found = parse(repository, revision.encode(errors="surrogateescape"))
            if isinstance(found, Commit):
                return revision, found
    raise GitError(f"the repository has no revision {revision}; if it is on the server, fetch it first")


def _find_fork(repository: Repo) -> tuple[str, Commit]:
    for name in MAIN:
        try:
            _, main = _find(repository, name)
        except GitError:
            continue
        commit = _find_common(repository, main)
        return f"{name} ({commit.id.decode()[:8]})", commit
    raise GitError(f"the repository has none of {', '.join(MAIN)} to compare with; name a revision: --base REF")


def _find_common(repository: Repo, main: Commit) -> Commit:
    """Find the last common commit of this branch and the main one; the latter's own if there is none."""
    from dulwich.graph import find_merge_base  # noqa: PLC0415 - as above
    from dulwich.objects import Commit  # noqa: PLC0415 - as above

    try:
        head = repository.head()
    except KeyError:  # a branch without a commit
        return main
    found = find_merge_base(repository, [main.id, head])
    if not found and repository.get_shallow():
        hint = "fetch the rest: git fetch --unshallow; or name a revision: --base REF"
        raise GitError(
            f"the clone is shallow and does not contain the commit where this branch left the main one; {hint}"
        )
    commit = repository[found[0]] if found else main
    assert isinstance(commit, Commit)  # noqa: S101 - what a merge base is
    return commit


class InTree(NamedTuple):
    """An entry of a tree of Git."""

    repository: Repo
    kind: str
    id: ObjectID

    def children(self) -> Iterator[tuple[str, InTree]]:
        """List a tree. Names are as written in it, and can be anything."""
        from dulwich.objects import Tree  # noqa: PLC0415 - as above

        tree = self.repository[self.id]
        for entry in tree.items() if isinstance(tree, Tree) else ():
            name = (entry.path or b"").decode(errors="surrogateescape")
            yield name, InTree(self.repository, _find_kind(entry.mode or 0), entry.sha)

    def read(self) -> bytes:
        """Read a file."""
        return self.repository[self.id].as_raw_string()


def _find_kind(mode: int) -> str:
    if mode == SUBMODULE:
        return "a submodule"
    if stat.S_ISLNK(mode):
        return LINK
    return FOLDER if stat.S_ISDIR(mode) else FILE


def _find_folder(repository: Repo, commit: Commit, root: Path) -> InTree | None:
    """Find the folder `root` of the working tree in a commit; None if there is none."""
    prefix = root.resolve().relative_to(Path(repository.path).resolve())
    return _descend(InTree(repository, FOLDER, commit.tree), prefix.parts)


def _descend(tree: InTree, parts: Iterable[str]) -> InTree | None:
    """Find a folder in a tree; None if there is none."""
    for part in parts:
        found = dict(tree.children()).get(part)
        if not found or found.kind != FOLDER:
            return None
        tree = found
    return tree
