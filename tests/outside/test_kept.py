"""What is kept is what was computed, or nothing, whatever happens to the file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daskgen.outside.disk import Kept, open_kept
from daskgen.outside.disk.kept import DAYS

VALUES = {b"one": b"first", b"two": b"second" * 5000}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "cache/kept.sqlite")


def change(kept: Kept, statement: str, *values: object) -> None:
    """Change the file as nobody should."""
    with closing(sqlite3.connect(kept.file)) as database, database:
        database.execute(statement, values)


def test_nothing_is_kept_at_first(kept: Kept) -> None:
    assert kept.find([b"one"]) == {}
    assert not kept.file.exists()


def test_values_are_found_by_their_keys(kept: Kept) -> None:
    kept.add(VALUES)
    assert kept.find([*VALUES, b"three"]) == VALUES
    kept.add({b"one": b"other"})
    assert kept.find([b"one"]) == {b"one": b"other"}


def test_a_value_of_another_key_is_not_returned(kept: Kept) -> None:
    kept.add(VALUES)
    change(kept, "UPDATE kept SET value = (SELECT value FROM kept WHERE key = ?) WHERE key = ?", b"two", b"one")
    assert kept.find([*VALUES]) == {b"two": VALUES[b"two"]}


def test_old_values_are_forgotten(kept: Kept) -> None:
    kept.add(VALUES)
    change(kept, "UPDATE kept SET made = made - ? WHERE key = ?", (DAYS + 1) * 24 * 3600, b"one")
    kept.add({b"three": b"third"})
    assert kept.find([*VALUES, b"three"]) == {b"two": VALUES[b"two"], b"three": b"third"}


@given(data=st.data())
def test_a_damaged_file_says_nothing_wrong(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    kept = Kept(tmp_path_factory.mktemp("kept") / "kept.sqlite")
    kept.add(VALUES)
    content = bytearray(kept.file.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    kept.file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    found = kept.find([*VALUES])
    assert found.items() <= VALUES.items()
    kept.add({b"three": b"third"})


def test_what_is_no_database_is_replaced(kept: Kept) -> None:
    kept.file.parent.mkdir()
    kept.file.write_bytes(b"no database" * 1000)
    assert kept.find([b"one"]) == {}
    kept.add(VALUES)
    kept.add(VALUES)
    assert kept.find([*VALUES]) == VALUES


def test_a_place_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    kept = Kept(tmp_path / "cache/kept.sqlite")
    kept.add(VALUES)
    assert kept.find([*VALUES]) == {}


def test_processes_share_it(kept: Kept) -> None:
    program = "import sys; from pathlib import Path; from daskgen.outside.disk import Kept\n"
    program += "[Kept(Path(sys.argv[1])).add({bytes([n, int(sys.argv[2])]): b'v'}) for n in range(20)]"
    commands = [[sys.executable, "-c", program, str(kept.file), str(number)] for number in range(3)]
    for process in [subprocess.Popen(command) for command in commands]:
        assert process.wait() == 0
    assert len(kept.find([bytes([n, number]) for n in range(20) for number in range(3)])) == 60


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert open_kept() is None
    monkeypatch.setenv("DASKGEN_KEEP", "1")
    monkeypatch.setenv("DASKGEN_CACHE", str(tmp_path))
    opened = open_kept()
    assert opened
    assert opened.file.parent == tmp_path
