"""What is written beside the tree: for a program to read, or for a person to keep."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from daskgen.outside.disk.trouble import explained


@contextmanager
def lay_out(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="daskgen-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Path(folder)


def keep_for_now(files: Mapping[str, str]) -> AbstractContextManager[Path]:
    """As `lay_out`, of texts."""
    return lay_out({name: text.encode() for name, text in files.items()})


def write_report(file: Path, text: str) -> None:
    """Put a text where somebody wants to have it, instead of whatever is there. Raises `DiskError`."""
    with explained("the report was not written"):
        file.write_text(text, "utf-8")
