"""Where a value came from and what it turns into, as `daskgen explain NAME FIELD` says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import SMALL, MakeFleet
from daskgen.explain.outcomes import NOTHING, OF_PODS, REASONS, dump_spec, explain, find_leaves, find_value
from daskgen.explain.values import Node, expand, read_schema
from daskgen.paths import Path, parse_path
from daskgen.render.cluster import render_clusters
from support.commands import daskgen
from support.fleets import load, read_cluster
from support.places import GOLDEN

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
    prepared = read_cluster(make_fleet(SETTINGS, prod=text))
    origin = find_value(prepared, ("workers", 0, "memory"))
    assert (origin.value, origin.at and origin.at.file, origin.at and origin.at.line) == ("9Gi", "daskgen.yaml", 2)
    assert {
        (outcome.kind, outcome.path[-1], outcome.value) for outcome in explain(prepared, ("env", "A")).outcomes
    } == {("Deployment", "value", "b")}


def test_an_object_that_is_there_because_of_it(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}"))
    said = daskgen("explain", "prod", "namespace.create", root=root).stdout
    assert "  Namespace analytics: exists because of it\n" in said


def test_of_a_text_only_the_lines_that_depend_on_it(make_fleet: MakeFleet) -> None:
    config = "config: {distributed: {comm: {timeouts: {connect: 90s}}}}\n"
    path = "config.distributed.comm.timeouts.connect"
    said = daskgen("explain", "prod", path, root=make_fleet(prod=SMALL + config)).stdout
    assert ": data.dask.yaml: connect: 90s\n" in said


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("wrokers", "did you mean workers?"),
        ("workers.0.memroy", "did you mean memory?"),
        ("workers.7", "workers has 0"),
        ("workers.0.memory.x", "workers.0.memory is a single value"),
        ("xyzzy", "fields: apiVersion, name"),
    ],
)
def test_a_misspelt_field_is_suggested(field: str, hint: str, make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", field, root=make_fleet(prod=SMALL), code=2).stderr
    assert f"prod has no field {field}; {hint}" in said


@pytest.mark.parametrize("field", ["workers.0.memroy", "workers.7", "", "namespace.name.x", "workers.0.memory.x"])
def test_a_field_that_is_not_there(field: str, make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    if field:
        assert f"prod has no field {field}" in daskgen("explain", "prod", field, root=root, code=2).stderr
    with pytest.raises(KeyError):
        find_value(read_cluster(root), parse_path(field))


def test_a_map_is_summarized_by_its_values(make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", "workers.0", root=make_fleet(prod=SMALL)).stdout.splitlines()
    assert said[0] == "workers.0:  (clusters/prod.yaml:4:3)"
    assert "  memory: 2 places in Deployment prod-worker" in said
    assert re.match(r"  no object depends on .*dnsConfig.* and schedule", said[-1])


def test_many_objects_are_counted(make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", "namespace", root=make_fleet(prod=SMALL.replace("analytics", "{name: team}")))
    assert "  name: 11 places in 11 objects\n" in said.stdout


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("workers.0.spread", "  Deployment prod-worker: spec.template.spec.topologySpreadConstraints: ["),
        ("engine.kind", "  DaskCluster prod-dask: would be created with kind: operator"),
        ("engine.kind", "  Deployment prod-worker: exists because of it"),
        ("expose.dashboard.kind", "  Ingress prod-dashboard: would be created with kind: ingress"),
        ("expose.dashboard.kind", "  Route prod-dashboard: would be created with kind: route"),
        ("network.isolation", "  NetworkPolicy prod-default-deny: exists because of it"),
        ("network.egress", "  NetworkPolicy prod-egress: would be created with"),
        ("platform", "  Deployment prod-scheduler: spec.template.spec.securityContext"),
        ("waive", "  it changes which findings are reported, and no object"),
        ("kind", "  it selects the base of the overlay"),
        ("namespace.labels", "  no object depends on it, with the other values of this spec"),
    ],
)
def test_values_of_a_choice_and_what_they_make(field: str, line: str, make_fleet: MakeFleet) -> None:
    said = daskgen("explain", "prod", field, root=make_fleet(prod=SMALL)).stdout
    assert any(text.startswith(line) for text in said.splitlines()), said


def test_a_value_that_cannot_change_alone_says_why(make_fleet: MakeFleet) -> None:
    env = "env: {TOKEN: {secret: tokens, key: token}}\n"
    said = daskgen("explain", "prod", "env.TOKEN.configMap", root=make_fleet(prod=SMALL + env)).stdout
    assert "  it can only change together with other fields: a variable takes exactly one of" in said


def list_fields(node: Node, prefix: str = "") -> Iterator[str]:
    """Every field of the spec: `workers[].memory`, `expose.dashboard(route).host`."""
    for inner in expand(node):
        kind = inner.get("properties", {}).get("kind", {}).get("const")
        for name, field in inner.get("properties", {}).items():
            here = f"{prefix}({kind}).{name}" if kind else f"{prefix}.{name}"
            yield here.lstrip(".")
            yield from list_fields(field, here)
        if isinstance(inner.get("items"), dict):
            yield from list_fields(inner["items"], f"{prefix}[]")
        for field in inner.get("patternProperties", {}).values():
            yield from list_fields(field, f"{prefix}{{}}")


def name_fields(node: Node, value: Any, path: Path, prefix: str = "") -> Iterator[str]:
    """The fields that a path of a spec leads through, named as `list_fields` does."""
    if not path:
        return
    for inner in expand(node):
        if isinstance(value, list) and isinstance(inner.get("items"), dict):
            yield from name_fields(inner["items"], value[int(path[0])], path[1:], f"{prefix}[]")
        elif isinstance(value, dict):
            kind = inner.get("properties", {}).get("kind", {}).get("const")
            if field := inner.get("properties", {}).get(path[0]) if kind in {None, value.get("kind")} else None:
                here = f"{prefix}({kind}).{path[0]}" if kind else f"{prefix}.{path[0]}"
                yield here.lstrip(".")
                yield from name_fields(field, value[path[0]], path[1:], here)
            for field in inner.get("patternProperties", {}).values():
                yield from name_fields(field, value[path[0]], path[1:], f"{prefix}{{}}")


def test_every_field_of_the_spec_has_an_outcome_or_a_reason() -> None:
    """In one of the golden fleets, which together have every field."""
    schema = read_schema()
    left = {name_login(field) for field in list_fields(schema) if not find_reason(field)}
    assert len(left) > 100
    for case in sorted(path for path in GOLDEN.iterdir()):
        for cluster in render_clusters(load(case)):
            spec = dump_spec(cluster)
            for path in find_leaves(spec):
                fields = {name_login(field) for field in name_fields(schema, spec, path)} & left
                if fields and explain(cluster, path).reason != NOTHING:
                    left -= fields
    assert sorted(left) == []


def name_login(field: str) -> str:
    """The name of a login's field without what is exposed: logins are the same for all."""
    return re.sub(r"^.*\.auth(?=[.(]|$)", "auth", field)


def find_reason(field: str) -> bool:
    starts = any(f"{field}.".startswith((f"{known}.", f"{known}[", f"{known}(")) for known in REASONS)
    return starts or field.endswith(tuple(f".{'.'.join(map(str, end))}" for end in OF_PODS))
