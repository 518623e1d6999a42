"""Write files outside of the tree: for a program to read, or for a person to keep."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from daskgen.outside.disk.trouble import explained


@contextmanager
def keep_for_now(files: Mapping[str, str]) -> Iterator[Path]:
    """Make a temporary folder with these files. Raises `ValueError` for a path that leads out of it."""
    with tempfile.TemporaryDirectory(prefix="daskgen-") as folder:
        for name, text in files.items():
            if ".." in PurePosixPath(name).parts or name.startswith("/"):
                raise ValueError(f"{name} leads out of the folder")
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        yield Path(folder)


def write_report(file: Path, text: str) -> None:
    """Write a text to a file, and replace its content. Raises `DiskError`."""
    with explained("the report was not written"):
        file.write_text(text, "utf-8")


def make_folder(folder: Path) -> None:
    """Make a folder, and those around it, if they do not exist. Raises `DiskError`."""
    with explained("nothing was written"):
        folder.mkdir(parents=True, exist_ok=True)
