"""Claims that a spec creates, scratch on claims, and a quota that holds exactly what the check counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from daskgen.kubernetes.usage import count_usage
from e2e.clusters import deploy, describe, write_fleet
from e2e.harness import Kubectl, wait_until
from support.fleets import read_cluster, render

CLASS = "standard"
"""The StorageClass of kind clusters."""

CLAIM: dict[str, Any] = {
    "name": "data",
    "mountPath": "/data",
    "persistentVolumeClaim": {"create": {"size": "1Gi", "storageClass": CLASS}},
}

EXPECTED = {"pods": 2, "persistentvolumeclaims": 2, "requests.cpu": "400m", "limits.memory": "1400Mi"}
"""The scheduler and one worker, a claim for data and one for scratch."""

WRITE = "open('/data/kept', 'w').write('x'); open('/scratch/spilled', 'w').write('x'); open('/tmp/t', 'w').write('x')"


def describe_team(name: str) -> dict[str, Any]:
    """The spec of a cluster that creates its namespace, with a quota of exactly what it uses."""
    spec = describe(name, 1)
    spec["namespace"] = {"name": name, "create": True, "quota": dict(EXPECTED)}
    spec["workers"][0].update(scratch={"size": "1Gi", "storageClass": CLASS}, volumes=[CLAIM])
    return spec


@pytest.mark.cluster
def test_a_cluster_that_fills_its_quota_and_leaves_its_claim(cluster: Kubectl, tmp_path: Path) -> None:
    name = f"e2e-{uuid4().hex[:8]}"
    kubectl = Kubectl(cluster.kubeconfig, name)
    root = write_fleet(tmp_path, team=describe_team(name))
    assert not [problem for problem in render(root).problems if problem.code == "DG258"]
    try:
        deploy(kubectl, root, "team")
        check_quota(kubectl, root)
        check_writes(kubectl)
        check_deletion(kubectl, root)
    finally:
        cluster("delete", "namespace", name, "--wait=false", "--ignore-not-found")


def check_quota(kubectl: Kubectl, root: Path) -> None:
    """What is used is what the check counts, and one worker more is refused by both."""
    status = kubectl.get("resourcequota/team-quota")["status"]
    assert status["used"] == status["hard"]
    most = count_usage(read_cluster(root, "team").resources).most
    assert (most["pods"], most["persistentvolumeclaims"]) == (2, 2)
    [pod] = [item for item in kubectl.get("pods")["items"] if item["spec"]["containers"][0]["name"] == "worker"]
    more = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "more"}, "spec": pod["spec"]}
    said = kubectl("apply", "--dry-run=server", "--filename", "-", text=json.dumps(more), check=False)
    assert "exceeded quota: team-quota" in said
    path = root / "clusters/team.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("replicas: 1", "replicas: 2"), encoding="utf-8")
    refused = {problem.message.partition(":")[0] for problem in render(root).problems if problem.code == "DG258"}
    assert refused == {*EXPECTED}
    path.write_text(text, encoding="utf-8")


def check_writes(kubectl: Kubectl) -> None:
    """A worker writes to its claims, and to /tmp, which is on the scratch volume."""
    kubectl("exec", "deployment/team-worker", "--", "python", "-c", WRITE)
    claims = [item["metadata"]["name"] for item in kubectl.get("persistentvolumeclaims")["items"]]
    assert "team-data" in claims
    assert len(claims) == 2


def check_deletion(kubectl: Kubectl, root: Path) -> None:
    """The claim stays, and so does the namespace; the claim for scratch goes with its pod."""
    names = [
        f"{body['kind']}/{body['metadata']['name']}"
        for body in read_cluster(root, "team").objects
        if body["metadata"]["labels"].get("daskgen/kept") != "true"
    ]
    assert len(names) > 5
    kubectl("delete", "--wait=false", *names)
    wait_until(lambda: not kubectl.get("pods")["items"], "the end of the pods", 120)
    wait_until(lambda: len(kubectl.get("persistentvolumeclaims")["items"]) == 1, "the end of scratch", 60)
    [claim] = kubectl.get("persistentvolumeclaims")["items"]
    assert (claim["metadata"]["name"], claim["status"]["phase"]) == ("team-data", "Bound")
