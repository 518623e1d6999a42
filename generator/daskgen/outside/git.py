"""The fleet as it stands in a revision of its Git repository; nothing is checked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from daskgen.findings.problem import DaskgenError

if TYPE_CHECKING:
    from dulwich.objects import Commit
    from dulwich.repo import Repo

MAIN = ("origin/main", "origin/master", "main", "master")
"""What changes are compared with, the first there is; the branch on the server, as the local one may be behind."""


class GitError(DaskgenError):
    """The repository, or the revision asked for, is not there."""


class Revision(NamedTuple):
    """Files of a commit, by their paths from the fleet's folder."""

    name: str
    files: Mapping[str, bytes]


def read_revision(root: Path, revision: str | None, wanted: Iterable[str]) -> Revision:
    """Files and folders `wanted` of a commit: of `revision`, or of where this branch left the main one.

    Raises `GitError`.
    """
    from dulwich.errors import NotGitRepository  # noqa: PLC0415 - only `plan` reads revisions
    from dulwich.repo import Repo  # noqa: PLC0415 - as above

    try:
        repository = Repo.discover(str(root.resolve()))
    except NotGitRepository:
        raise GitError(f"{root.resolve()} is in no Git repository; `plan` compares with a revision") from None
    with repository:
        name, commit = _find(repository, revision) if revision else _find_fork(repository)
        prefix = root.resolve().relative_to(Path(repository.path).resolve()).as_posix()
        return Revision(name, _read(repository, commit, "" if prefix == "." else f"{prefix}/", wanted))


def _find(repository: Repo, revision: str) -> tuple[str, Commit]:
    from dulwich.objects import Commit  # noqa: PLC0415 - as above
    from dulwich.objectspec import parse_commit, parse_object  # noqa: PLC0415 - as above

    # One knows short hashes, the other ~ and ^.
    for parse in (parse_commit, parse_object):
        with suppress(KeyError, ValueError):
            found = parse(repository, revision)
            if isinstance(found, Commit):
                return revision, found
    raise GitError(f"there is no revision {revision} here; if it is on the server, fetch it first")


def _find_fork(repository: Repo) -> tuple[str, Commit]:
    from dulwich.graph import find_merge_base  # noqa: PLC0415 - as above
    from dulwich.objects import Commit  # noqa: PLC0415 - as above

    for name in MAIN:
        try:
            _, main = _find(repository, name)
        except GitError:
            continue
        found = find_merge_base(repository, [main.id, repository.head()])
        commit = repository[found[0]] if found else main
        assert isinstance(commit, Commit)  # noqa: S101 - what a merge base is
        return f"{name} ({commit.id.decode()[:8]})", commit
    raise GitError(f"there is none of {', '.join(MAIN)} to compare with; name a revision: --base REF")


def _read(repository: Repo, commit: Commit, prefix: str, wanted: Iterable[str]) -> dict[str, bytes]:
    roots = tuple(f"{prefix}{it}" for it in wanted)
    files = {}
    for entry in repository.object_store.iter_tree_contents(commit.tree):
        path = (entry.path or b"").decode(errors="surrogateescape")
        if path.startswith(roots):
            files[path.removeprefix(prefix)] = repository[entry.sha or b""].as_raw_string()
    return files
