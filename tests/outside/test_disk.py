"""Folders are made to look like a tree, and nothing is ever lost or left half written."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daskgen.findings.problem import DiskError
from daskgen.outside import disk
from daskgen.outside.disk import Changes, compare, write
from daskgen.outside.disk.made import is_made
from daskgen.outside.disk.write import NOTE_TEXT, _lock
from daskgen.render.tree import read_spec_schemas
from support.places import GOLDEN

ROOMS = ("base", "overlays")
MARK = "# Made by daskgen from clusters/prod.yaml; edit that file and run `daskgen render`.\n"


def rendered(texts: Mapping[str, str]) -> dict[str, str]:
    """Make a tree as daskgen does: every file marked, and listed by the kustomization of its folder."""
    folders: dict[str, list[str]] = {}
    for path in texts:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(f"- {name}\n")
    lists = {f"{folder}/kustomization.yaml": f"{MARK}resources:\n{''.join(lines)}" for folder, lines in folders.items()}
    return {path: MARK + text for path, text in texts.items()} | lists


TREE = rendered({"base/x/a.yaml": "a: 1\n", "overlays/prod/b.yaml": "b: 1\n"})
CHANGED = {**TREE, "base/x/a.yaml": f"{MARK}a: 2\n"}


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def test_a_tree_is_written(tmp_path: Path) -> None:
    assert write(tmp_path, TREE, ROOMS) == Changes(missing=tuple(sorted(TREE)))
    assert files(tmp_path) == TREE


def test_what_is_right_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in TREE}
    assert write(tmp_path, CHANGED, ROOMS) == Changes(changed=("base/x/a.yaml",), unchanged=3)
    after = {path: (tmp_path / path).stat().st_mtime_ns for path in TREE}
    assert after["overlays/prod/b.yaml"] == before["overlays/prod/b.yaml"]
    assert after["base/x/a.yaml"] > before["base/x/a.yaml"]


def test_what_daskgen_made_and_makes_no_more_goes_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    (tmp_path / "base/notes.txt").write_text("ours")
    assert write(tmp_path, {}, ROOMS).stale == tuple(sorted(TREE))
    assert files(tmp_path) == {"base/notes.txt": "ours"}
    assert not (tmp_path / "base/x").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "overlays"]


def test_only_the_rooms_asked_for_are_searched(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    assert compare(tmp_path, {}, ["base"]).stale == ("base/x/a.yaml", "base/x/kustomization.yaml")


def test_comparing_writes_nothing(tmp_path: Path) -> None:
    assert compare(tmp_path, TREE, ROOMS).missing == tuple(sorted(TREE))
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
    with pytest.raises(DiskError, match=r"daskgen did not make overlays/prod.*Nothing was written"):
        write(tmp_path, TREE, ROOMS)
    assert files(tmp_path) == before


def test_a_room_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "base").symlink_to("elsewhere")
    with pytest.raises(DiskError, match="daskgen did not make base"):
        write(tmp_path, TREE, ROOMS)
    assert files(tmp_path / "elsewhere") == {}


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    (tmp_path / "base/x/a.yaml").chmod(0o600)
    write(tmp_path, CHANGED, ROOMS)
    assert (tmp_path / "base/x/a.yaml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["/etc/x", "base/../../x", "x", "base//x"])
def test_a_path_that_leads_out_is_a_mistake_of_ours(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is not a path in"):
        write(tmp_path, {path: MARK}, ROOMS)


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, TREE, ROOMS)
    written: list[Path] = []

    def fill(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        with path.open("wb") as file:
            return file.write(data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(DiskError, match="the disk is full; nothing was written"):
        write(tmp_path, {path: f"{text}more: 1\n" for path, text in TREE.items()}, ROOMS)
    assert files(tmp_path) == TREE


def run_alone(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that writes files of its own alone: coverage writes some too, and does not measure it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


LIMITED = """
import os, resource, sys
from pathlib import Path
from daskgen.outside.disk import write
from daskgen.findings.problem import DiskError
tree = {{"base/a.yaml": "a: 1", "base/b.yaml": "b: 1" * 99}}
{limit}
try:
    write(Path(sys.argv[1]), tree, ["base"])
except DiskError as error:
    print(error)
"""


def write_limited(root: Path, limit: str) -> str:
    """What a process says that writes under a limit of the kernel's."""
    done = run_alone(LIMITED.format(limit=limit), str(root))
    assert done.returncode == 0, done.stderr
    return done.stdout


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


