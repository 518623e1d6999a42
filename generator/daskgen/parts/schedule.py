"""Define the hours in which workers run, by the clock of a time zone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from daskgen.findings.problem import suggest
from daskgen.model import Model, refuse

ZONES = files("daskgen") / "data" / "time-zones.json"

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Unit(NamedTuple):
    """A field of a cron expression: its name, its bounds, and the words for its numbers."""

    name: str
    first: int
    last: int
    words: Sequence[str] = ()

    @property
    def numbers(self) -> Mapping[str, int]:
        """Return the words for its numbers."""
        return {word: self.first + index for index, word in enumerate(self.words)}


UNITS = (
    Unit("minute", 0, 59),
    Unit("hour", 0, 23),
    Unit("day of the month", 1, 31),
    Unit("month", 1, 12, MONTHS),
    Unit("day of the week", 0, 6, DAYS),
)
"""The fields that KEDA's cron trigger reads (keda v2.20.2, pkg/scalers/cron_scaler.go, by robfig/cron); Sunday is 0."""

RANGE = re.compile(r"(?:[*?]|(\w+)(?:-(\w+))?)(?:/([1-9]\d?))?")


def _check_zone(name: str) -> str:
    if name not in _list_zones():
        hint = suggest(name, _list_zones(), "write its name, such as Europe/Berlin")
        raise refuse(f"{name} is no time zone", hint)
    return name


@cache
def _list_zones() -> frozenset[str]:
    return frozenset(json.loads(ZONES.read_text("utf-8")))


def _check_cron(text: str) -> str:
    fields = text.split()
    if len(fields) != len(UNITS):
        names = ", ".join(unit.name for unit in UNITS)
        raise refuse(f"{text} has {len(fields)} fields, where a cron expression has {len(UNITS)}", f"write {names}")
    for unit, field in zip(UNITS, fields, strict=True):
        for part in field.split(","):
            if not _is_range(unit, part):
                raise refuse(f"{part} is no {unit.name}", f"write {unit.first} to {unit.last}, a range, or *")
    return text


def _is_range(unit: Unit, text: str) -> bool:
    found = RANGE.fullmatch(text.lower())
    if not found:
        return False
    first, last = (_read_number(unit, word) for word in (found[1] or str(unit.first), found[2] or str(unit.last)))
    return unit.first <= first <= last <= unit.last


def _read_number(unit: Unit, word: str) -> int:
    return int(word) if word.isdecimal() else unit.numbers.get(word, -1)


Cron = Annotated[str, AfterValidator(_check_cron)]


class Schedule(Model):
    """The hours in which workers run."""

    time_zone: Annotated[
        str,
        AfterValidator(_check_zone),
        Field(examples=["Europe/Berlin", "UTC"], description="Name of the time zone, such as Europe/Berlin."),
    ]
    start: Annotated[
        Cron,
        Field(
            examples=["0 8 * * 1-5", "30 7 * * *"], description="Start of the hours, as cron writes it: 0 8 * * 1-5."
        ),
    ]
    end: Annotated[
        Cron,
        Field(
            examples=["0 18 * * 1-5", "30 19 * * *"], description="End of the hours, as cron writes it: 0 18 * * 1-5."
        ),
    ]

    @model_validator(mode="after")
    def _check_hours(self) -> Schedule:
        if self.start.split() == self.end.split():
            raise refuse("start and end are the same time", "write the end of the hours")
        return self
