"""A real Kubernetes: the one of KUBECONFIG, else a kind cluster that is made here and deleted afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from daskgen.emit import dump_all

HERE = Path(__file__).parent
IMAGE = os.environ.get("DASKGEN_E2E_IMAGE", "ghcr.io/dask/dask:2026.8.0-py3.11")

OUTSIDE_RANGE = 1000680000
"""A user such as OpenShift's restricted-v2 gives the pods of a namespace."""


class Kubectl:
    """Calls kubectl, in one namespace if told."""

    def __init__(self, kubeconfig: str, namespace: str = "") -> None:
        self.kubeconfig, self.namespace = kubeconfig, namespace

    def __call__(self, *words: str, text: str = "", check: bool = True) -> str:
        """What kubectl prints, warnings included."""
        where = ["--namespace", self.namespace] if self.namespace else []
        command = ["kubectl", "--kubeconfig", self.kubeconfig, *where, *words]
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}")
        return done.stdout

    def apply(self, objects: Sequence[dict[str, Any]], *options: str) -> str:
        """Apply objects as strictly as the API server can."""
        words = ["apply", "--server-side", "--force-conflicts", "--validate=strict", *options, "--filename", "-"]
        return self(*words, text=dump_all(objects))

    def get(self, *words: str) -> Any:
        """Objects as Kubernetes has them."""
        return json.loads(self("get", *words, "--output", "json"))


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if given := os.environ.get("KUBECONFIG"):
        yield given
        return
    path = str(tmp_path_factory.mktemp("kind") / "kubeconfig")
    name = f"daskgen-{uuid4().hex[:6]}"
    image = ["--image", node] if (node := os.environ.get("KIND_NODE_IMAGE")) else []
    options = ["--name", name, "--kubeconfig", path]
    try:
        subprocess.run(
            ["kind", "create", "cluster", "--config", HERE / "kind.yaml", "--wait", "180s", *image, *options], check=True
        )
        yield path
    finally:
        subprocess.run(["kind", "delete", "cluster", *options], check=False)


@pytest.fixture(scope="session")
def cluster(kubeconfig: str) -> Kubectl:
    """The cluster, with the definitions that rendered objects need."""
    kubectl = Kubectl(kubeconfig)
    kubectl("apply", "--server-side", "--force-conflicts", "--filename", str(HERE / "route.yaml"))
    kubectl("wait", "--for", "condition=Established", "crd/routes.route.openshift.io", "--timeout", "60s")
    return kubectl


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note the outcome where fixtures can see it."""
    report: Any = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report  # type: ignore[return-value, no-any-return]


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def namespace(cluster: Kubectl, request: pytest.FixtureRequest) -> Iterator[Kubectl]:
    """A namespace of the test's own with Pod Security `restricted`; shows what was in it if the test fails."""
    kubectl = Kubectl(cluster.kubeconfig, f"e2e-{uuid4().hex[:8]}")
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    labelled = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kubectl.namespace, "labels": levels}}
    cluster.apply([labelled])
    yield kubectl
    if request.node.stash.get(FAILED, True):
        for words in ("get pods -o wide", "get events --sort-by .lastTimestamp", "logs -l app.kubernetes.io/name=dask --tail 20"):
            print(f"\n$ kubectl {words}\n{kubectl(*words.split(), check=False)}")
    cluster("delete", "namespace", kubectl.namespace, "--wait=false")


def wait_until(condition: Callable[[], object], what: str, timeout: float = 180) -> None:
    """Ask until it is so."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {timeout:g} s"
        time.sleep(0.5)


def run_client(kubectl: Kubectl, name: str, labels: dict[str, str], code: str, *, timeout: float = 240) -> str:
    """Run Python in a pod with `labels`, and give what it prints."""
    secure = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {
        "name": "client",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", code],
        "env": [{"name": "HOME", "value": "/tmp"}, {"name": "USER", "value": "client"}],
        "securityContext": secure,
    }
    pod = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"restartPolicy": "Never", "securityContext": pod, "containers": [container]}
    kubectl.apply([{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}])
    ended = ("Succeeded", "Failed")
    wait_until(lambda: kubectl.get("pod", name)["status"].get("phase") in ended, f"pod {name}", timeout)
    return kubectl("logs", name)
