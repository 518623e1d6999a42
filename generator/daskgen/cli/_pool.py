"""Choose where clusters are rendered: in this process, in several, or on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

import click

from daskgen.cli._progress import FollowedExecutor
from daskgen.outside.workers import connect_workers
from daskgen.render.each import CHUNK
from daskgen.render.keeping import hash_program

FEW = 4 * CHUNK
"""Number of clusters up to which one process renders faster than a second one starts."""


class Pool(NamedTuple):
    """Processes of this machine, or a Dask cluster."""

    jobs: int
    scheduler: str | None = None
    """Address of the cluster's scheduler."""

    @contextmanager
    def start(self, clusters: int) -> Iterator[futures.Executor | None]:
        """Start what renders that many clusters; None for this process."""
        if self.scheduler:
            with connect_workers(self.scheduler, hash_program) as workers:
                yield FollowedExecutor(workers)
        elif clusters <= FEW or self.jobs == 1:
            yield None
        else:
            with futures.ProcessPoolExecutor(self.jobs) as executor:
                yield FollowedExecutor(executor)


def pool_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that choose where clusters are rendered; the command gets them as `pool`."""

    @wraps(command)
    def call(*arguments: Any, jobs: int, scheduler: str | None, **options: Any) -> int:
        return command(*arguments, pool=Pool(jobs, scheduler), **options)

    on = "Render on the workers of this Dask scheduler, such as tls://dask:8786; they need the same daskgen."
    call = click.option("--scheduler", metavar="ADDRESS", help=on)(call)
    return click.option(
        "-j", "--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Processes for large fleets."
    )(call)
