"""Run functions on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from daskgen.findings.problem import DaskgenError
from daskgen.words import name_some

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client

WAIT = 60.0
"""Seconds to wait for a worker; how long to wait for the scheduler, Dask's configuration says."""

RETRIES = 3
"""How often a function runs again after its worker was lost."""

NAMED = 3
"""Number of workers that an error names."""


class WorkersError(DaskgenError):
    """The workers cannot be reached, are lost, or do not have the same daskgen."""


@contextmanager
def connect_workers(address: str, identify: Callable[[], bytes]) -> Iterator[Executor]:
    """Connect to the scheduler at `address`, with the certificates that Dask's configuration names.

    Every worker must return of `identify` what this process does. Raises `WorkersError`.
    """
    try:
        from distributed import KilledWorker  # noqa: PLC0415 - only --scheduler needs it
    except ImportError as error:
        raise WorkersError("--scheduler needs distributed: pip install 'daskgen[cluster]'") from error
    with _connect(address) as client:
        _compare(client, address, identify)
        try:
            yield client.get_executor(pure=False, retries=RETRIES)
        except KilledWorker as error:
            raise WorkersError(f"workers of {address} were lost again and again: {error}") from error


def _connect(address: str) -> Client:
    from distributed import Client  # noqa: PLC0415 - as above

    try:
        client = Client(address, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=WAIT)
    except (OSError, TimeoutError, TypeError, ValueError) as error:
        # What TLS lacks is a TypeError.
        raise WorkersError(f"{address}: {error}") from error
    return client


def _compare(client: Client, address: str, identify: Callable[[], bytes]) -> None:
    answers: dict[str, Any] = client.run(identify, on_error="return")
    failed = {worker: answer for worker, answer in answers.items() if isinstance(answer, BaseException)}
    if failed:
        worker, error = next(iter(failed.items()))
        hint = "their image needs the daskgen that runs here"
        raise WorkersError(
            f"{len(failed)} of {len(answers)} workers of {address} have no daskgen; {hint}: {worker}: {error}"
        )
    other = [worker for worker, answer in answers.items() if answer != identify()]
    if other:
        raise WorkersError(f"{name_some(other, NAMED)}: daskgen, its libraries or Python differ from those here")
