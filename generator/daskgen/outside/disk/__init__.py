"""Compare and write the files of a fleet. No other module writes files."""

from daskgen.outside.disk.beside import keep_for_now, make_folder, write_report
from daskgen.outside.disk.kept import Kept, cache_folder, open_kept
from daskgen.outside.disk.look import Changes, compare, find_made, read_bytes, read_text
from daskgen.outside.disk.private import find_private, read_private, write_private
from daskgen.outside.disk.write import write, write_sources

__all__ = [
    "Changes", "Kept", "cache_folder", "compare", "find_made", "find_private", "keep_for_now", "make_folder",
    "open_kept", "read_bytes", "read_private", "read_text", "write", "write_private", "write_report", "write_sources",
]  # fmt: skip
