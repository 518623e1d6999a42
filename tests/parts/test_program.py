"""The program of the workers: what is rendered for dask-cuda is what its own command takes."""

from __future__ import annotations

import click
import pytest

from daskgen.kubernetes.ports import EPHEMERAL
from daskgen.parts.retire import retire
from daskgen.parts.workers import WorkerGroup, list_ranges
from daskgen.rules.options import make_command

OPTIONS = {
    "deviceMemoryLimit": 0.8,
    "rmmPoolSize": "10GiB",
    "rmmMaximumPoolSize": "20GiB",
    "rmmTrackAllocations": True,
    "setRmmAllocatorForLibs": ["cupy", "torch"],
    "enableCudfSpill": True,
    "cudfSpillStats": 1,
    "preImport": ["cudf"],
}


def read(gpu: int, **fields: object) -> WorkerGroup:
    return WorkerGroup.model_validate({"gpu": gpu, "worker": {"program": "dask-cuda", **OPTIONS}, **fields})


def parse(words: list[str]) -> click.Context:
    filled = [word.replace("$(THREADS)", "1") for word in words]
    return make_command("cuda worker").make_context("dask cuda worker", filled)


@pytest.mark.parametrize("gpus", [1, 4])
def test_dask_cuda_takes_the_command(gpus: int) -> None:
    group = read(gpus)
    command = [*group.command(), *group.worker_options(gpus)]
    assert command[:3] == ["dask", "cuda", "worker"]
    given = parse(command[3:]).params
    assert given["rmm_pool_size"] == "10GiB"
    assert given["set_rmm_allocator_for_libs"] == "cupy,torch"
    assert given["worker_port"] == ("8789" if gpus == 1 else "8800:8803")
    assert given["resources"] == "GPU=1"


def test_there_is_one_worker_for_each_gpu_with_its_share_of_memory() -> None:
    group = read(4, memory="64Gi", cpu=16)
    assert group.count == 4
    shares = {variable["name"]: variable.get("value") for variable in group._shares()}
    assert shares == {"THREADS": "1", "MEMORY_LIMIT": str(16 << 30)}
    assert "range(4)" in retire(group.count)


def test_the_nanny_listens_on_any_port_so_that_policies_admit_all_of_them() -> None:
    assert list_ranges([read(1)]) == [EPHEMERAL]
    assert list_ranges([read(4)]) == [(8800, 8807), EPHEMERAL]
    assert list_ranges([WorkerGroup()]) == []
    assert [port.number for port in read(1).ports()] == [8788, 8789]
