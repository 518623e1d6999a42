"""The scheduler's Service, and the further names that it has."""

from __future__ import annotations

import json
from typing import Any

from daskgen.kubernetes.objects import Object
from daskgen.render.cluster import render_cluster
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.read import Source, parse
from support.judging import SPEC, judge


def find_services(**service: Any) -> dict[str, Object]:
    """Render a cluster `prod` with these options of the Service, and return its Services by their full names."""
    settings = Settings(Fleet(), Source("daskgen.yaml", {}))
    spec = {**SPEC, "scheduler": {"service": service}}
    rendered = render_cluster(settings, parse(json.dumps(spec).encode(), "clusters/prod.yaml"))
    return {body["metadata"]["name"]: body for body in rendered.objects if body["kind"] == "Service"}


def test_an_alias_is_a_service_of_exactly_that_name_for_the_same_pods() -> None:
    services = find_services(aliases=["dask-scheduler"])
    own, alias = services["prod-scheduler"], services["dask-scheduler"]
    assert alias["spec"] == own["spec"]
    assert alias["spec"]["selector"]["app.kubernetes.io/instance"] == "prod"


def test_labels_and_annotations_are_added_to_those_that_there_are() -> None:
    metadata = find_services(labels={"team": "a"}, annotations={"example.com/a": "b"})["prod-scheduler"]["metadata"]
    assert metadata["labels"]["team"] == "a"
    assert metadata["labels"]["app.kubernetes.io/component"] == "scheduler"
    assert metadata["annotations"] == {"example.com/a": "b"}


def test_an_alias_that_the_service_has_already_is_refused() -> None:
    (problem,) = judge(scheduler={"service": {"aliases": ["worker", "worker"]}})
    assert problem.code == "DG102"
    assert "is already in the list" in problem.message
