"""The files of a fleet are read once, from a folder or a revision: each is used, refused, or listed as passed over."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daskgen.outside.files import Files, read_folder
from daskgen.outside.git import read_revision
from support.trees import EXECUTABLE, FILE, FOLDER, LINK, SUBMODULE, Content, commit


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode(errors="surrogateescape"))


def refused(files: Files) -> dict[str, str]:
    return {problem.at.file: problem.code for problem in files.problems}


def test_clusters_are_read_from_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "daskgen.yaml", "clusters/prod.yaml", "clusters/team/dev.yaml", "base/x.yaml", "clusters.yaml")
    files = read_folder(tmp_path)
    assert dict(files) == {
        path: path.encode() for path in ("clusters/prod.yaml", "clusters/team/dev.yaml", "daskgen.yaml")
    }
    assert files.clusters == ("clusters/prod.yaml", "clusters/team/dev.yaml")
    assert (files.problems, files.passed_over) == ((), ())


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "nowhere") == Files()


OTHERS = "README.md README .gitkeep prod.yaml~ prod.yaml.bak .prod.yaml.swp #prod.yaml# .ipynb_checkpoints/prod.yaml"


@pytest.mark.parametrize("name", OTHERS.split())
def test_what_is_no_cluster_is_passed_over(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"clusters/{name}")
    files = read_folder(tmp_path)
    assert files.passed_over == (f"clusters/{name.partition('/')[0]}",)
    assert (dict(files), files.problems) == ({}, ())


@pytest.mark.parametrize("name", ["prod.yml", "prod.YAML", "prod.json"])
def test_what_looks_like_a_cluster_is_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"clusters/{name}")
    assert refused(read_folder(tmp_path)) == {f"clusters/{name}": "DG011"}


@pytest.mark.parametrize(
    "name", ["a\nb.yaml", "a\u2028/prod.yaml", "\x1b[31m.yaml", "\udcff.yaml", "\u202eb.yaml", "a\x85.yaml"]
)
def test_names_that_cannot_be_shown_are_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"clusters/{name}")
    assert refused(read_folder(tmp_path)) == {f"clusters/{name.partition('/')[0]}": "DG014"}


def test_links_are_refused_wherever_they_lead(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/prod.yaml")
    (tmp_path / "clusters").mkdir()
    for name, target in {
        "a.yaml": "/etc/passwd",
        "b.yaml": "b.yaml",
        "team": "../elsewhere",
        "c.yaml": "nothing",
    }.items():
        (tmp_path / "clusters" / name).symlink_to(target)
    (tmp_path / "daskgen.yaml").symlink_to("elsewhere/prod.yaml")
    files = read_folder(tmp_path)
    assert dict(files) == {}
    assert refused(files) == dict.fromkeys(
        ["clusters/a.yaml", "clusters/b.yaml", "clusters/c.yaml", "clusters/team", "daskgen.yaml"], "DG013"
    )


def test_what_could_block_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "clusters").mkdir()
    os.mkfifo(tmp_path / "clusters/pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "clusters/s.yaml"))
    os.mkfifo(tmp_path / "daskgen.yaml")
    assert [problem.message for problem in read_folder(tmp_path).problems] == [
        "is a named pipe, not a file or a folder",
        "is a socket, not a file or a folder",
        "is a named pipe, not a file",
    ]


def test_a_folder_for_the_settings_and_a_file_for_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "daskgen.yaml/x", "clusters")
    assert refused(read_folder(tmp_path)) == {"clusters": "DG013", "daskgen.yaml": "DG013"}


def test_a_file_of_30_megabytes_is_not_read_whole(tmp_path: Path) -> None:
    put(tmp_path, "clusters/prod.yaml")
    os.truncate(tmp_path / "clusters/prod.yaml", 30 << 20)
    files = read_folder(tmp_path)
    assert refused(files) == {"clusters/prod.yaml": "DG009"}
    assert dict(files) == {}


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from daskgen.outside.files import read_folder
os.getuid() or os.setuid(65534)
files = read_folder(Path(sys.argv[1]))
print(list(files), [(problem.at.file, problem.message) for problem in files.problems])
"""


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "clusters/a.yaml", "clusters/b.yaml", "clusters/closed/c.yaml")
    for parent in (tmp_path, *tmp_path.parents[:3]):  # pytest's own folders are closed to others
        parent.chmod(0o755)
    (tmp_path / "clusters/b.yaml").chmod(0)
    (tmp_path / "clusters/closed").chmod(0)
    command = [sys.executable, "-c", UNPRIVILEGED, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (tmp_path / "clusters/closed").chmod(0o755)
    reason = "cannot be read: Permission denied"
    assert said == f"{['clusters/a.yaml']} {[('clusters/b.yaml', reason), ('clusters/closed', reason)]}\n"


def test_clusters_are_read_from_a_revision(tmp_path: Path) -> None:
    folder: Content = {b"prod.yaml": (EXECUTABLE, b"a: 1"), b"team": (FOLDER, {b"dev.yaml": (FILE, b"b: 1")})}
    commit(tmp_path, {b"clusters": (FOLDER, folder), b"daskgen.yaml": (FILE, b"c: 1"), b"x.yaml": (FILE, b"")})
    files = read_revision(tmp_path, "main").files
    assert dict(files) == {"clusters/prod.yaml": b"a: 1", "clusters/team/dev.yaml": b"b: 1", "daskgen.yaml": b"c: 1"}
    assert (files.problems, files.passed_over) == ((), ())


@pytest.mark.parametrize(
    "name", [b"..", b".", b"../../x.yaml", b"/etc/x.yaml", b"a\nb.yaml", b"\xff.yaml", b"a/b.yaml", b"", b"../.x"]
)
def test_names_in_a_revision_that_lead_elsewhere_are_refused(tmp_path: Path, name: bytes) -> None:
    files = read_revision(commit(tmp_path, {b"clusters": (FOLDER, {name: (FILE, b"")})}), "main").files
    assert dict(files) == {}
    assert set(refused(files).values()) == {"DG014"}


@pytest.mark.parametrize(("mode", "kind"), [(LINK, "a symbolic link"), (SUBMODULE, "a submodule")])
def test_links_and_submodules_in_a_revision_are_refused(tmp_path: Path, mode: int, kind: str) -> None:
    [problem] = read_revision(
        commit(tmp_path, {b"clusters": (FOLDER, {b"a.yaml": (mode, b"b")})}), "main"
    ).files.problems
    assert problem.message == f"is {kind}, not a file or a folder"


def test_a_folder_that_holds_the_same_again_and_again_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daskgen.outside.files.MOST", 1000)
    content: Content = {}
    for _ in range(6):
        content = {b"%d" % index: (FOLDER, content) for index in range(4)}
    files = read_revision(commit(tmp_path, {b"clusters": (FOLDER, content)}), "main").files
    assert [problem.code for problem in files.problems] == ["DG016"]
    assert len(files) < 1000


def test_a_fleet_that_is_not_in_the_revision_has_no_files(tmp_path: Path) -> None:
    commit(tmp_path, {b"fleet": (FILE, b"")})
    (tmp_path / "fleet").mkdir()
    assert read_revision(tmp_path / "fleet", "main").files == Files()
