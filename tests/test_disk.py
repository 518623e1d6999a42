"""Folders are made to look like a tree, and nothing is ever lost or left half written."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daskgen.findings.problem import DiskError
from daskgen.outside import disk
from daskgen.outside.disk import Changes, compare, write
from daskgen.outside.disk.write import _lock

ROOMS = ("base", "overlays")
MARK = "# Made by daskgen\n"
TREE = {"base/a.yaml": f"{MARK}a: 1\n", "overlays/prod/b.yaml": f"{MARK}b: 1\n"}


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def test_a_tree_is_written(tmp_path: Path) -> None:
    assert write(tmp_path, TREE, ROOMS) == Changes(missing=tuple(TREE))
    assert files(tmp_path) == TREE


def test_what_is_right_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in TREE}
    changed = {**TREE, "base/a.yaml": f"{MARK}a: 2\n"}
    assert write(tmp_path, changed, ROOMS) == Changes(changed=("base/a.yaml",), unchanged=1)
    after = {path: (tmp_path / path).stat().st_mtime_ns for path in TREE}
    assert after["overlays/prod/b.yaml"] == before["overlays/prod/b.yaml"]
    assert after["base/a.yaml"] > before["base/a.yaml"]


def test_what_daskgen_made_and_makes_no_more_goes_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    (tmp_path / "base/notes.txt").write_text("ours")
    assert write(tmp_path, {}, ROOMS).stale == tuple(TREE)
    assert files(tmp_path) == {"base/notes.txt": "ours"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "overlays"]


def test_only_the_rooms_asked_for_are_searched(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    assert compare(tmp_path, {}, ["base"]).stale == ("base/a.yaml",)


def test_comparing_writes_nothing(tmp_path: Path) -> None:
    assert compare(tmp_path, TREE, ROOMS).missing == tuple(TREE)
    assert files(tmp_path) == {}


def put_file(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("a person's own\n")


def put_folder(path: Path) -> None:
    path.mkdir(parents=True)


def put_link(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("/etc/hostname")


def put_file_for_folder(path: Path) -> None:
    put_file(path.parent)


@pytest.mark.parametrize("put", [put_file, put_folder, put_link, put_file_for_folder])
def test_what_others_made_is_named_and_nothing_is_written(tmp_path: Path, put: object) -> None:
    assert callable(put)
    put(tmp_path / "overlays/prod/b.yaml")
    before = files(tmp_path)
    with pytest.raises(DiskError, match=r"not made by daskgen: overlays/prod.*Nothing was written"):
        write(tmp_path, TREE, ROOMS)
    assert files(tmp_path) == before


def test_a_room_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "base").symlink_to("elsewhere")
    with pytest.raises(DiskError, match="not made by daskgen: base"):
        write(tmp_path, TREE, ROOMS)
    assert files(tmp_path / "elsewhere") == {}


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    (tmp_path / "base/a.yaml").chmod(0o600)
    write(tmp_path, {**TREE, "base/a.yaml": f"{MARK}a: 2\n"}, ROOMS)
    assert (tmp_path / "base/a.yaml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["/etc/x", "base/../../x", "x", "base//x"])
def test_a_path_that_leads_out_is_a_mistake_of_ours(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="no path inside"):
        write(tmp_path, {path: MARK}, ROOMS)


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, TREE, ROOMS)
    written: list[Path] = []

    def fill(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        with path.open("wb") as file:
            return file.write(data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(DiskError, match="the disk is full; nothing was written"):
        write(tmp_path, {path: f"{text}more: 1\n" for path, text in TREE.items()}, ROOMS)
    assert files(tmp_path) == TREE


LIMITED = """
import os, resource, sys
from pathlib import Path
from daskgen.outside.disk import write
from daskgen.findings.problem import DiskError
tree = {{"base/a.yaml": "# Made by daskgen, anew", "base/b.yaml": "# Made by daskgen" * 99}}
{limit}
try:
    write(Path(sys.argv[1]), tree, ["base"])
except DiskError as error:
    print(error)
