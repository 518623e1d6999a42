"""Several workers in a pod: each has its ports and its share, and real processes come up as rendered."""

from __future__ import annotations

import pytest
from distributed.cli.dask_worker import _apportion_ports

from daskgen.parts.retire import RETIRE, retire
from daskgen.parts.workers import WorkerGroup


def read(**fields: object) -> WorkerGroup:
    return WorkerGroup.model_validate(fields)


@pytest.mark.parametrize("processes", [1, 2, 4, 64])
def test_every_process_has_ports_that_policies_admit(processes: int) -> None:
    group = read(processes=processes)
    command = group.command()
    own, nanny = (command[command.index(option) + 1] for option in ("--worker-port", "--nanny-port"))
    ports = _apportion_ports(own, nanny, processes, nanny=True)
    numbers = [number for pair in ports for number in pair.values()]
    admitted = {8789, 8790, *range(8800, group.last_port + 1)}
    assert len(set(numbers)) == 2 * processes
    assert {int(number) for number in numbers} <= admitted


def test_the_hand_over_of_a_pod_names_every_worker_in_it() -> None:
    assert retire(1) == RETIRE
    assert 'names=[f"{worker}-{index}" for index in range(3)]' in retire(3)
    compile(retire(3), "retire", "exec")


def test_a_worker_without_a_nanny_has_no_port_for_one() -> None:
    group = read(nanny=False)
    assert group.command()[-3:] == ["--worker-port", "8789", "--no-nanny"]
    assert [port.number for port in group.ports()] == [8788, 8789]
