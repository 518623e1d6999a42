"""A JupyterLab beside a cluster, on a real Kubernetes: its login, a notebook on the cluster, and the dashboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from e2e.clusters import ROOT, SMALL, deploy, describe, write_fleet
from e2e.harness import IMAGE, Kubectl

NOTEBOOK_IMAGE = IMAGE.replace("/dask:", "/dask-notebook:")

JUPYTER = {
    "kind": "jupyter",
    "image": NOTEBOOK_IMAGE,
    "token": "login",
    "cpu": "300m",
    "memory": "768Mi",
    "scratch": "100Mi",
    "storage": "100Mi",
}

CELL = (
    (ROOT / "docs/notebooks/sum.py").read_text("utf-8")
    + """
assert client.dashboard_link == "/proxy/lab-scheduler:8787/status", client.dashboard_link
assert 7.9e6 < x.sum().compute() < 8.1e6
open("/home/jovyan/total", "w").write("done")
"""
)

ASK = """
import sys, urllib.error, urllib.request
def ask(path, token):
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:8888{path}", headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code
print(ask("/api/contents", ""), ask("/api/contents", "wrong"), ask("/api/contents", sys.argv[1]))
print(ask("/proxy/lab-scheduler:8787/status", sys.argv[1]), ask("/proxy/kubernetes.default:443/", sys.argv[1]))
"""

TOKEN = "a-token-of-the-test"  # noqa: S105


@pytest.mark.cluster
def test_a_notebook_computes_on_the_cluster_and_shows_its_dashboard(namespace: Kubectl, tmp_path: Path) -> None:
    namespace("create", "secret", "generic", "login", f"--from-literal=token={TOKEN}")
    spec = describe(namespace.namespace, workers=1, scheduler=SMALL, notebooks=[JUPYTER])
    deploy(namespace, write_fleet(tmp_path, lab=spec), "lab")
    namespace("rollout", "status", "statefulset/lab-jupyter", "--timeout", "300s")
    said = namespace("exec", "lab-jupyter-0", "--", "python", "-c", ASK, TOKEN)
    assert said.split() == ["403", "403", "200", "200", "403"]
    written = json.dumps(
        {"cells": [{"cell_type": "code", "source": CELL, "metadata": {}, "outputs": [], "execution_count": None}]}
        | {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    )
    save = "import sys; open('/home/jovyan/sum.ipynb', 'w').write(sys.argv[1])"
    namespace("exec", "lab-jupyter-0", "--", "python", "-c", save, written)
    namespace("exec", "lab-jupyter-0", "--", "jupyter", "execute", "/home/jovyan/sum.ipynb", "--timeout=120")
    assert namespace("exec", "lab-jupyter-0", "--", "cat", "/home/jovyan/total") == "done"
