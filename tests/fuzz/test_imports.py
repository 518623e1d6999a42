"""Manifests with wrong values anywhere, those that daskgen renders included: a report and specs, never a traceback.

`make fuzz` tries many more of them.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from daskgen.importing.report import format_json, format_result
from daskgen.render.cluster import render_clusters
from support.fleets import load
from support.imports import import_text, list_cases, read_case, render_import
from support.mutation import mutate, seeds
from support.places import GOLDEN

INDENTED_WRONGLY = "operator"
"""A case that is no YAML before it is mended."""


def read_manifests() -> list[list[Any]]:
    """Read the manifests of every case, and render those of every golden cluster."""
    texts = [read_case(case).values() for case in list_cases() if case != INDENTED_WRONGLY]
    written = [[body for text in files for body in yaml.safe_load_all(text)] for files in texts]
    return [*written, *(one.objects for root in sorted(GOLDEN.iterdir()) for one in render_clusters(load(root)))]


def test_any_manifests_are_imported() -> None:
    manifests = read_manifests()
    for random in seeds("imports"):
        documents = mutate(random.choice(manifests), random)
        text = yaml.safe_dump_all(documents)
        result = import_text(text)
        assert format_result(result), text
        assert json.loads(format_json(result))["kind"] == "Import"
        for imported in result.clusters:
            render_import(imported)
