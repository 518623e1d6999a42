"""The clusters of this repository run real Dask work, scaled down to what a small node holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daskgen.emit import dump
from daskgen.layers.truth import as_objects, personalize
from daskgen.parts.config import merge
from daskgen.review import prepare
from daskgen.source import parse
from daskgen.spec.load import load_fleet
from e2e.harness import IMAGE, OUTSIDE_RANGE, Kubectl, run_client, start_client, wait_until

ROOT = Path(__file__).parents[2]

SMALL = {"cpu": "200m", "memory": "700Mi", "scratch": "2Gi"}

RANDOM_USER = {"runAsUser": OUTSIDE_RANGE, "runAsGroup": 0, "fsGroup": OUTSIDE_RANGE}

OPENSHIFT: dict[str, Any] = {
    # What restricted-v2 does to the pods, and where names are resolved on a Kubernetes that is not OpenShift.
    "patches": [
        {
            "target": {"kind": "Deployment", "name": name},
            "patch": {"spec": {"template": {"spec": {"securityContext": RANDOM_USER}}}},
        }
        for name in ("scheduler", "worker")
    ],
    "network": {"egress": [{"namespace": "kube-system"}]},
}

CONNECT = """
import dask.array as da
from dask.distributed import Client
client = Client("tcp://{name}-scheduler:8786", timeout=30)
client.wait_for_workers({workers}, timeout=120)
"""

WORK = """
x = da.random.random((2000, 2000), chunks=(250, 250))
print("mean", round(float((x + x.T).mean(axis=0).mean().compute()), 2))
x = da.random.random((4000, 4000), chunks=(500, 500)).persist()
print("sum", round(float(x.sum().compute()) / 16e6, 2))
import numpy as np
def hits(seed):
    points = np.random.default_rng(seed).random((2, 1_000_000))
    return int(((points ** 2).sum(axis=0) < 1).sum())
print("pi", round(4 * sum(client.gather(client.map(hits, range(24)))) / 24e6, 2))
print("took part", len({worker for workers in client.who_has().values() for worker in workers}))
"""

CASES: dict[str, tuple[dict[str, Any], int, dict[str, str]]] = {
    "prod": (OPENSHIFT, 2, {"opendatahub.io/workbenches": "true"}),
    "dev": ({}, 2, {"daskgen/client": "true"}),
    "shared": ({}, 3, {"app": "jupyterhub", "component": "singleuser-server"}),
}
"""Cluster to what a test changes in its spec, how many workers it has, and the labels of a client it admits."""


def scale_down(name: str, change: dict[str, Any], folder: Path, namespace: str) -> Path:
    """A fleet of that one cluster, small enough."""
    spec: dict[str, Any] = parse((ROOT / f"clusters/{name}.yaml").read_bytes(), name).value
    workers = [{**group, **SMALL, "threads": 1} for group in spec["workers"]]
    place = spec["namespace"] if isinstance(spec["namespace"], dict) else {}
    small = {"namespace": {**place, "name": namespace}, "image": IMAGE, "scheduler": SMALL, "workers": workers}
    (folder / "clusters").mkdir()
    (folder / "daskgen.yaml").write_bytes((ROOT / "daskgen.yaml").read_bytes())
    (folder / f"clusters/{name}.yaml").write_text(dump({**merge(spec, change), **small}), encoding="utf-8")
    return folder


@pytest.mark.cluster
@pytest.mark.parametrize("name", CASES)
def test_a_cluster_of_this_repository_works(name: str, namespace: Kubectl, tmp_path: Path) -> None:
    change, workers, client = CASES[name]
    root = scale_down(name, change, tmp_path, namespace.namespace)
    prepared = prepare(load_fleet(root), root, f"clusters/{name}.yaml")
    assert prepared.cluster, prepared.problems
    if name == "dev":
        namespace.apply([claim("csv-files")])
    namespace.apply(as_objects(personalize(prepared.resources, prepared.identity)))
    for part in ("scheduler", "worker"):
        namespace("rollout", "status", f"deployment/{name}-{part}", "--timeout", "240s")
    connect = CONNECT.format(name=name, workers=workers)
    said = run_client(namespace, "client", client, connect + WORK)
    assert said.split() == ["mean", "1.0", "sum", "0.5", "pi", "3.14", "took", "part", str(workers)]
    assert "Timed out trying to connect" in run_client(namespace, "stranger", {"app": "stranger"}, connect)


def claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


@pytest.mark.cluster
def test_nothing_held_is_lost_by_scaling_down(namespace: Kubectl, tmp_path: Path) -> None:
    _, workers, client = CASES["shared"]
    root = scale_down("shared", {}, tmp_path, namespace.namespace)
    prepared = prepare(load_fleet(root), root, "clusters/shared.yaml")
    namespace.apply(as_objects(personalize(prepared.resources, prepared.identity)))
    namespace("rollout", "status", "deployment/shared-worker", "--timeout", "240s")
    hold = """
import hashlib, os, time
def digest(data):
    return hashlib.sha256(data).hexdigest()
held = client.map(lambda _: os.urandom(100_000), range(40), pure=False)
before = client.gather(client.map(digest, held))
print("held", len(before), flush=True)
while len(client.scheduler_info()["workers"]) > 1:
    time.sleep(0.5)
after = client.gather(client.map(digest, held, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)))
"""
    started = start_client(namespace, "client", client, CONNECT.format(name="shared", workers=workers) + hold)
    wait_until(lambda: "held 40" in namespace("logs", started, check=False), "data held")
    namespace("scale", "deployment/shared-worker", "--replicas", "1")
    wait_until(lambda: "recomputed" in namespace("logs", started), "scaled down", 300)
    assert namespace("logs", started).split() == ["held", "40", "recomputed", "0"]
