"""A later daskgen changes the files that it made, and no edit of people is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.findings.problem import DaskgenError
from daskgen.outside.merging import merge_texts
from daskgen.starting.files import Answers, make_kept_files
from daskgen.starting.update import RECORD, Record, list_watched, read_record, update, write_record

ANSWERS = Answers()
MADE = make_kept_files(ANSWERS)
CI = ".github/workflows/clusters.yaml"


def record(**files: str) -> Record:
    """Return the record of a fleet that an older daskgen made with other texts."""
    return Record(ANSWERS, {**MADE, **{path.replace("_", "."): text for path, text in files.items()}})


def test_a_record_is_read_as_it_was_written() -> None:
    assert read_record(write_record(ANSWERS, MADE).encode()) == Record(ANSWERS, MADE)


def test_nothing_changes_with_the_same_version() -> None:
    done = update(record(), MADE)
    assert done.files == {RECORD: write_record(ANSWERS, MADE)}
    assert done[1:] == ((), (), (), ())


def test_a_file_without_edits_is_replaced() -> None:
    done = update(record(requirements_txt="daskgen==0.0.1\n"), {**MADE, "requirements.txt": "daskgen==0.0.1\n"})
    assert done.files["requirements.txt"] == MADE["requirements.txt"]
    assert not done.merged


def test_both_edits_are_in_the_merged_file() -> None:
    older = MADE[CI].replace("timeout-minutes: 30", "timeout-minutes: 10")
    theirs = older.replace("name: clusters\n", "name: my clusters\n")
    done = update(Record(ANSWERS, {**MADE, CI: older}), {**MADE, CI: theirs})
    assert done.files[CI] == MADE[CI].replace("name: clusters\n", "name: my clusters\n")
    assert done.merged == (CI,)


def test_a_line_that_both_changed_is_there_twice() -> None:
    older = MADE[CI].replace("timeout-minutes: 30", "timeout-minutes: 10")
    theirs = older.replace("timeout-minutes: 10", "timeout-minutes: 60")
    done = update(Record(ANSWERS, {**MADE, CI: older}), {**MADE, CI: theirs})
    assert done.conflicts == (CI,)
    assert "timeout-minutes: 60" in done.files[CI]
    assert "timeout-minutes: 30" in done.files[CI]
    assert "<<<<<<< yours" in done.files[CI]


def test_what_people_deleted_or_had_before_stays_so() -> None:
    older = Record(ANSWERS, {path: text for path, text in MADE.items() if path != "README.md"})
    done = update(older, {**MADE, "README.md": "our own\n", CI: None})
    assert done.kept == (CI, "README.md")
    assert list(done.files) == [RECORD]
    again = read_record(done.files[RECORD].encode())
    assert "README.md" not in again.files
    assert update(again, {**MADE, "README.md": "our own\n", CI: None}).kept == (CI, "README.md")


def test_files_of_another_forge_are_named() -> None:
    moved = Record(Answers(forge="gitlab"), MADE)
    done = update(moved, {path: MADE.get(path) for path in list_watched(moved)})
    assert done.unused == (".github/CODEOWNERS", CI)
    assert ".gitlab-ci.yml" in done.files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("answers: {forge: gitlab}\n", "is not what `daskgen init` wrote"),
        ("- 1\n", "is not what `daskgen init` wrote"),
        ("answers: {forge: sourcehut}\nfiles: {}\n", "answers"),
    ],
)
def test_a_record_that_cannot_be_read_says_so(text: str, message: str) -> None:
    with pytest.raises(DaskgenError, match=message):
        read_record(text.encode())


LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=8)


@given(before=LINES, yours=st.lists(st.sampled_from(["mine 1", "mine 2", "a", "b", "c"]), max_size=8), ours=LINES)
def test_no_edit_is_lost(before: list[str], yours: list[str], ours: list[str]) -> None:
    texts = ["".join(f"{line}\n" for line in lines) for lines in (before, yours, ours)]
    merged = merge_texts(*texts).text.splitlines()
    added = [line for line in yours if line.startswith("mine")]
    assert all(merged.count(line) >= added.count(line) for line in added)
