"""A cluster goes quickly, with its namespace, whichever way it is deleted."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import pytest

from e2e.clusters import deploy, describe, render, write_fleet
from e2e.harness import Kubectl, wait_until


@pytest.mark.cluster
@pytest.mark.parametrize("what", ["every object", "the namespace"])
def test_a_cluster_and_its_namespace_are_gone_within_a_minute(what: str, cluster: Kubectl, tmp_path: Path) -> None:
    """Where pods are left, Kubernetes looks at a namespace again after half of their longest grace period."""
    name = f"e2e-{uuid4().hex[:8]}"
    kubectl = Kubectl(cluster.kubeconfig, name)
    root = write_fleet(tmp_path, team={**describe(name), "namespace": {"name": name, "create": True}})
    deploy(kubectl, root, "team")
    names = [f"{body['kind']}/{body['metadata']['name']}" for body in render(root, "team")]
    start = time.monotonic()
    kubectl("delete", "--wait=false", *(names if what == "every object" else [f"Namespace/{name}"]))
    wait_until(lambda: "NotFound" in cluster("get", "namespace", name, check=False), "the end of the namespace", 60)
    print(f"{what}: gone after {time.monotonic() - start:.0f} s")
