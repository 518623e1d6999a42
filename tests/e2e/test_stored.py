"""What daskgen says that the API server stores of custom resources is what it stores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from daskgen.checks.kustomize import read
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.schema import SCHEMAS, find_minors
from daskgen.kubernetes.stored import store
from daskgen.paths import find_differences
from daskgen.render.cluster import render_clusters
from daskgen.yaml.write import dump_all
from e2e.harness import Kubectl
from support.fleets import load

GOLDEN = Path(__file__).parents[1] / "golden"

TEXT = {"type": "string"}

PODS = 50


class Sampler:
    """Makes pods of any fields that the newest Kubernetes has. The same seed gives the same pods."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret
        self.count = 0
        self.definitions = json.loads((SCHEMAS / find_minors()[-1] / "deployment-apps-v1.json").read_text())["$defs"]

    def make_pod(self) -> Object:
        """The spec of a pod, with about a third of all the fields there are."""
        pod: Object = self.make({"$ref": "#/$defs/PodSpec"}, 0.5)
        return pod

    def make(self, schema: Mapping[str, Any], share: float) -> Any:
        """A value of `schema` that has a `share` of the fields it may have; deeper down, more of them."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.make_amount() if name == "Quantity" else self.make(self.definitions[name], share)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "properties" in schema:
            return dict(self.make_fields(schema, share))
        return self.make_simple(schema, share)

    def make_fields(self, schema: Mapping[str, Any], share: float) -> Iterator[tuple[str, Any]]:
        for name, field in schema["properties"].items():
            if name in schema.get("required", ()) or self.random.random() < share:
                yield name, self.make(field, min(0.7, share * 1.2))

    def make_simple(self, schema: Mapping[str, Any], share: float) -> Any:
        self.count += 1
        match schema["type"]:
            case "array":
                return [self.make(schema["items"], share) for _ in range(self.random.randint(1, 2))]
            case "object":
                return {f"key{self.count}": self.make(schema.get("additionalProperties") or TEXT, share)}
            case "boolean":
                return self.random.random() < 0.5
            case "integer":
                return schema.get("minimum", 1) + self.count % 50
            case _:
                return f"x{self.count}"

    def make_amount(self) -> str:
        return f"{self.random.randint(1, 9)}{self.random.choice(['', 'm', 'Mi', 'G'])}"


def make_cluster(index: int, sampler: Sampler) -> Object:
    """A DaskCluster whose pods are any."""
    service = {"ports": [{"port": 8786}], "trafficDistribution": "PreferSameZone"}
    spec = {"scheduler": {"spec": sampler.make_pod(), "service": service}, "worker": {"spec": sampler.make_pod()}}
    metadata = {"name": f"sample-{index}"}
    return {"apiVersion": "kubernetes.dask.org/v1", "kind": "DaskCluster", "metadata": metadata, "spec": spec}


def create(kubectl: Kubectl, objects: Sequence[Object]) -> list[Object]:
    """What the server would store of objects."""
    words = ["create", "--dry-run=server", "--validate=ignore", "--output", "yaml", "--filename", "-"]
    return read(kubectl(*words, text=dump_all(objects)))


def compare(kubectl: Kubectl, objects: Sequence[Object]) -> list[Any]:
    """Every place at which an object is stored otherwise than daskgen says."""
    found = []
    for body, theirs in zip(objects, create(kubectl, objects), strict=True):
        ours = store(body).body
        theirs["metadata"] = {key: value for key, value in theirs["metadata"].items() if key in ours["metadata"]}
        found += [(body["metadata"]["name"], *difference) for difference in find_differences(ours, theirs)]
    return found


@pytest.mark.cluster
def test_rendered_clusters_are_stored_as_they_are(empty_namespace: Kubectl) -> None:
    cases = sorted(GOLDEN.glob("operator*"))
    found = [body for case in cases for body in find_custom(case, empty_namespace.namespace)]
    assert [store(body) for body in found] == [(body, (), ()) for body in found]
    assert compare(empty_namespace, found) == []


def find_custom(root: Path, namespace: str) -> Iterator[Object]:
    """The custom resources of a fleet, in a namespace that is there."""
    fleet = load(root)
    for cluster in render_clusters(fleet):
        for body in cluster.objects:
            if body["kind"] in CUSTOM:
                yield {**body, "metadata": {**body["metadata"], "namespace": namespace}}


@pytest.mark.cluster
def test_any_pods_are_stored_as_daskgen_says(empty_namespace: Kubectl) -> None:
    sampler = Sampler(seed=1)
    samples = [make_cluster(index, sampler) for index in range(PODS)]
    dropped = {".".join(map(str, path)) for body in samples for path in store(body).dropped}
    assert len(dropped) > PODS
    assert compare(empty_namespace, samples) == []
