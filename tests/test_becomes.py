"""Where a value came from and what it turns into, as `daskgen explain NAME FIELD` says it."""

from __future__ import annotations

import pytest

from conftest import SMALL, MakeFleet
from daskgen.becomes import find_outcomes, find_value
from daskgen.paths import parse_path
from daskgen.yaml.write import dump
from support.fleets import read_cluster
from test_cli import daskgen
from test_live import read

SETTINGS = "apiVersion: daskgen/v1\nprofiles: {big: {workers: [{replicas: 3, memory: 9Gi}], env: {A: b}}}\n"


def test_a_value_with_its_line_and_its_places(make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", "workers.0.replicas", root=make_fleet(prod=SMALL)).stdout
    assert said == (
        "workers.0.replicas: 2  (clusters/prod.yaml:4:13)\n  Deployment prod-worker: spec.replicas: 2\n"
    )  # fmt: skip


def test_a_default_says_so(make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", "workers.0.memory", root=make_fleet(prod=SMALL)).stdout.splitlines()
    assert said[0] == "workers.0.memory: 4Gi  (daskgen's default)"
    assert "  Deployment prod-worker: spec.template.spec.containers.0.resources.limits.memory: 4Gi" in said


def test_a_value_of_a_profile(make_fleet: MakeFleet) -> None:
    text = "profile: big\nnamespace: analytics\nimage: ghcr.io/dask/dask:2026.8.0\n"
    prepared = read(make_fleet(SETTINGS, prod=text))
    origin = find_value(prepared, ("workers", 0, "memory"))
    assert (origin.value, origin.at and origin.at.file, origin.at and origin.at.line) == ("9Gi", "daskgen.yaml", 2)
    assert {(it.kind, it.path[-1], it.value) for it in find_outcomes(prepared, ("env", "A"))} == {
        ("Deployment", "value", "b")
    }


def test_an_object_that_is_there_because_of_it(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}"))
    said = daskgen("explain", "prod", "namespace.create", root=root).stdout
    assert "  Namespace analytics: is there because of it\n" in said


def test_of_a_text_only_the_lines_that_depend_on_it(make_fleet: MakeFleet) -> None:
    config = "config: {distributed: {comm: {timeouts: {connect: 90s}}}}\n"
    path = "config.distributed.comm.timeouts.connect"
    said = daskgen("explain", "prod", path, root=make_fleet(prod=SMALL + config)).stdout
    assert ": data.dask.yaml: connect: 90s\n" in said


@pytest.mark.parametrize("field", ["workers.0.memroy", "workers.7", "", "namespace.name.x", "workers.0.memory.x"])
def test_a_field_that_is_not_there(field: str, make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    if field:
        assert f"prod has no {field}" in daskgen("explain", "prod", field, root=root, code=2).stderr
    with pytest.raises(KeyError):
        find_value(read(root), parse_path(field))


def every_path(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(it for key, inner in pairs for it in every_path(inner, (*path, key)))]


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_every_field_of_a_cluster_can_be_explained(engine: str, make_fleet: MakeFleet) -> None:
    spec = {"namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0", "engine": engine, "workers": [{}]}
    root = make_fleet(prod=dump(spec))
    prepared = read_cluster(root)
    paths = every_path(prepared.valid.model_dump(mode="json", by_alias=True))[1:]
    places = {path: len(find_outcomes(prepared, path)) for path in paths}
    assert len(paths) > 40
    assert places["scheduler", "memory"] == 2
    assert places["image", "tag"] >= 2