STEPS = """
import os, signal, sys
from pathlib import Path
from daskgen.outside.disk import write

root, last, tree, rooms = Path(sys.argv[1]), int(sys.argv[2]), eval(sys.argv[3]), ["base", "overlays"]
CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "shutil.rmtree"}
taken = 0

def stop(event, arguments):
    global taken
    if event in CHANGES and (event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
        if taken == last:
            os.kill(os.getpid(), signal.SIGKILL)
        taken += 1
        print(event, arguments[0], flush=True)

sys.addaudithook(stop)
write(root, tree, rooms)
"""


def write_until(root: Path, tree: Mapping[str, str], last: int) -> tuple[list[str], bool]:
    """Write in a process that is killed before it changes anything on disk for the `last` time."""
    done = run_alone(STEPS, str(root), str(last), repr(dict(tree)))
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.stdout.splitlines(), done.returncode == 0


def test_files_are_replaced_as_wholes(tmp_path: Path) -> None:
    """Nothing in the folders is opened for writing, and who reads the old file reads it to its end."""
    write(tmp_path, TREE, ROOMS)
    with (tmp_path / "base/x/a.yaml").open(encoding="utf-8") as reader:
        steps, finished = write_until(tmp_path, CHANGED, last=1000)
        assert reader.read() == TREE["base/x/a.yaml"]
    assert finished
    target = str(tmp_path / "base")
    assert [step for step in steps if step.startswith(("open", "os.remove")) and target in step] == []
    assert len([step for step in steps if step.startswith("os.rename")]) == 1


def test_new_files_wait_in_the_fleet_itself(tmp_path: Path) -> None:
    """A file that comes from another file system is copied, and not moved at once."""
    steps, _ = write_until(tmp_path, TREE, last=1000)
    changed = {path for step in steps if (path := step.partition(" ")[2]).startswith("/")}
    assert changed
    assert {path for path in changed if not path.startswith(str(tmp_path))} == set()


def test_what_a_kill_leaves_is_removed_by_the_next_run(tmp_path: Path) -> None:
    _, finished = write_until(tmp_path, TREE, last=4)
    assert not finished
    assert [path.name for path in tmp_path.glob(".daskgen-*/about.txt")] == ["about.txt"]
    write(tmp_path, TREE, ROOMS)
    assert list(tmp_path.glob(".daskgen-*")) == []


def test_a_refusal_halfway_says_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "kustomization.yaml":
            raise OSError(errno.EROFS, "Read-only file system", str(target))
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DiskError) as refused:
        write(tmp_path, TREE, ROOMS)
    assert str(refused.value) == (
        f"{tmp_path}/base/x/kustomization.yaml: the file system is read-only; some files were written; run it again to "
        "finish. Written: base/x/a.yaml, overlays/prod/b.yaml."
    )
    assert list(tmp_path.glob(".daskgen-*")) == []


def test_by_force_a_file_is_replaced_that_daskgen_did_not_make(tmp_path: Path) -> None:
    put_file(tmp_path / "overlays/prod/b.yaml")
    put_file(tmp_path / "base/x/a.yaml")
    done = write(tmp_path, TREE, ROOMS, force=True)
    assert (done.changed, done.foreign) == (("base/x/a.yaml", "overlays/prod/b.yaml"), ())
    assert files(tmp_path) == TREE


@pytest.mark.parametrize("put", [put_folder, put_link])
def test_folders_and_links_stay_even_by_force(tmp_path: Path, put: Callable[[Path], None]) -> None:
    put(tmp_path / "overlays/prod/b.yaml")
    put_file(tmp_path / "base/x/a.yaml")
    before = files(tmp_path)
    with pytest.raises(
        DiskError, match=r"daskgen did not make base/x/a\.yaml, overlays/prod/b\.yaml, where it renders files; move"
    ):
        write(tmp_path, TREE, ROOMS, force=True)
    assert files(tmp_path) == before


