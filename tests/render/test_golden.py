"""Whole fleets and the trees they become: `tests/golden/<case>/`. `make golden` approves what is rendered now."""

from __future__ import annotations

import pytest

from daskgen.checks.proof import Provable, prove
from daskgen.outside import disk
from daskgen.render.cluster import render_clusters
from daskgen.render.entry_points import find_entry_points, find_folders
from daskgen.render.operator import render_operators
from support.fleets import load, render
from support.places import GOLDEN, GOLDEN_CASES

ROOMS = ("base", "overlays")

COPIED = "base/dask-operator/crds.yaml"
"""Large, and not made here: test_installation.py compares it with what it is a copy of."""


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_tree(case: str, request: pytest.FixtureRequest) -> None:
    rendering = render(GOLDEN / case)
    tree = {path: text for path, text in rendering.tree.items() if path.startswith(ROOMS) and path != COPIED}
    if request.config.getoption("--approve"):
        disk.write(GOLDEN / case, tree, ROOMS)
    found = {room: (GOLDEN / case / room).rglob("*") for room in ROOMS}
    files = [path for paths in found.values() for path in paths if path.is_file()]
    assert {path.relative_to(GOLDEN / case).as_posix(): path.read_text("utf-8") for path in files} == tree
    assert rendering.problems == ()


@pytest.mark.tools
@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_kustomize_builds_the_truth_and_it_is_valid(case: str) -> None:
    fleet = load(GOLDEN / case)
    clusters = render_clusters(fleet)
    rendering = render(GOLDEN / case)
    entries = find_entry_points(fleet.settings, rendering.groups)
    subjects: list[Provable] = [*clusters, *render_operators(fleet.settings), *entries]
    folders = find_folders(entries, rendering.groups)
    assert prove(rendering.tree, subjects, fleet.fleet.kubernetes, folders) == []
