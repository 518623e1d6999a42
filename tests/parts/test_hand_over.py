"""What a worker's pod runs before it stops, with a real scheduler and real workers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE
from typing import Any

import distributed
import pytest
from distributed import Scheduler, Worker

from daskgen.parts.retire import RETIRE
from daskgen.parts.workers import WorkerGroup

Client: Any = distributed.Client  # it has no types


def describe_environment(address: str) -> dict[str, str]:
    """Return the variables of the pod of the worker `leaving`."""
    return {"PATH": os.environ["PATH"], "DASK_WORKER_NAME": "leaving", "DASK_SCHEDULER_ADDRESS": address}


async def hand_over(address: str) -> int:
    """Run the script in a process of its own, and return its exit code."""
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RETIRE, env=describe_environment(address), stdout=PIPE, stderr=PIPE
    )
    await done.communicate()
    return done.returncode or 0


async def retire_one_of_two(host: str) -> tuple[int, list[str], int]:
    """Return the exit code of the script, the workers that are left, and the sum of what they hold."""
    async with (
        Scheduler(host=host, dashboard_address=":0") as scheduler,
        Worker(scheduler.address, name="leaving", dashboard_address=":0"),
        Worker(scheduler.address, name="staying", dashboard_address=":0"),
        Client(scheduler.address, asynchronous=True) as client,
    ):
        held = await client.scatter(list(range(10)))
        assert {len(copies) for copies in (await client.who_has(held)).values()} == {1}
        code = await hand_over(scheduler.address)
        left = [str(worker.name) for worker in scheduler.workers.values()]
        return code, left, sum(await client.gather(held))


@pytest.mark.parametrize("host", ["tcp://127.0.0.1", "tcp://[::1]"])
def test_nothing_is_lost(host: str) -> None:
    assert asyncio.run(retire_one_of_two(host)) == (0, ["staying"], 45)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tls://[::1]:9", "tcp://gone.invalid:8786", "gone.invalid:1"])
def test_without_a_scheduler_it_ends_before_it_loads_dask(address: str) -> None:
    loaded = "import sys\n" + RETIRE.replace("socket.create_connection", "print('asks'); socket.create_connection")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", loaded],
        env=describe_environment(address),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "asks\n")
    assert "distributed" not in done.stderr.partition("Traceback")[0]


@pytest.mark.parametrize(
    ("memory", "seconds"), [("100Mi", 80), ("4Gi", 80), ("24Gi", 80), ("26Gi", 160), ("64Gi", 320), ("200Gi", 640)]
)
def test_large_workers_get_longer(memory: str, seconds: int) -> None:
    assert WorkerGroup.model_validate({"memory": memory}).grace == seconds


def test_a_grace_period_is_kept() -> None:
    assert WorkerGroup.model_validate({"memory": "64Gi", "gracePeriod": 45}).grace == 45
