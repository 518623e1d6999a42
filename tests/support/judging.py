"""What the tests of rules share: a small cluster, patched, and what is found in it."""

from __future__ import annotations

import json
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.render.cluster import render_cluster
from daskgen.spec.fleet import Fleet
from daskgen.spec.load import Settings
from daskgen.yaml.read import Source, parse

SPEC: dict[str, Any] = {
    "namespace": "analytics",
    "image": "ghcr.io/dask/dask:2026.8.0-py3.12",
    "workers": [{"replicas": 2}],
}


def judge(*patches: tuple[str, Any], **fields: Any) -> list[Problem]:
    """All that is found in a cluster with these fields and patches, each the target, such as "Service scheduler"."""
    patched = [
        {"target": dict(zip(("kind", "name"), target.split(), strict=True)), "patch": patch}
        for target, patch in patches
    ]
    spec = {**SPEC, **fields, **({"patches": patched} if patched else {})}
    settings = Settings(Fleet(), Source("daskgen.yaml", {}))
    return list(render_cluster(settings, parse(json.dumps(spec).encode(), "clusters/prod.yaml")).problems)


def find_codes(*patches: tuple[str, Any], **fields: Any) -> set[str]:
    """The codes of all that is found."""
    return {problem.code for problem in judge(*patches, **fields)}


def patch_pod(**spec: Any) -> tuple[str, Any]:
    """A patch of the pods of the default group."""
    return "Deployment worker", {"spec": {"template": {"spec": spec}}}


def patch_container(**fields: Any) -> tuple[str, Any]:
    """A patch of the worker's container."""
    return patch_pod(containers=[{"name": "worker", **fields}])
