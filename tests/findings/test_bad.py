"""Specs that are wrong, and exactly what is said of them: `tests/bad/<case>.yaml` and `<case>.txt` beside it.

A folder `tests/bad/<case>/` is a whole fleet. `make golden` approves what is said now.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import FLEET, MakeFleet
from daskgen.findings.problem import ProblemsError
from daskgen.report import format_text
from support.fleets import render
from support.places import TESTS

BAD = TESTS / "bad"
FILES = sorted(path.stem for path in BAD.glob("*.yaml"))
FLEETS = sorted(path.name for path in BAD.iterdir() if path.is_dir())

PROFILES = FLEET + "profiles:\n  openshift: {platform: openshift}\n"


def say(root: Path) -> str:
    """All that rendering says of a fleet."""
    try:
        rendering = render(root)
    except ProblemsError as error:
        return format_text(error.problems) + "\n"
    return format_text(rendering.problems, rendering.waived) + "\n"


def compare(said: str, expected: Path, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--approve"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text("utf-8")
    assert said.strip()


@pytest.mark.parametrize("case", FILES)
def test_spec(case: str, make_fleet: MakeFleet, request: pytest.FixtureRequest) -> None:
    root = make_fleet(PROFILES, **{case: (BAD / f"{case}.yaml").read_text("utf-8")})
    compare(say(root), BAD / f"{case}.txt", request)


@pytest.mark.parametrize("case", FLEETS)
def test_fleet(case: str, request: pytest.FixtureRequest) -> None:
    compare(say(BAD / case), BAD / case / "problems.txt", request)
