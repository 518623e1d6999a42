"""Specs and settings with wrong values anywhere: problems with positions, never a traceback.

`make fuzz` tries many more of them.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml

from daskgen.findings.problem import ProblemsError
from daskgen.outside.files import Files, read_folder
from daskgen.render.tree import render_fleet
from daskgen.report import FORMATS
from daskgen.spec.load import load_fleet
from support.mutation import graft, mutate, seeds
from support.places import ROOT

FLEETS = [read_folder(root) for root in (ROOT, *sorted((ROOT / "tests/golden").iterdir()))]


def say(files: Files) -> None:
    """Render a fleet, and check that all that is wrong with it has a place and can be shown in every format."""
    try:
        rendered = render_fleet(load_fleet(files))
        problems, waived = rendered.problems, rendered.waived
    except ProblemsError as error:
        problems, waived = error.problems, ()
    for problem in problems:
        assert problem.at.file
        assert problem.at.line >= 1
        assert problem.at.column >= 1
        assert problem.message
    for show in FORMATS.values():
        show(problems, waived)


def break_file(random: Random, name: str) -> Files:
    """Choose a fleet, and break one of its files of that name, or of a cluster; give it fields of another fleet's."""
    files = random.choice(FLEETS)
    file = choose_file(random, files, name)
    value: Any = yaml.safe_load(files[file]) or {}
    if random.random() < 0.5:
        other = random.choice(FLEETS)
        value = graft(value, yaml.safe_load(other[choose_file(random, other, file.partition("/")[0])]), random)
    if random.random() < 0.8:
        value = mutate(value, random)
    text = yaml.safe_dump(value, allow_unicode=random.random() < 0.5).encode("utf-8", "surrogatepass")
    return Files({**files, file: text})


def choose_file(random: Random, files: Files, part: str) -> str:
    return random.choice([path for path in files if part in path])


@pytest.mark.parametrize("name", [".yaml", "daskgen.yaml"])
def test_wrong_values_are_problems(name: str) -> None:
    for random in seeds(name):
        say(break_file(random, name))
