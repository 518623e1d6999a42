"""The clusters of this repository run real Dask work, scaled down to what a small node holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, OPENSHIFT, deploy, scale_down, write_fleet
from e2e.harness import Kubectl, make_claim, run_client

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
    "dev": ({}, 2, CLIENT),
    "shared": ({}, 3, {"app": "jupyterhub", "component": "singleuser-server", "release": "jupyterhub"}),
}
"""Cluster to what a test changes in its spec, how many workers it has, and the labels of a client it admits."""


@pytest.mark.cluster
@pytest.mark.parametrize("name", CASES)
def test_a_cluster_of_this_repository_works(name: str, namespace: Kubectl, tmp_path: Path) -> None:
    change, workers, client = CASES[name]
    if name == "dev":
        namespace.apply([make_claim("csv-files")])
    deploy(namespace, write_fleet(tmp_path, **{name: scale_down(name, namespace.namespace, change)}), name)
    connect = CONNECT.format(name=name, workers=workers)
    said = run_client(namespace, "client", client, connect + WORK)
    assert said.split() == ["mean", "1.0", "sum", "0.5", "pi", "3.14", "took", "part", str(workers)]
    assert "Timed out trying to connect" in run_client(namespace, "stranger", {"app": "stranger"}, connect)
