"""Keep keys in a folder that only its owner can read, and never in a Git repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

from daskgen.findings.problem import DaskgenError
from daskgen.outside.disk.trouble import explained


def find_private(*names: str) -> Path:
    """Return the usual folder for keys; `names` are those of folders within it."""
    return user_data_path("daskgen").joinpath(*names)


def read_private(folder: Path, *names: str) -> list[bytes] | None:
    """Read files of such a folder; None if one of them is not there. Raises `DiskError`."""
    files = [folder / name for name in names]
    with explained("the keys were not read"):
        return [file.read_bytes() for file in files] if all(file.exists() for file in files) else None


def write_private(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files that only their owner can read.

    Raises `DaskgenError` for a folder in a Git repository, or `DiskError`.
    """
    whole = folder.absolute()
    if repository := next((above for above in (whole, *whole.parents) if (above / ".git").exists()), None):
        raise DaskgenError(f"{folder} is in Git repository {repository}, where no key belongs; use another --output")
    with explained("the keys were not written"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            part = folder / f".{name}.part"
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            part.replace(folder / name)
