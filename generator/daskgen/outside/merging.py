"""Merge texts with Git."""

from __future__ import annotations

from typing import NamedTuple

from daskgen.outside.disk import keep_for_now
from daskgen.outside.processes import start
from daskgen.outside.tools import ASK_TIME

NAMES = ("yours", "before", "daskgen")
"""Names of the texts, which Git writes beside the marks of a conflict."""

MOST = 127
"""Largest number of conflicts that `git merge-file` tells by its exit code; larger codes are errors."""


class Merged(NamedTuple):
    """A text in which two later versions of another are merged."""

    text: str
    conflicts: int
    """Number of places that both versions changed; both are there, between the marks of Git."""


def merge_texts(before: str, yours: str, ours: str) -> Merged:
    """Merge `ours` into `yours`, which both began as `before`. Raises `ToolError` if Git is missing.

    https://git-scm.com/docs/git-merge-file
    """
    labels = [word for name in NAMES for word in ("-L", name)]
    with keep_for_now(dict(zip(NAMES, (yours, before, ours), strict=True))) as folder:
        files = [str(folder / name) for name in NAMES]
        done = start(["git", "merge-file", "-p", *labels, *files], ASK_TIME, accept=range(MOST + 1))
    return Merged(done.output, done.code)
