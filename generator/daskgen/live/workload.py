"""Run real Dask work with known answers, as a client of the cluster.

Imports nothing of daskgen: the same text runs here and in a pod that has dask only.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NotRequired, TypedDict

if TYPE_CHECKING:
    from distributed import Client

MARK = "daskgen-smoke: "
"""Prefix of the line of the pod's log that holds the report."""

SIGMAS = 6
"""Largest error of an estimate, in standard deviations: a larger one has a chance of one in half a billion."""


class Order(TypedDict):
    """What to run. `source` is Python that defines run(client, size), in place of a workload of this module."""

    address: str
    workers: int
    timeout: float
    workload: str
    size: int
    source: str
    tls: NotRequired[dict[str, str]]
    """A client's certificate in PEM, by Dask's options without `tls_`; without it, Dask's configuration has it."""


class Answer(NamedTuple):
    """The result of a workload. `expected` is None if only the workload knows it; amounts are those that it read."""

    value: float
    expected: float | None
    tolerance: float = 0.0
    items: int = 0

    @property
    def right(self) -> bool:
        """Return whether the value is as close to the expected one as it must be."""
        return self.expected is None or abs(self.value - self.expected) <= self.tolerance


def compute_mean(client: Client, size: int) -> Answer:
    """Compute the mean of x + x.T for a random matrix: every worker sends parts of it to others."""
    import dask.array as da  # noqa: PLC0415 - the pod may lack it, which the report then says

    x = da.random.random((size, size), chunks=(max(1, size // 8), max(1, size // 8)))
    value = float(client.compute((x + x.T).mean()).result())
    return Answer(value, 1.0, SIGMAS * 2 / (math.sqrt(12) * size), size * size)


def compute_sum(client: Client, size: int) -> Answer:
    """Compute the sum of 0 … n - 1, which is n (n - 1) / 2 exactly."""
    import dask.array as da  # noqa: PLC0415 - as above

    count = size * size
    x = da.arange(count, chunks=max(1, count // 64), dtype="int64")
    return Answer(int(client.compute(x.sum()).result()), count * (count - 1) // 2, 0, count)


def estimate_pi(client: Client, size: int) -> Answer:
    """Compute the share of random points within a circle: tasks that need only Python and a CPU."""

    def count_hits(seed: int, points: int) -> int:
        import random  # noqa: PLC0415 - runs on a worker

        source = random.Random(seed)  # noqa: S311 - no secret
        return sum(source.random() ** 2 + source.random() ** 2 < 1 for _ in range(points))

    each = max(1, size * size // 64)
    hits = sum(client.gather(client.map(count_hits, range(64), points=each, pure=False)))
    share = math.pi / 4
    return Answer(4 * hits / (64 * each), math.pi, SIGMAS * 4 * math.sqrt(share * (1 - share) / (64 * each)), 64 * each)


WORKLOADS: dict[str, Callable[[Client, int], Answer]] = {"mean": compute_mean, "sum": compute_sum, "pi": estimate_pi}


def run(order: Order) -> dict[str, Any]:
    """Run an order; report {steps: {name: seconds}, error, versions, workers, answer …}. Failed steps have no entry."""
    report: dict[str, Any] = {"steps": {}, "error": ""}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # distributed's own warning about versions, which the report has anyway
            _run(order, report)
    except Exception as error:  # any error is reported
        report["error"] = f"{type(error).__name__}: {error}"
    return report


def _run(order: Order, report: dict[str, Any]) -> None:
    from distributed import Client  # noqa: PLC0415 - as above
    from distributed.security import Security  # noqa: PLC0415 - as above

    files: Any = {f"tls_{option}": text for option, text in order.get("tls", {}).items()}
    security = Security(require_encryption=True, **files) if files else None
    with _timing(report, "connect"):
        client = Client(order["address"], timeout=order["timeout"], set_as_default=True, security=security)
    with client:
        with _timing(report, "workers"):
            _await_workers(client, order)
        # `scheduler_info` may give an empty answer: a copy of it is refreshed meanwhile without workers (2026.8.0).
        scheduler: Any = client.scheduler
        workers = client.sync(scheduler.identity, n_workers=-1)["workers"]
        report["workers"] = {
            worker["name"]: {"threads": worker["nthreads"], "memory": worker["memory_limit"]}
            for worker in workers.values()
        }
        report["versions"] = _find_versions(client)
        if workers:
            with _timing(report, "each worker"):
                # Each by name, so that a worker that never answers is found; the work itself may not use it.
                client.gather([client.submit(os.getpid, workers=[worker], pure=False) for worker in workers])
            _work(client, order, report)


def _await_workers(client: Client, order: Order) -> None:
    if not order["workers"]:
        return  # Dask refuses to wait for none; the work makes an autoscaler add some.
    # The connected workers run the work in the remaining time; the report shows how many are missing.
    with suppress(TimeoutError):
        client.wait_for_workers(order["workers"], timeout=order["timeout"] / 2)


def _work(client: Client, order: Order, report: dict[str, Any]) -> None:
    from distributed import get_task_stream  # noqa: PLC0415 - as above

    work = _load(order["source"]) if order["source"] else WORKLOADS[order["workload"]]
    with get_task_stream(client) as stream, _timing(report, order["workload"]):
        answer = work(client, order["size"])
    if not isinstance(answer, Answer):
        answer = Answer(answer, None)
    report["answer"] = {**answer._asdict(), "value": answer.value, "right": answer.right}
    report["tasks"] = len(stream.data)
    report["took part"] = len({task["worker"] for task in stream.data})


def _load(source: str) -> Callable[[Client, int], Any]:
    names: dict[str, Any] = {"__name__": "workload"}
    exec(compile(source, "workload", "exec"), names)  # noqa: S102 - the user's own file
    work: Callable[[Client, int], Any] = names["run"]
    return work


def _find_versions(client: Client) -> dict[str, dict[str, str]]:
    """Return the packages of client, scheduler and each worker: {who: {package: version}}."""
    found: Any = client.get_versions()
    sides = {"client": found["client"], "scheduler": found["scheduler"], **found["workers"]}
    return {
        who: {key: str(value or "-") for key, value in side["packages"].items()} for who, side in sides.items() if side
    }


@contextmanager
def _timing(report: dict[str, Any], step: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    report["steps"][step] = round(time.monotonic() - start, 2)


if __name__ == "__main__":
    sys.stdout.write(MARK + json.dumps(run(json.loads(os.environ["DASKGEN_SMOKE"])), default=str) + "\n")
