"""Specs that nobody wrote, and that daskgen finds nothing wrong with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from daskgen.findings.problem import has_errors
from daskgen.kubernetes.objects import Object
from daskgen.layers.truth import as_objects, personalize
from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.yaml.read import parse
from support.fleets import load
from support.mutation import graft, merge, mutate, operate, seeds
from support.places import ROOT

GOLDEN = sorted((ROOT / "tests/golden").iterdir())


def generate() -> Iterator[tuple[str, RenderedCluster]]:
    """Change and patch the specs of the golden fleets, and keep those without errors: each with its text."""
    fleets = [load(root) for root in GOLDEN]
    clusters = [(fleet.settings, fleet.read(file)) for fleet in fleets for file in fleet.clusters]
    for random in seeds("valid"):
        settings, source = random.choice(clusters)
        spec: Any = dict(source.value)
        if random.random() < 0.5:
            spec = graft(spec, random.choice(clusters)[1].value, random)
        if random.random() < 0.3:
            spec = mutate(spec, random)
        resource = random.choice(render_cluster(settings, source).resources)
        if random.random() < 0.7:
            patch = random.choice([merge, operate])(resource.body, random)
            target = dict(zip(("kind", "name"), resource.key, strict=True))
            spec["patches"] = [{"target": target, "patch": patch}]
        text = yaml.safe_dump(spec, sort_keys=False)
        rendered = render_cluster(settings, parse(text.encode(), "clusters/generated.yaml"))
        if rendered.cluster and not has_errors(rendered.problems):
            yield text, rendered


def find_objects(rendered: RenderedCluster, name: str, namespace: str) -> list[Object]:
    """Return the objects of a cluster as those of another cluster, in that namespace; none that has no namespace."""
    identity = rendered.identity._replace(name=name, namespace=namespace)
    objects = as_objects(personalize(rendered.resources, identity))
    return [body for body in objects if "namespace" in body["metadata"]]
