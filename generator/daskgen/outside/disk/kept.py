"""Keep what was computed in the user's cache folder, by keys that say all that it depends on.

It is one SQLite file: several processes may read and write it at a time, a loss of power leaves it whole, and it may be
deleted at any time. Whatever is wrong with it, nothing is kept then, and nothing else happens.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path

import platformdirs

FILE = "clusters-1.sqlite"
"""The number is that of the format."""

SUM = 16
"""Bytes of the checksum in front of a value."""

WAIT = 2.0
"""Seconds to wait for another process that writes."""

DAYS = 14
"""Days after which a value is forgotten and computed anew."""

AT_ONCE = 500
"""Keys of one query."""


def cache_folder() -> Path:
    """Return the folder for programs, and for what was computed."""
    return Path(os.environ.get("DASKGEN_CACHE") or platformdirs.user_cache_path("daskgen"))


def open_kept() -> Kept | None:
    """Return what is kept for this user; None if DASKGEN_KEEP=0 is set."""
    return None if os.environ.get("DASKGEN_KEEP") == "0" else Kept(cache_folder() / FILE)


class Kept:
    """Values by key, in a file that need not exist."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that have one."""
        found: dict[bytes, bytes] = {}
        if self.file.exists():
            with suppress(OSError, sqlite3.Error), closing(self._open()) as database:
                found.update(self._select(database, keys))
        return found

    def add(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values, and forget those that are too old. An unreadable file is replaced."""
        try:
            self._insert(values)
        except sqlite3.OperationalError:
            pass  # another process writes for long, the disk is full, or the folder is read-only
        except (OSError, sqlite3.Error):
            with suppress(OSError):
                self.file.unlink(missing_ok=True)

    def _select(self, database: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            for key, value in database.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", some):  # noqa: S608
                if value[:SUM] == _sum_up(key, value[SUM:]):
                    yield key, value[SUM:]

    def _insert(self, values: Mapping[bytes, bytes]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        now = int(time.time())
        rows = ((key, _sum_up(key, value) + value, now) for key, value in values.items())
        with closing(self._open()) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB, made INTEGER)")
            database.execute("DELETE FROM kept WHERE made < ?", (now - DAYS * 24 * 3600,))
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.file, timeout=WAIT)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        return database


def _sum_up(key: bytes, value: bytes) -> bytes:
    """Return a checksum: a value that another key or a broken disk has is not returned."""
    return blake2b(value, digest_size=SUM, key=key[:64]).digest()
