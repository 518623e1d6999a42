"""Fields that are declared once: what is rendered of them is imported as the same spec."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml

from daskgen.parts.places import list_copied
from daskgen.parts.workers import WorkerGroup
from support.fleets import read_cluster
from support.imports import import_text

VALUES: dict[str, Any] = {
    "nodeSelector": {"pool": "dask"},
    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
    "priorityClassName": "batch",
    "schedulerName": "bin-packing",
    "runtimeClassName": "gvisor",
    "terminationGracePeriodSeconds": 17,
    "dnsPolicy": "Default",
    "dnsConfig": {"searches": ["example.com"]},
    "hostAliases": [{"ip": "192.0.2.10", "hostnames": ["store"]}],
    "shareProcessNamespace": False,
    "hostUsers": False,
}

PROFILES: dict[str, Any] = {
    "appArmorProfile": {"type": "Localhost", "localhostProfile": "dask"},
    "seccompProfile": {"type": "Localhost", "localhostProfile": "profiles/dask.json"},
}
"""Fields that Kubernetes has in a security context."""


def test_every_copied_field_has_an_example_here() -> None:
    assert {field.alias for field in list_copied(WorkerGroup)} == set(VALUES)


@pytest.mark.parametrize("engine", ["deployments", "operator"])
@pytest.mark.parametrize("field", [*VALUES, *PROFILES])
def test_a_field_comes_back(field: str, engine: str, make_fleet: Any) -> None:
    values = VALUES | PROFILES
    spec = {
        "engine": engine,
        "namespace": "analytics",
        "image": "ghcr.io/dask/dask:2026.8.0-py3.12",
        "scheduler": {field: values[field]},
        "workers": [{field: deepcopy(values[field])}],
    }
    rendered = read_cluster(make_fleet(prod=yaml.safe_dump(spec)))
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert (again["scheduler"], again["workers"]) == (spec["scheduler"], spec["workers"])