"""


def write_limited(root: Path, limit: str) -> str:
    """What a process says that writes under a limit of the kernel's."""
    command = [sys.executable, "-c", LIMITED.format(limit=limit), str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_limit_on_file_sizes_changes_nothing(tmp_path: Path) -> None:
    said = write_limited(tmp_path, "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))")
    assert "nothing was written" in said
    assert files(tmp_path) == {}


def test_a_folder_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    tmp_path.chmod(0o555)
    for parent in (tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    said = write_limited(tmp_path, "os.getuid() or os.setuid(65534)")
    tmp_path.chmod(0o755)
    assert "no permission; nothing was written" in said
    assert files(tmp_path) == TREE


def test_a_folder_that_may_not_be_read_is_said_so(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o777)
    (tmp_path / "base").chmod(0)
    said = write_limited(tmp_path, "os.getuid() or os.setuid(65534)")
    (tmp_path / "base").chmod(0o755)
    assert "no permission; nothing was written" in said
    assert files(tmp_path) == TREE


LARGE = {f"overlays/c{index}/file.yaml": MARK + "x: 1\n" * 50 for index in range(300)}
WRITER = """
import sys
from pathlib import Path
from daskgen.outside.disk import write
root, number = Path(sys.argv[1]), sys.argv[2]
tree = {f"overlays/c{index}/file.yaml": "# Made by daskgen\\n" + f"x: {number}\\n" * 50 for index in range(300)}
print("ready", flush=True)
while True:
    write(root, tree, ["overlays"])
    tree = {path: text.replace("x: ", "x: 1" if len(text) < 900 else "x: ") for path, text in tree.items()}
"""


def is_whole(text: str) -> bool:
    lines = text.splitlines()
    return lines[0] == MARK.strip() and len(lines) == 51 and len(set(lines[1:])) == 1


def start_writer(root: Path, number: int) -> subprocess.Popen[str]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(number)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"
    return writer


def test_a_kill_leaves_whole_files_and_the_next_run_finishes(tmp_path: Path) -> None:
    put_file(tmp_path / "overlays/c0/notes.txt")
    for number in range(12):
        writer = start_writer(tmp_path, number)
        time.sleep(0.01 + 0.017 * number)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.communicate()
        found = {
            path: text for path, text in files(tmp_path).items() if path.startswith("overlays/") and "notes" not in path
        }
        assert all(is_whole(text) for text in found.values())
    write(tmp_path, LARGE, ["overlays"])
    assert files(tmp_path) == {**LARGE, "overlays/c0/notes.txt": "a person's own\n"}


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, number) for number in (2, 3)]
    time.sleep(1)
    for writer in writers:
        writer.send_signal(signal.SIGSTOP)
    stopped = [writer for writer in writers if writer.poll() is None]
    assert stopped == writers
    for writer in writers:
        writer.kill()
        writer.communicate()
    assert all(is_whole(text) for path, text in files(tmp_path).items() if path.startswith("overlays/"))


def test_who_waits_too_long_is_told_why(tmp_path: Path) -> None:
    with _lock(tmp_path, 0), pytest.raises(DiskError, match="another daskgen is writing here"):
        write(tmp_path, TREE, ROOMS, wait=0.1)
    assert write(tmp_path, TREE, ROOMS, wait=0).missing == tuple(TREE)


names = st.sampled_from(["a", "b", "c/d", "c/e"])
trees = st.dictionaries(names.map("overlays/{}".format), st.text("xyz\n", max_size=5).map(MARK.__add__), max_size=4)


@given(
    trees, trees, st.dictionaries(st.sampled_from(["overlays/n", "overlays/c/m", "base/o"]), st.text("xyz", max_size=5))
)
@settings(max_examples=40, deadline=None)
def test_what_is_left_is_the_new_tree_and_what_others_made(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, str], new: dict[str, str], foreign: dict[str, str]
) -> None:
    root = tmp_path_factory.mktemp("fleet")
    for path, text in foreign.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    write(root, old, ROOMS)
    write(root, new, ROOMS)
    assert files(root) == {**foreign, **new}


def test_folders_that_daskgen_made_are_found(tmp_path: Path) -> None:
    write(tmp_path, {**TREE, "overlays/old/deep/c.yaml": MARK}, ROOMS)
    (tmp_path / "overlays/mine").mkdir()
    (tmp_path / "overlays/mine/a.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "overlays/link").symlink_to(tmp_path / "overlays/old")
    assert list(disk.find_made(tmp_path, "overlays", {"prod"})) == ["old"]
    assert list(disk.find_made(tmp_path, "elsewhere", ())) == []
