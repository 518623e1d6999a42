"""Trees of any names and kinds, in Git and on disk: files or problems come of them, and no path leads elsewhere.

The examples are the same in every run; `DASKGEN_EXPLORE=1` looks for new ones.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daskgen.outside.files import Files, read_folder
from daskgen.outside.git import read_revision
from daskgen.report import FORMATS
from support.trees import EXECUTABLE, FILE, FOLDER, LINK, SUBMODULE, Content, commit

NAMES = [
    b"prod.yaml", b"dev.yaml", b"team", b"README.md", b".git", b".hidden.yaml", b"a.yml", b"a.json", b"A.YAML", b"none",
    b"..", b".", b"", b"../up.yaml", b"/abs.yaml", b"a/b.yaml", b"a\nb.yaml", b"\xff.yaml", b"\x1b[0m.yaml", b"\r.yaml",
    b"::error::x.yaml", b"-rf.yaml", b"daskgen.yaml", b"clusters", b"a" * 300 + b".yaml", b"\xed\xa0\x80.yaml",
    b"con.yaml", b"x.yaml ", b"*.yaml", b"\\..\\x.yaml", "\u202egnp.yaml".encode(), "\u2028.yaml".encode(),
]  # fmt: skip

LARGE = b"large"
"""Stands for a file that is too large."""

names = st.sampled_from(NAMES) | st.binary(max_size=6).map(lambda name: name.replace(b"\0", b"") + b".yaml")
blobs = st.sampled_from([b"", b"a: 1\n", b"\xff\xfe", b"../../etc/passwd", LARGE]) | st.binary(max_size=20)
modes = st.sampled_from([FILE, FILE, FILE, EXECUTABLE, LINK, SUBMODULE, 0o100664, 0, 0o777])


def branch(children: st.SearchStrategy[Content]) -> st.SearchStrategy[Content]:
    entries = st.tuples(modes, blobs) | st.tuples(st.just(FOLDER), children)
    return st.dictionaries(names, entries, max_size=5)


folders = st.recursive(st.dictionaries(names, st.tuples(modes, blobs), max_size=5), branch, max_leaves=8)
fleets = st.fixed_dictionaries(
    {b"clusters": st.tuples(st.just(FOLDER), folders) | st.tuples(modes, blobs)},
    optional={b"daskgen.yaml": st.tuples(modes, blobs) | st.tuples(st.just(FOLDER), folders)},
)


def grow(content: Content) -> Content:
    if isinstance(content, bytes):
        return b"x" * ((1 << 20) + 1) if content == LARGE else content
    return {name: (mode, grow(inner)) for name, (mode, inner) in content.items()}


def check(files: Files) -> None:
    """Check that nothing that was read could lead elsewhere, and that all problems can be shown."""
    for path in files:
        parts = PurePosixPath(path).parts
        assert "/".join(parts) == path
        assert path.isprintable()
        assert parts[0] in {"clusters", "daskgen.yaml"}
        assert not {".", "..", "/"} & set(parts)
        assert path.endswith(".yaml")
        assert len(files[path]) <= 1 << 20
    for form in FORMATS:
        FORMATS[form](files.problems, ()).encode()


@given(fleets)
@settings(max_examples=150, deadline=None)
def test_any_tree_of_git_is_read(tmp_path_factory: pytest.TempPathFactory, content: Content) -> None:
    root = tmp_path_factory.mktemp("tree")
    check(read_revision(commit(root, grow(content)), "main").files)


@given(fleets)
@settings(max_examples=150, deadline=None)
def test_a_folder_and_a_revision_of_it_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, content: Content
) -> None:
    root = tmp_path_factory.mktemp("tree")
    laid_out = lay_out(os.fsencode(root / "fleet"), grow(content))
    on_disk = read_folder(root / "fleet")
    check(on_disk)
    assert on_disk == read_revision(commit(root / "git", laid_out), "main").files


def lay_out(folder: bytes, content: Content) -> Content:
    """Write to disk what a disk can hold of a tree, and return that."""
    assert isinstance(content, dict)
    Path(os.fsdecode(folder)).mkdir()
    kept: dict[bytes, tuple[int, Content]] = {}
    for name, (mode, inner) in content.items():
        if name in {b"", b".", b".."} or b"/" in name or len(name) > 255:
            continue
        path = Path(os.fsdecode(folder), os.fsdecode(name))
        if isinstance(inner, dict):
            kept[name] = (mode, lay_out(os.fsencode(path), inner))
        elif mode == LINK and 0 < len(inner) < 1000 and b"\0" not in inner:
            path.symlink_to(os.fsdecode(inner))
            kept[name] = (mode, inner)
        elif mode in {FILE, EXECUTABLE}:
            path.write_bytes(inner)
            kept[name] = (mode, inner)
    return kept
