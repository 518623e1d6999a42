"""Many findings are said shortly: what is alike is folded, what is long is cut, and machines get all of it."""

from __future__ import annotations

import json

import pytest

from conftest import SMALL, MakeFleet
from daskgen.findings.problem import Position, Problem
from daskgen.report import FORMATS, format_text
from support.fleets import render


def find(root_text: str, make_fleet: MakeFleet) -> list[Problem]:
    return list(render(make_fleet(prod=root_text)).problems)


def test_a_thousand_unknown_fields_are_told_in_few_lines(make_fleet: MakeFleet) -> None:
    problems = find(SMALL + "".join(f"zzz{index}: 1\n" for index in range(1000)), make_fleet)
    assert len(problems) == 1000
    *shown, last = format_text(problems).splitlines()
    assert len(shown) == 20
    assert last == (
        "clusters/prod.yaml:25:1: error[DG101]: 980 more findings of this kind in this file, the first of them here; "
        "--format json lists all of them"
    )
    assert len(json.loads(FORMATS["json"](problems, ()))["problems"]) == 1000
    assert sum(problem.hint.startswith("known fields") for problem in problems) == 1
    assert problems[0].hint.startswith("known fields: apiVersion, autoscaler, cni, config")


def test_each_place_says_its_own_fields_once(make_fleet: MakeFleet) -> None:
    text = "  zzz: 1\n  yyy: 1\nscheduler: {zzz: 1, yyy: 1}\n"
    hints = [problem.hint for problem in find(SMALL + text, make_fleet) if problem.hint]
    assert len(hints) == len(set(hints)) == 2


def test_twenty_one_are_shown_one_by_one() -> None:
    problems = [Problem(Position("a", line), "DG101", "is wrong") for line in range(1, 22)]
    assert len(format_text(problems).splitlines()) == 21
    assert "more" not in format_text(problems)


def test_kinds_and_files_are_counted_apart() -> None:
    problems = [
        Problem(Position(file, line), code, "m")
        for file in "ab"
        for code in ("DG101", "DG102")
        for line in range(1, 31)
    ]
    assert format_text(problems).count("10 more findings of this kind") == 4


@pytest.mark.parametrize(
    "text", [f"profile: {'x' * 100_000}\n", f"{'k' * 100_000}: 1\n", f"platform: {'x' * 100_000}\n"]
)
def test_what_is_long_is_cut(make_fleet: MakeFleet, text: str) -> None:
    assert max(map(len, format_text(find(SMALL + text, make_fleet)).splitlines())) < 2100
