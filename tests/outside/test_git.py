"""Revisions are read from whatever repository there is, and what cannot be read is said."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import pytest

from daskgen.outside.files import Files
from daskgen.outside.git import GitError, Revision, find_alike, read_revision
from support.revisions import git

CONTENT = {"clusters/prod.yaml": b"a: 1\n", "daskgen.yaml": b"b: 1\n"}


def make(root: Path, *options: str) -> Path:
    """Make a repository with two commits on main; the fleet is in the first."""
    root.mkdir(exist_ok=True)
    git(root, "init", "-q", "-b", "main", *options)
    (root / "clusters").mkdir()
    for path, data in CONTENT.items():
        (root / path).write_bytes(data)
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "clusters/prod.yaml").write_bytes(b"a: 2\n")
    git(root, "commit", "-qam", "second")
    return root


def read(root: Path, revision: str | None) -> dict[str, bytes]:
    return dict(read_revision(root, revision).files)


@pytest.mark.parametrize("options", [[], ["--object-format=sha256"]])
@pytest.mark.parametrize("packed", [False, True])
def test_any_object_format_loose_or_packed(tmp_path: Path, options: list[str], packed: bool) -> None:
    root = make(tmp_path, *options)
    git(root, "tag", "-a", "v1", "-m", "v1", "HEAD~1")
    git(root, "branch", "größe", "HEAD~1")
    if packed:
        git(root, "gc", "-q")
        git(root, "pack-refs", "--all")
    first = git(root, "rev-parse", "HEAD~1")
    for revision in ("HEAD~1", "main~1", "HEAD^", "v1", "größe", first, first[:10]):
        assert read(root, revision) == CONTENT, revision


@pytest.mark.parametrize("options", [[], ["--object-format=sha256"]])
def test_files_that_a_revision_has_alike(tmp_path: Path, options: list[str]) -> None:
    root = make(tmp_path, *options)
    now = {**CONTENT, "clusters/new.yaml": b"c: 1\n", "clusters/": b""}
    assert find_alike(root, "HEAD~1", now) == {"clusters/prod.yaml", "daskgen.yaml"}
    assert find_alike(root, "HEAD", now) == {"daskgen.yaml"}
    assert find_alike(root / "clusters", "HEAD", {"prod.yaml": b"a: 2\n", "daskgen.yaml": b"b: 1\n"}) == {"prod.yaml"}
    with pytest.raises(GitError, match="no revision v9"):
        find_alike(root, "v9", now)


def test_a_worktree_and_a_folder_of_it(tmp_path: Path) -> None:
    root = make(tmp_path / "main")
    git(root, "worktree", "add", "-q", "-b", "mine", "../tree", "HEAD~1")
    assert read(tmp_path / "tree", "HEAD") == CONTENT
    assert read(tmp_path / "tree", "main")["clusters/prod.yaml"] == b"a: 2\n"
    assert read(tmp_path / "tree/clusters", "HEAD") == {}


def test_a_repository_behind_a_link(tmp_path: Path) -> None:
    make(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    assert read(tmp_path / "link", "HEAD~1") == CONTENT


def test_a_shallow_clone(tmp_path: Path) -> None:
    make(tmp_path / "server")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/server", "clone")
    assert read(tmp_path / "clone", "origin/main")["clusters/prod.yaml"] == b"a: 2\n"
    assert read(tmp_path / "clone", None)["clusters/prod.yaml"] == b"a: 2\n"
    with pytest.raises(GitError, match="the repository has no revision HEAD~1"):
        read_revision(tmp_path / "clone", "HEAD~1")


def test_a_shallow_clone_in_which_the_branches_have_nothing_in_common(tmp_path: Path) -> None:
    server = make(tmp_path / "server")
    git(server, "checkout", "-qb", "mine", "HEAD~1")
    (server / "clusters/dev.yaml").write_bytes(b"c: 1\n")
    git(server, "add", ".")
    git(server, "commit", "-qm", "mine")
    url = f"file://{server}"
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", "-b", "mine", url, "clone")
    with pytest.raises(GitError, match=r"the clone is shallow.*git fetch --unshallow"):
        read_revision(tmp_path / "clone", None)


def test_a_bare_repository(tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(make(tmp_path / "server")), "bare")
    with pytest.raises(GitError, match="is in a bare Git repository"):
        read_revision(tmp_path / "bare", "HEAD")


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    with pytest.raises(GitError, match="the repository has none of origin/main"):
        read_revision(tmp_path, None)


def test_a_branch_without_a_commit_beside_main(tmp_path: Path) -> None:
    root = make(tmp_path)
    git(root, "checkout", "-q", "--orphan", "new")
    assert read(root, None)["clusters/prod.yaml"] == b"a: 2\n"


NO_COMMITS = [
    "--upload-pack=touch x", "-h", "HEAD:clusters", "HEAD:daskgen.yaml", ":daskgen.yaml", "HEAD@{9}", "HEAD^{tree}",
    "^HEAD", "HEAD..main", "a\0b", "../x", "refs/../../config", "\udcff", "v9", "HEAD~99", "HEAD^9", "@{u}",
    "HEAD^{/x}", "~", "^", ":",
]  # fmt: skip


@pytest.mark.parametrize("revision", NO_COMMITS)
def test_what_is_no_commit(tmp_path: Path, revision: str) -> None:
    root = make(tmp_path)
    with pytest.raises(GitError, match="the repository has no revision"):
        read_revision(root, revision)


def test_a_submodule_has_a_repository_of_its_own(tmp_path: Path) -> None:
    make(tmp_path / "inner")
    outer = make(tmp_path / "outer")
    git(outer, "submodule", "--quiet", "add", str(tmp_path / "inner"), "clusters/sub")
    git(outer, "commit", "-qm", "sub")
    [problem] = read_revision(outer, "HEAD").files.problems
    assert (problem.at.file, problem.message) == ("clusters/sub", "is a submodule, not a file or a folder")
    assert read(outer / "clusters/sub", "HEAD~1") == CONTENT


def objects(root: Path) -> list[Path]:
    return sorted(path for path in (root / ".git/objects").glob("??/*") if path.is_file())


@pytest.mark.parametrize("damage", ["empty", "cut", "garbage", "missing", "other"])
def test_a_damaged_object_is_an_error_or_not_needed(tmp_path: Path, damage: str) -> None:
    root = make(tmp_path / "repository")
    for number, path in enumerate(objects(root)):
        copy = tmp_path / str(number)
        shutil.copytree(root, copy)
        broken = copy / path.relative_to(root)
        broken.chmod(0o644)
        data = broken.read_bytes()
        texts = {
            "empty": b"",
            "cut": data[: len(data) // 2],
            "garbage": b"x" * 50,
            "other": zlib.compress(b"blob 3\0abc"),
        }
        broken.unlink() if damage == "missing" else broken.write_bytes(texts[damage])
        try:
            found: Revision | None = read_revision(copy, "HEAD")
        except GitError:
            found = None
        assert found is None or isinstance(found.files, Files)


@pytest.mark.parametrize("text", ["[core]\n\trepositoryformatversion = 9\n", "[extensions]\n\tx = y\n", "[core\n"])
def test_a_configuration_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    root = make(tmp_path)
    (root / ".git/config").write_text(text, encoding="utf-8")
    with pytest.raises(GitError, match="cannot be read"):
        read_revision(root, "HEAD")
