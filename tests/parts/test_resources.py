"""Requests, limits and GPUs: how the short forms and Kubernetes' own maps go together."""

from __future__ import annotations

from typing import Any

import pytest

from daskgen.parts.gpu import tolerate
from daskgen.parts.workers import WorkerGroup

SCRATCH = {"ephemeral-storage": "10Gi"}


@pytest.mark.parametrize(
    ("fields", "requests", "limits"),
    [
        ({}, {"cpu": "1", "memory": "4Gi"}, {"cpu": "1", "memory": "4Gi"}),
        ({"cpu": 2}, {"cpu": "2", "memory": "4Gi"}, {"cpu": "2", "memory": "4Gi"}),
        # A request alone has no limit; beside the short form, that is the limit.
        ({"requests": {"cpu": 2}}, {"cpu": "2", "memory": "4Gi"}, {"memory": "4Gi"}),
        (
            {"memory": "8Gi", "requests": {"memory": "6Gi"}},
            {"cpu": "1", "memory": "6Gi"},
            {"cpu": "1", "memory": "8Gi"},
        ),
        ({"limits": {"memory": "8Gi"}}, {"cpu": "1", "memory": "8Gi"}, {"cpu": "1", "memory": "8Gi"}),
    ],
)
def test_requests_and_limits(fields: dict[str, Any], requests: dict[str, str], limits: dict[str, str]) -> None:
    group = WorkerGroup.model_validate(fields)
    assert group.requirements() == {"requests": requests | SCRATCH, "limits": limits | SCRATCH}


def test_devices_and_gpus_are_requested_as_they_are_limited() -> None:
    group = WorkerGroup.model_validate({"limits": {"example.com/licence": 1}, "gpu": {"amd.com/gpu": 2}})
    for amounts in group.requirements().values():
        assert amounts.items() >= {"example.com/licence": "1", "amd.com/gpu": "2"}.items()  # type: ignore[attr-defined]


def test_dask_follows_the_limit_or_the_request_where_there_is_none() -> None:
    group = WorkerGroup.model_validate(
        {"requests": {"cpu": 3, "memory": "32Gi"}, "limits": {"ephemeral-storage": "40Gi"}}
    )
    assert (group.row("cpu").part, group.cores) == ("requests", 3)
    assert group.hand_over_time == 102
    assert group.room == "40Gi"


def test_the_taint_of_a_whole_gpu_keeps_pods_with_a_slice_off_too() -> None:
    given = [{"key": "nvidia.com/gpu", "operator": "Equal", "value": "present"}]
    slices = {"nvidia.com/mig-1g.5gb": 1}
    assert [taint["key"] for taint in tolerate(slices, ())] == ["nvidia.com/gpu", "nvidia.com/mig-1g.5gb"]
    assert [taint["key"] for taint in tolerate(slices, given)] == ["nvidia.com/mig-1g.5gb"]