def test_links_within_a_room_are_neither_followed_nor_removed(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    (tmp_path / "overlays/link").symlink_to("prod")
    (tmp_path / "overlays/prod/b.yaml").rename(tmp_path / "b.yaml")
    (tmp_path / "overlays/prod/b.yaml").symlink_to("../../b.yaml")
    tree = {path: text for path, text in TREE.items() if path.startswith("base/")}
    assert write(tmp_path, tree, ROOMS).stale == ("overlays/prod/kustomization.yaml",)
    assert (tmp_path / "overlays/prod/b.yaml").is_symlink()
    assert (tmp_path / "overlays/link").is_symlink()


def test_a_copy_stays_that_a_list_of_somebody_else_names(tmp_path: Path) -> None:
    put_file(tmp_path / "base/mine/notes.txt")
    (tmp_path / "base/mine/copy.yaml").write_text(COPY, encoding="utf-8")
    (tmp_path / "base/mine/kustomization.yaml").write_text("resources:\n- copy.yaml\n", encoding="utf-8")
    assert write(tmp_path, TREE, ROOMS).left == ("base/mine/copy.yaml",)


def test_a_report_is_written_over_the_last_one(tmp_path: Path) -> None:
    for text in ("größer\n", "short"):
        disk.write_report(tmp_path / "plan.md", text)
        assert disk.read_text(tmp_path, "plan.md") == text
    with pytest.raises(DiskError, match=r"plan\.md: No such file or directory; the report was not written\.$"):
        disk.write_report(tmp_path / "gone/plan.md", "")


def test_what_is_no_plain_file_has_no_text(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xffa")
    assert [disk.read_text(tmp_path, path) for path in ("folder", "gone", "bytes")] == [None, None, "\ufffda"]


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b"])
def test_what_is_kept_for_now_stays_in_its_folder_and_goes_with_it(name: str) -> None:
    with disk.keep_for_now({"base/a.yaml": "a: 1\r\n"}) as folder:
        assert (folder / "base/a.yaml").read_bytes() == b"a: 1\r\n"
    assert not folder.exists()
    with pytest.raises(ValueError, match="leads out of the folder"), disk.keep_for_now({name: ""}):
        pass


def test_a_kill_at_any_moment_leaves_whole_files_and_the_next_run_finishes(tmp_path: Path) -> None:
    before = rendered({"base/x/a.yaml": "a: 1\n", "overlays/old/c.yaml": "c: 1\n", "overlays/prod/old.yaml": ""})
    after = rendered({"base/x/a.yaml": "a: 2\n", "overlays/prod/b.yaml": "b: 1\n"})
    for last in itertools.count():
        root = tmp_path / str(last)
        put_file(root / "overlays/prod/notes.txt")
        write(root, before, ROOMS)
        _, finished = write_until(root, after, last)
        found = {path: text for path, text in files(root).items() if not path.startswith(".daskgen-")}
        notes = found.pop("overlays/prod/notes.txt")
        assert notes == "a person's own\n"
        assert all(text in {before.get(path), after.get(path)} for path, text in found.items())
        write(root, after, ROOMS)
        assert {path: text for path, text in files(root).items() if not path.startswith(".daskgen-")} == {
            **after, "overlays/prod/notes.txt": notes
        }  # fmt: skip
        if finished:
            break
    assert last > len(after)


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    program = (
        "import sys\nfrom pathlib import Path\nfrom daskgen.outside.disk import write\n"
        "for number in range(30):\n"
        "    write(Path(sys.argv[1]), {'base/x/a.yaml': sys.argv[2] + f'a: {number}\\n' * 50}, [])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), MARK]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert files(tmp_path)["base/x/a.yaml"] == MARK + "a: 29\n" * 50


def test_who_waits_too_long_is_told_why(tmp_path: Path) -> None:
    with _lock(tmp_path, 0), pytest.raises(DiskError, match="another daskgen is writing here"):
        write(tmp_path, TREE, ROOMS, wait=0.1)
    assert write(tmp_path, TREE, ROOMS, wait=0).missing == tuple(sorted(TREE))


names = st.sampled_from(["a", "b", "c/d", "c/e"])
trees = st.dictionaries(names.map("overlays/{}/f.yaml".format), st.text("xyz\n", max_size=5), max_size=4).map(rendered)

FOREIGN_NAMES = [
    "overlays/README.md", "overlays/a/README.md", "overlays/a/extra.yaml", "overlays/n/kustomization.yaml",
    "base/o", "base/x.yaml", "overlays/c/m", ".daskgen-anything/x", ".daskgen-abcd1234/about.txt",
]  # fmt: skip
FOREIGN_TEXTS = [
    "", "xyz", "# Made by daskgen\n", "Made by daskgen from clusters/prod.yaml", "resources:\n- extra.yaml\n- f.yaml\n",
    "# Not by hand\n# Made by daskgen from a; edit that file and run `daskgen render`.\n",
]  # fmt: skip
COPY = f"{MARK}kind: Copy\n"
COPIES = ["overlays/a/extra.yaml", "overlays/b/copy.yaml", "overlays/z.yaml", "base/x/y/copy.yaml"]


@given(
    trees,
    trees,
    st.dictionaries(st.sampled_from(FOREIGN_NAMES), st.sampled_from(FOREIGN_TEXTS) | st.text("xyz", max_size=5)),
    st.dictionaries(st.sampled_from(COPIES), st.just(COPY)),
)
@settings(max_examples=60, deadline=None)
def test_files_of_others_stay_as_they_are(
    tmp_path_factory: pytest.TempPathFactory,
    old: dict[str, str],
    new: dict[str, str],
    foreign: dict[str, str],
    copies: dict[str, str],
) -> None:
    root = tmp_path_factory.mktemp("fleet")
    foreign = {**foreign, **copies}
    for path, text in foreign.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    write(root, old, ROOMS)
    assert write(root, new, ROOMS).left == tuple(sorted(copies))
    assert files(root) == {**foreign, **new}


def test_a_folder_that_a_person_made_is_not_taken_for_a_leftover(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/about.txt").write_bytes(NOTE_TEXT)
    (tmp_path / ".daskgen-link").symlink_to("elsewhere")
    put_file(tmp_path / ".daskgen-notes/a.txt")
    write(tmp_path, TREE, ROOMS)
    assert (tmp_path / "elsewhere/about.txt").exists()
    assert (tmp_path / ".daskgen-notes/a.txt").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_merge_leaves_is_still_known(tmp_path: Path, end: str) -> None:
    write(tmp_path, TREE, ROOMS)
    marked = f"<<<<<<< ours\n{MARK}a: 2\n=======\n{MARK}a: 3\n>>>>>>> theirs\n".replace("\n", end)
    listed = f"{MARK}resources:\n<<<<<<< ours\n- c.yaml\n=======\n- b.yaml\n>>>>>>> theirs\n".replace("\n", end)
    (tmp_path / "base/x/a.yaml").write_bytes(marked.encode())
    (tmp_path / "overlays/prod/kustomization.yaml").write_bytes(listed.encode())
    tree = {path: text for path, text in TREE.items() if path != "overlays/prod/b.yaml"}
    done = write(tmp_path, tree, ROOMS)
    assert done.changed == ("base/x/a.yaml", "overlays/prod/kustomization.yaml")
    assert done.stale == ("overlays/prod/b.yaml",)
    assert files(tmp_path) == tree


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir() if path.is_dir()))
def test_all_that_is_rendered_is_known_as_such(tmp_path: Path, case: str) -> None:
    """Also in fleets of older versions, as the marks are in the files that they rendered."""
    for room in ("base", "overlays"):
        if (GOLDEN / case / room).is_dir():
            shutil.copytree(GOLDEN / case / room, tmp_path / room)
    found = sorted(files(tmp_path))
    assert write(tmp_path, {}, ROOMS) == Changes(stale=tuple(found))
    assert files(tmp_path) == {}


def test_schemas_are_known_as_such() -> None:
    assert all(is_made(text.encode()) for text in read_spec_schemas().values())


def test_an_overlay_that_was_copied_into_another_is_left(tmp_path: Path) -> None:
    write(tmp_path, TREE, ROOMS)
    copies = {f"overlays/prod/mine/{path.rpartition('/')[2]}": text for path, text in TREE.items() if "prod" in path}
    for path, text in copies.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    done = write(tmp_path, TREE, ROOMS)
    assert (done.left, done.stale) == (tuple(sorted(copies)), ())
    assert files(tmp_path) == {**TREE, **copies}


def test_folders_that_daskgen_made_are_found(tmp_path: Path) -> None:
    write(tmp_path, {**TREE, **rendered({"overlays/old/deep/c.yaml": ""})}, ROOMS)
    (tmp_path / "overlays/mine").mkdir()
    (tmp_path / "overlays/mine/a.yaml").write_text(COPY, encoding="utf-8")
    (tmp_path / "overlays/link").symlink_to(tmp_path / "overlays/old")
    assert list(disk.find_made(tmp_path, "overlays", {"prod"})) == ["old"]
    assert list(disk.find_made(tmp_path, "elsewhere", ())) == []
