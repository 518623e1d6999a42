"""Hours that are accepted as cron writes them; tests/bad/schedule.yaml has those that are refused."""

from __future__ import annotations

from typing import Any

import make_time_zones
import pytest
from pydantic import ValidationError

from daskgen.parts.schedule import Schedule
from daskgen.parts.workers import WorkerGroup


def describe(**fields: str) -> dict[str, Any]:
    return {"timeZone": "UTC", "start": "0 8 * * 1-5", "end": "0 18 * * 1-5", **fields}


@pytest.mark.parametrize(
    "start", ["59 23 31 12 6", "0 0 1 1 0", "*/5 * * * *", "0,30 8-9/1 ? JAN-mar SUN,SAT", "0  8\t* * MON-FRI"]
)
def test_hours_in_every_form(start: str) -> None:
    assert Schedule.model_validate(describe(start=start)).start == start


@pytest.mark.parametrize(
    "start", ["60 8 * * *", "0 24 * * *", "0 8 0 * *", "0 8 * 0 *", "0 8 * * 7", "0 8 * * */0", ""]
)
def test_hours_just_outside(start: str) -> None:
    with pytest.raises(ValidationError):
        Schedule.model_validate(describe(start=start))


def test_outside_of_its_hours_a_group_may_have_no_workers() -> None:
    assert WorkerGroup.model_validate({"replicas": 3}).least == 3
    assert WorkerGroup.model_validate({"replicas": 3, "schedule": describe()}).least == 0


def test_the_time_zones_are_what_the_script_writes() -> None:
    assert make_time_zones.OUTPUT.read_text("utf-8") == make_time_zones.make()
