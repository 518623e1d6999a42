"""A fleet is rendered on the workers of a Dask cluster, to the same bytes, or the command says why it cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from conftest import SMALL, MakeFleet
from daskgen.outside.workers import WorkersError, connect_workers
from daskgen.render.keeping import hash_program
from support.commands import daskgen, snapshot


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster with two processes."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:  # type: ignore[no-untyped-call]
        yield cluster.scheduler_address


def test_workers_render_the_same_bytes(make_fleet: MakeFleet, scheduler: str) -> None:
    root = make_fleet(**{f"c{number:02}": SMALL for number in range(60)})
    daskgen("render", root=root)
    here = snapshot(root)
    for path in here:
        if path.startswith("overlays"):
            (root / path).unlink()
    daskgen("render", "--scheduler", scheduler, root=root)
    assert snapshot(root) == here
    assert "files are as rendered" in daskgen("render", "--check", "--scheduler", scheduler, root=root).stderr


def test_problems_are_those_of_a_render_here(make_fleet: MakeFleet, scheduler: str) -> None:
    root = make_fleet(prod=SMALL + "worker: 1\n")
    here = daskgen("render", root=root, code=1).stdout
    assert here == daskgen("render", "--scheduler", scheduler, root=root, code=1).stdout


def test_workers_with_another_daskgen(scheduler: str) -> None:
    with (
        pytest.raises(WorkersError, match="daskgen, its libraries or Python differ"),
        connect_workers(scheduler, lambda: Path("/proc/self/stat").read_bytes()),
    ):
        pytest.fail("workers with another daskgen are used")
    with pytest.raises(WorkersError, match="2 of 2 workers of tcp"), connect_workers(scheduler, fail):
        pytest.fail("workers without daskgen are used")


def fail() -> bytes:
    raise ImportError("No module named 'daskgen'")


def test_no_scheduler(make_fleet: MakeFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    said = daskgen("render", "--scheduler", "tcp://127.0.0.1:9", root=make_fleet(prod=SMALL), env=env, code=2).stderr
    assert said.startswith("daskgen: tcp://127.0.0.1:9: ")
    said = daskgen("render", "--scheduler", "prod:8786:x", root=make_fleet(prod=SMALL), env=env, code=2).stderr
    assert said.startswith("daskgen: prod:8786:x: ")
    said = daskgen("render", "--scheduler", "tls://127.0.0.1:9", root=make_fleet(prod=SMALL), env=env, code=2).stderr
    assert said.startswith("daskgen: tls://127.0.0.1:9: ")


def test_workers_that_are_lost_again_and_again(scheduler: str) -> None:
    with (
        pytest.raises(WorkersError, match="were lost again and again"),
        connect_workers(scheduler, hash_program) as pool,
    ):
        list(pool.map(os._exit, [1]))
