"""A cluster of the operator from its first deployment to its end: reached, followed, attached to, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from daskgen.kubernetes.labels import INSTANCE
from daskgen.operator.install import Operator
from daskgen.yaml.write import dump_all
from e2e.clusters import CLIENT, CONNECT, SMALL
from e2e.harness import Kubectl, daskgen, find_own_address, list_nodes, list_pods, run_client, wait_until
from e2e.test_nodeport import answers, choose_ports, compute
from e2e.test_operator import bring_up

pytestmark = pytest.mark.xdist_group("operator")

CUSTOM = "daskclusters,daskworkergroups,daskautoscalers"


def list_made(kubectl: Kubectl) -> list[str]:
    """What there is of a cluster that the operator makes."""
    found = kubectl.get(f"{CUSTOM},deployments,pods", "--selector", f"{INSTANCE}=team")["items"]
    return [f"{body['kind']} {body['metadata']['name']}" for body in found]


NOTEBOOK: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "notebook"}},
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "notebook"},
        "rules": [
            {
                "apiGroups": ["kubernetes.dask.org"],
                "resources": ["daskclusters", "daskworkergroups"],
                "verbs": ["get", "list", "watch"],
            },
            {"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list", "watch"]},
        ],
    },
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "notebook"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "notebook"},
        "subjects": [{"kind": "ServiceAccount", "name": "notebook"}],
    },
]
"""What a pod needs to find clusters of its namespace by name."""

OPEN = [{"rule": rule, "reason": "only the tests are let in"} for rule in ("DG301", "DG312")]

ATTACH = """
import time
from dask.distributed import Client
from dask_kubernetes.operator import KubeCluster
from httpx import TransportError
def attach():
    for _ in range(10):
        try:
            return KubeCluster.from_name("team-dask", namespace="{namespace}", quiet=True)
        except TransportError:  # a busy API server closes connections
            time.sleep(3)
client = Client(attach())
print("sum", sum(client.gather(client.map(lambda it: it, range(100)))))
"""


@pytest.fixture
def outside(cluster: Kubectl) -> list[str]:
    """From where these tests call."""
    return [f"{find_own_address(next(iter(list_nodes(cluster).values())))}/32"]


@pytest.mark.cluster
def test_a_cluster_on_node_ports_from_its_first_task_to_its_end(
    operator: str, operated: dict[str, Any], namespace: Kubectl, outside: list[str], tmp_path: Path
) -> None:
    ports = choose_ports(namespace)
    expose = {name: {"kind": "nodeport", "port": port, "sources": outside} for name, port in ports.items()}
    volume = {"name": "data", "mountPath": "/data", "emptyDir": {}}
    workers = [{**SMALL, "threads": 1, "replicas": 2, "volumes": [volume]}]
    spec = {**operated, "expose": expose, "workers": workers, "waive": OPEN}
    objects = bring_up(namespace, tmp_path, spec, 2)

    [scheduler] = list_pods(namespace, "scheduler").values()
    address = list_nodes(namespace)[scheduler["spec"]["nodeName"]]
    wait_until(lambda: answers(address, ports["scheduler"]), "an open port")
    assert compute(f"tcp://{address}:{ports['scheduler']}") == "55"
    assert "team: passed" in daskgen(namespace, tmp_path, "smoke", "team", "--size", "1000")

    namespace.apply(NOTEBOOK)
    image, code = Operator().pinned_image.reference, ATTACH.format(namespace=namespace.namespace)
    attached = run_client(namespace, "notebook", CLIENT, code, image=image, account="notebook")
    assert attached.split()[-2:] == ["sum", "4950"]

    with paused(operator, namespace):
        namespace("delete", "--wait=false", "--filename", "-", text=dump_all(objects))
        said = daskgen(namespace, tmp_path, "status", "team", "--no-drift", code=1)
        assert "DaskCluster team-dask is being deleted and waits for the operator" in said
    wait_until(lambda: not list_made(namespace), "nothing left")


@contextmanager
def paused(operator: str, kubectl: Kubectl) -> Iterator[None]:
    """Have the operator away for a while."""
    scale = ("scale", "deployment/dask-operator-controller", "--namespace", operator)
    kubectl(*scale, "--replicas", "0")
    pods = ("pods", "--namespace", operator)
    wait_until(lambda: not kubectl.get(*pods)["items"], "the end of the operator")
    try:
        yield
    finally:
        kubectl(*scale, "--replicas", "1")


FOLLOW = """
import os, time
def wait_for(number):
    while len(client.nthreads()) != number:
        time.sleep(0.5)
work = client.map(lambda _: time.sleep(3) or os.urandom(100_000), range(40), pure=False)
wait_for(3)
print("grown", flush=True)
before = client.gather(client.map(lambda data: data[:16], work))
wait_for(1)
after = client.gather(client.map(lambda data: data[:16], work, pure=False))
print("recomputed", sum(one != other for one, other in zip(before, after)))
"""


@pytest.mark.cluster
def test_an_autoscaler_follows_the_work_and_loses_nothing(
    operated: dict[str, Any], namespace: Kubectl, tmp_path: Path
) -> None:
    workers = [{**SMALL, "threads": 1, "replicas": {"min": 1, "max": 3}}]
    bring_up(namespace, tmp_path, {**operated, "workers": workers}, 1)
    said = run_client(namespace, "client", CLIENT, CONNECT.format(name="team", workers=1) + FOLLOW, 400)
    assert said.split() == ["grown", "recomputed", "0"]
