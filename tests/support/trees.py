"""Trees of Git of any names and modes, made without the checks of those who usually make them."""

from __future__ import annotations

from pathlib import Path

from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

FILE, FOLDER, EXECUTABLE, LINK, SUBMODULE = 0o100644, 0o40000, 0o100755, 0o120000, 0o160000

Content = bytes | dict[bytes, tuple[int, "Content"]]


def commit(root: Path, content: Content) -> Path:
    """Make a repository with one commit on main, of a tree as it is given, however odd."""
    root.mkdir(exist_ok=True)
    with Repo.init(str(root), default_branch=b"main") as repository:
        made = Commit()
        made.tree = add(repository, content).id
        made.author = made.committer = b"A <a@example.com>"
        made.author_time = made.commit_time = made.author_timezone = made.commit_timezone = 0
        made.message = b"odd"
        repository.object_store.add_object(made)
        repository.refs[Ref(b"refs/heads/main")] = made.id
    return root


def add(repository: Repo, content: Content) -> Tree | Blob:
    if isinstance(content, bytes):
        made: Tree | Blob = Blob.from_string(content)
    else:
        made = Tree()
        for name, (mode, inner) in content.items():
            # Without `add`, which refuses some of the names that others write.
            made._entries[name] = (mode, add(repository, inner).id)
    repository.object_store.add_object(made)
    return made
