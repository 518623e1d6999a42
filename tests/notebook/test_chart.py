"""The values of the chart: names that it has, and what is free."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from daskgen.notebook._chart import CHART, find_unknown
from support.places import TESTS

RENDERED = sorted((TESTS / "golden").glob("*/overlays/*/jupyterhub*.yaml"))

VALUES = [path for path in RENDERED if "values of the chart" in path.read_text("utf-8").splitlines()[0]]


@pytest.mark.parametrize("path", VALUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_rendered_is_known(path: Path) -> None:
    assert not list(find_unknown(yaml.safe_load(path.read_text("utf-8"))))


def test_a_misspelled_name_is_found_where_names_are_known() -> None:
    values = {"singleuser": {"storage": {"capcity": "1Gi"}, "extraEnv": {"ANY": "name"}}, "hub": {"config": {"X": {}}}}
    [(place, names)] = find_unknown(values)
    assert place == ("singleuser", "storage", "capcity")
    assert "capacity" in names


def test_every_map_of_the_table_is_a_name_of_the_one_above() -> None:
    for path in filter(None, CHART):
        above, _, name = path.rpartition(".")
        assert name in CHART[above].split()
