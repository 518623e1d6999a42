"""A real Kubernetes: the one of KUBECONFIG, else a kind cluster that is made here and deleted afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from e2e.clusters import describe, install, write_operator
from e2e.harness import Kubectl, describe_namespace, wait_until

HERE = Path(__file__).parent


KIND = pytest.StashKey[list[str]]()
"""Options that name the kind cluster made for these tests."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make ready, once, before tests are shared out to processes: a cluster, which they find by KUBECONFIG."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    if not os.environ.get("KUBECONFIG"):
        make_cluster(session)
    install_definitions(Kubectl.of_environment())


def make_cluster(session: pytest.Session) -> None:
    """A kind cluster for these tests alone."""
    folder = tempfile.mkdtemp(prefix="daskgen-e2e-")
    name = ["--name", f"daskgen-{uuid4().hex[:6]}", "--kubeconfig", f"{folder}/kubeconfig"]
    session.config.stash[KIND] = name
    image = ["--image", node] if (node := os.environ.get("KIND_NODE_IMAGE")) else []
    config = os.environ.get("DASKGEN_E2E_KIND", str(HERE / "kind.yaml"))
    kind("create", "cluster", "--config", config, "--wait", "180s", *image, *name)
    for archive in os.environ.get("DASKGEN_E2E_ARCHIVES", "").split():
        kind("load", "image-archive", archive, *name[:2])
    os.environ["KUBECONFIG"] = f"{folder}/kubeconfig"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Delete the cluster that was made."""
    if name := session.config.stash.get(KIND, []):
        kind("delete", "cluster", *name)
        shutil.rmtree(Path(name[-1]).parent)


def kind(*words: str) -> None:
    subprocess.run(["kind", *words], check=True)


@pytest.fixture(scope="session")
def cluster() -> Kubectl:
    """The cluster, with the definitions that rendered objects need."""
    return Kubectl.of_environment()


def install_definitions(kubectl: Kubectl) -> None:
    """Install the definitions that rendered objects need."""
    with tempfile.TemporaryDirectory() as folder:
        rendered = write_operator(Path(folder)).objects
    kubectl.apply([body for body in rendered if body["kind"] == DEFINITION])
    kubectl("apply", "--server-side", "--force-conflicts", "--filename", str(HERE / "route.yaml"))
    await_definitions(kubectl)


def await_definitions(kubectl: Kubectl) -> None:
    """Wait until all that is defined is served; `kubectl wait` fails on definitions that have no conditions yet."""
    wait_until(lambda: all(map(is_established, kubectl.get(DEFINITION)["items"])), "definitions")


def is_established(definition: dict[str, Any]) -> bool:
    """Whether the API server serves it."""
    conditions = definition.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)


DEFINITION = "CustomResourceDefinition"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note the outcome where fixtures can see it."""
    report: Any = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report  # type: ignore[no-any-return]


FAILED = pytest.StashKey[bool]()


@contextmanager
def make_namespace(cluster: Kubectl) -> Iterator[Kubectl]:
    """A namespace with Pod Security `restricted`, which goes afterwards."""
    kubectl = Kubectl(cluster.kubeconfig, f"e2e-{uuid4().hex[:8]}")
    cluster.apply([describe_namespace(kubectl.namespace)])
    yield kubectl
    # Kubernetes looks again only after half of the pods' grace period, five minutes for a worker; no test needs that.
    cluster("delete", "namespace", kubectl.namespace, "--wait=false")
    kubectl("delete", "pods", "--all", "--grace-period", "0", "--force", "--wait=false")


@pytest.fixture(scope="module")
def empty_namespace(cluster: Kubectl) -> Iterator[Kubectl]:
    """A namespace for tests that leave nothing behind."""
    with make_namespace(cluster) as kubectl:
        yield kubectl


@pytest.fixture
def namespace(cluster: Kubectl, request: pytest.FixtureRequest) -> Iterator[Kubectl]:
    """A namespace of the test's own; shows what was in it if the test fails."""
    with make_namespace(cluster) as kubectl:
        yield kubectl
        if request.node.stash.get(FAILED, True):
            for words in SHOWN:
                print(f"\n$ kubectl {words}\n{kubectl(*words.split(), check=False)}")


@pytest.fixture
def elsewhere(cluster: Kubectl) -> Iterator[Kubectl]:
    """A namespace of somebody else."""
    with make_namespace(cluster) as kubectl:
        yield kubectl


SHOWN = ("get pods -o wide", "get events --sort-by .lastTimestamp", "logs -l app.kubernetes.io/name=dask --tail 20")
"""What is looked at after a failure."""


@pytest.fixture(scope="session")
def operator(cluster: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The namespace of the operator. It stays, as other tests' clusters are deleted by it."""
    folder = tmp_path_factory.mktemp("operator")
    installation = write_operator(folder, namespace={"name": "dask-operator", "create": True})
    install(cluster, folder, installation)
    return installation.identity.namespace


@pytest.fixture
def operated(operator: str, namespace: Kubectl) -> dict[str, Any]:
    """The spec of a small cluster that the operator runs."""
    return describe(namespace.namespace, engine={"kind": "operator", "namespace": operator})
