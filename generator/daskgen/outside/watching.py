"""Wait for people to save files of a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from daskgen.findings.problem import DaskgenError
from daskgen.outside.files import CLUSTERS, ENDING, FLEET_FILE

QUIET = 100
"""Milliseconds without another save after which saved files are taken as one edit."""

READY = 300
"""Milliseconds after which the first answer says that the folder is watched."""


def watch_files(root: Path) -> Iterator[tuple[str, ...]]:
    """Yield the paths, from `root`, of daskgen.yaml and of files of clusters that are saved, moved or deleted together.

    Yields an empty tuple first, once no save is missed any more. Raises `DaskgenError` if the package that watches is
    missing, or if the folder cannot be watched.
    """
    try:
        import watchfiles  # noqa: PLC0415 - only `watch` needs it
    except ImportError as error:
        raise DaskgenError("watching needs watchfiles: pip install 'daskgen[watch]'") from error
    top = root.resolve()
    try:
        found = watchfiles.watch(
            top,
            watch_filter=lambda _, path: _is_spec(top, path),
            step=QUIET,
            rust_timeout=READY,
            yield_on_timeout=True,
        )
        yield _name(top, next(found))
        yield from (_name(top, changes) for changes in found if changes)
    except OSError as error:
        raise DaskgenError(f"{root} cannot be watched: {error}") from error


def _name(top: Path, changes: Iterable[tuple[object, str]]) -> tuple[str, ...]:
    return tuple(sorted({Path(path).relative_to(top).as_posix() for _, path in changes}))


def _is_spec(top: Path, path: str) -> bool:
    file = Path(path).relative_to(top)
    return file.parts == (FLEET_FILE,) or (file.parts[0] == CLUSTERS and file.suffix == ENDING)
