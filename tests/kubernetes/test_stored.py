"""What is stored of custom resources: fields that are dropped are found, whatever wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from make_definitions import OUTPUT, make

from daskgen.kubernetes.stored import find_dropped, store

POD: dict[str, Any] = {"containers": [{"name": "worker", "image": "dask", "ports": []}]}

NEWER: dict[str, dict[str, Any]] = {
    "hostUsers": {"hostUsers": False},
    "os": {"os": {"name": "linux"}},
    "schedulingGates": {"schedulingGates": [{"name": "later"}]},
    "resourceClaims": {"resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]},
    "securityContext.appArmorProfile": {"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}},
    "initContainers.0.restartPolicy": {"initContainers": [{"name": "log", "restartPolicy": "Always"}]},
    "containers.0.resizePolicy": {"containers": [{"name": "worker", "resizePolicy": []}]},
    "containers.0.resources.claims": {"containers": [{"name": "worker", "resources": {"claims": [{"name": "gpu"}]}}]},
    "topologySpreadConstraints.0.minDomains": {"topologySpreadConstraints": [{"maxSkew": 1, "minDomains": 2}]},
    "volumes.0.image": {"volumes": [{"name": "data", "image": {"reference": "data:1"}}]},
}
"""Fields of pods that are newer than Kubernetes 1.21, and how they are written."""

OLD: list[dict[str, Any]] = [
    {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
    {"volumes": [{"name": "data", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}}]},
    {"terminationGracePeriodSeconds": 5, "nodeSelector": {"any/key": "value"}},
]


def group(pod: dict[str, Any]) -> dict[str, Any]:
    """A group of workers with this pod."""
    metadata = {"name": "worker", "labels": {"team": "forecast"}}
    spec = {"cluster": "dask", "worker": {"replicas": 1, "spec": {**POD, **pod}}}
    return {"apiVersion": "kubernetes.dask.org/v1", "kind": "DaskWorkerGroup", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("field", NEWER)
def test_newer_fields_are_dropped(field: str) -> None:
    (path,) = find_dropped(group(NEWER[field]))
    assert ".".join(map(str, path)) == f"spec.worker.spec.{field}"


@pytest.mark.parametrize("pod", OLD)
def test_older_fields_are_stored_as_they_are(pod: dict[str, Any]) -> None:
    body = group(pod)
    assert store(body) == (body, (), ())


def test_defaults_are_filled_in_and_nulls_left_out() -> None:
    body = group({"containers": [{"name": "worker", "tty": None, "ports": [{"containerPort": 9100}]}]})
    stored = store(body)
    assert stored.body["spec"]["worker"]["spec"]["containers"] == [
        {"name": "worker", "ports": [{"containerPort": 9100, "protocol": "TCP"}]}
    ]
    assert stored.filled == (("spec", "worker", "spec", "containers", 0, "ports", 0, "protocol"),)


def test_what_was_written_is_not_touched() -> None:
    body = group({"hostUsers": False})
    before = json.dumps(body)
    store(body).body["spec"]["worker"]["spec"]["containers"].clear()
    assert json.dumps(body) == before


def test_other_kinds_keep_all_they_have() -> None:
    body = {"kind": "Deployment", "spec": {"template": {"spec": {"hostUsers": False}}}}
    assert find_dropped(body) == ()


def test_definitions_are_those_of_the_package() -> None:
    assert {path.name: path.read_text("utf-8") for path in OUTPUT.iterdir()} == make()
