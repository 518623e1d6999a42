"""The API server's own admission and daskgen agree about every pod, for each level of Pod Security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.pod_security import ENFORCE, Level, find_breaches
from e2e.harness import Kubectl
from support.loosened import generate_pods, list_containers

OUTSIDE = ("serviceAccountName", "priorityClassName", "runtimeClassName")
"""Fields that name what a namespace or a cluster has to have before a pod is admitted."""


@pytest.fixture(params=["baseline", "restricted"])
def guarded(request: pytest.FixtureRequest, cluster: Kubectl) -> Iterator[tuple[Level, Kubectl]]:
    """A namespace that enforces a level."""
    name, level = f"e2e-{uuid4().hex[:8]}", request.param
    metadata = {"name": name, "labels": {ENFORCE: level}}
    cluster.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])
    yield level, Kubectl(cluster.kubeconfig, name)
    cluster("delete", "namespace", name, "--wait=false")


@pytest.mark.cluster
def test_verdicts_agree(guarded: tuple[Level, Kubectl]) -> None:
    """Send each pod; DASKGEN_FUZZ_ROUNDS and DASKGEN_FUZZ_SECONDS make it a longer search."""
    level, kubectl = guarded
    pods = {f"pod-{number}": spec for number, spec in enumerate(generate_pods())}
    objects = [make_pod(name, spec, kubectl.namespace) for name, spec in pods.items()]
    said = kubectl.apply(objects, "--dry-run=server", check=False)
    admitted = set(re.findall(r"^pod/(\S+) serverside-applied", said, re.MULTILINE))
    refused = set(re.findall(r'pods "(\S+)" is forbidden: violates PodSecurity', said))
    # The rest contradicts itself, so that the server refuses it before it looks at rights.
    assert len(admitted) + len(refused) > 0.8 * len(pods), said
    for name in admitted | refused:
        breaches = list(find_breaches(pods[name], {}, list_containers(pods[name]), level))
        assert bool(breaches) == (name in refused), (breaches, pods[name], find_line(said, name))


def make_pod(name: str, spec: Object, namespace: str) -> dict[str, Any]:
    """A pod of that spec, without what is not there."""
    kept = {field: value for field, value in spec.items() if field not in OUTSIDE}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": kept}


def find_line(said: str, name: str) -> str:
    return next((line for line in said.splitlines() if f'"{name}"' in line), "")
