"""Explain errors of the operating system."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from daskgen.findings.problem import DiskError

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def explained(state: str, done: Sequence[str] = ()) -> Iterator[None]:
    """Turn errors of the system into a `DiskError` that tells the `state` of the files, and what was `done`."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or str(error))
        where = f"{error.filename}: " if error.filename else ""
        written = f" Written: {', '.join(done)}." if done else ""
        raise DiskError(f"{where}{reason}; {state}.{written}") from error
