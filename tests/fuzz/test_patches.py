"""Any object patched at any place with any value: a problem at the patch, or an object that is valid.

`make fuzz` tries many more of them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import yaml

from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Resource
from daskgen.kubernetes.operations import OperationError, apply_operations
from daskgen.outside.files import read_folder
from daskgen.render.cluster import render_cluster
from daskgen.render.tree import write_cluster
from daskgen.render.validity import find_faults, is_well_formed
from daskgen.spec.load import load_fleet
from daskgen.yaml.read import parse
from support.mutation import choose_value, merge, operate, seeds
from support.places import ROOT

FLEETS = [load_fleet(read_folder(root)) for root in sorted((ROOT / "tests/golden").iterdir())]
CLUSTERS = [(fleet.settings, fleet.read(file)) for fleet in FLEETS for file in fleet.clusters]
RENDERED = [(settings, source.value, render_cluster(settings, source)) for settings, source in CLUSTERS]

OF_PATCHES = {"DG211", "DG503", "DG504", "DG505"}


def write_patched(spec: Any, resource: Resource, patch: Any) -> str:
    """Write a spec with a patch as its last lines."""
    kind, name = resource.key
    patches = [{"target": {"kind": kind, "name": name}, "patch": patch}]
    return yaml.safe_dump({**spec, "patches": patches}, sort_keys=False)


@pytest.mark.parametrize("make", [merge, operate])
def test_a_patch_is_wrong_or_its_object_valid(make: Any) -> None:
    for random in seeds(make.__name__):
        settings, spec, rendered = random.choice(RENDERED)
        resource = random.choice(rendered.resources)
        text = write_patched(spec, resource, make(resource.body, random))
        patched = render_cluster(settings, parse(text.encode(), "clusters/fuzzed.yaml"))
        write_cluster(settings, patched)
        shapes = [find_faults(one.body, settings.fleet.kubernetes) for one in patched.resources]
        assert all(is_well_formed(faults) for faults in shapes), text
        first = text[: text.index("\npatches:")].count("\n") + 2
        wrong = [problem for problem in patched.problems if problem.code in OF_PATCHES]
        assert all(problem.at.line > first for problem in wrong), text


def test_merging_raises_nothing() -> None:
    for random in seeds("merge"):
        merge_patch(choose_value(random), choose_value(random), {"x": "name", "spec": "name", "name": "a b"})


def test_operations_raise_nothing_but_their_error() -> None:
    for random in seeds("operations"):
        body = choose_value(random)
        with suppress(OperationError):
            apply_operations(body, [*operate(body, random), choose_value(random)])
