"""Show on a terminal how far a long command is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from typing import Any, TypeVar

import click

SOON = 1.0
"""Seconds after which a bar is shown."""

Step = TypeVar("Step")


def follow(steps: Iterable[Step], total: int, title: str) -> Iterator[Step]:
    """Yield the steps, and show a bar on a terminal once they take long; nothing where the output is piped."""
    start = time.monotonic()
    with click.progressbar(length=total, label=title, file=sys.stderr, hidden=True) as bar:
        for step in steps:
            bar.hidden = not sys.stderr.isatty() or time.monotonic() - start < SOON
            bar.update(1)
            yield step


class FollowedExecutor(futures.Executor):
    """Another executor, with a bar."""

    def __init__(self, executor: futures.Executor) -> None:
        self._executor = executor

    def map(self, fn: Callable[..., Step], *iterables: Iterable[Any], **options: Any) -> Iterator[Step]:
        """See `Executor.map`."""
        lists = [list(iterable) for iterable in iterables]
        return follow(self._executor.map(fn, *lists, **options), min(map(len, lists)), "rendering")
