"""Fleets for the tests: clusters of this repository, or of a test's own, small enough for a small node."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from daskgen.outside import disk
from daskgen.parts.config import merge
from daskgen.render.operator import RenderedOperator, render_operators
from daskgen.render.tree import ROOMS, render_fleet
from daskgen.yaml.read import parse
from daskgen.yaml.write import dump
from e2e.harness import IMAGE, OUTSIDE_RANGE, Kubectl
from support.fleets import load, read_cluster

ROOT = Path(__file__).parents[2]

SMALL = {"cpu": "200m", "memory": "700Mi", "scratch": "2Gi"}

CLIENT = {"daskgen/client": "true"}
"""Labels of a client that every cluster admits unless its spec says otherwise."""

CONNECT = """
import dask.array as da
from dask.distributed import Client
client = Client("tcp://{name}-scheduler:8786", timeout=30)
client.wait_for_workers({workers}, timeout=120)
"""

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


def describe(namespace: str, workers: int = 2, **fields: Any) -> dict[str, Any]:
    """The spec of a cluster of `workers`, with `fields` besides or instead."""
    groups = [{**SMALL, "replicas": workers, "threads": 1}]
    spec = {"apiVersion": "daskgen/v1", "namespace": namespace, "image": IMAGE, "scheduler": SMALL, "workers": groups}
    return {**spec, **fields}


OPEN = {"kind": "none", "reason": "what a test looks at needs no login"}


def scale_down(name: str, namespace: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a cluster of this repository, small, in `namespace`, without a login, with `change` merged in."""
    spec: dict[str, Any] = parse((ROOT / f"clusters/{name}.yaml").read_bytes(), name).value
    workers = [{**group, **SMALL, "threads": 1} for group in spec["workers"]]
    place = spec["namespace"] if isinstance(spec["namespace"], dict) else {}
    small = {"namespace": {**place, "name": namespace}, "image": IMAGE, "scheduler": SMALL, "workers": workers}
    changed = {**merge(spec, change), **small}
    if "auth" in (dashboard := changed["expose"]["dashboard"]):
        dashboard["auth"] = OPEN
    return changed


def write_fleet(folder: Path, **specs: Mapping[str, Any]) -> Path:
    """A repository's folder with these clusters, and the settings of this repository."""
    (folder / "clusters").mkdir(exist_ok=True)
    (folder / "daskgen.yaml").write_bytes((ROOT / "daskgen.yaml").read_bytes())
    for name, spec in specs.items():
        (folder / f"clusters/{name}.yaml").write_text(dump(dict(spec)), encoding="utf-8")
    return folder


def render(root: Path, name: str) -> list[dict[str, Any]]:
    """Every object of a cluster, as Kubernetes is to get it."""
    prepared = read_cluster(root, name)
    assert prepared.cluster, prepared.problems
    return prepared.objects


def write_operator(folder: Path, **settings: Any) -> RenderedOperator:
    """A repository's folder that holds nothing but the operator, rendered."""
    fleet = {"apiVersion": "daskgen/v1", "operator": {"install": True, **settings}}
    (folder / "daskgen.yaml").write_text(dump(fleet), encoding="utf-8")
    loaded = load(folder)
    disk.write(folder, render_fleet(loaded).tree, ROOMS)
    (installation,) = render_operators(loaded.settings)
    return installation


def install(kubectl: Kubectl, folder: Path, installation: RenderedOperator) -> None:
    """Apply the operator as it is written in `folder`, and wait until it is ready."""
    overlay = str(folder / "overlays" / installation.name)
    kubectl("apply", "--server-side", "--force-conflicts", "--kustomize", overlay)
    where = ("--namespace", installation.identity.namespace)
    kubectl("rollout", "status", "deployment/dask-operator-controller", *where, "--timeout", "180s")


def deploy(kubectl: Kubectl, root: Path, name: str) -> None:
    """Apply a cluster as it is written now, and wait until all of its pods are ready and new."""
    objects = render(root, name)
    kubectl.apply(objects)
    for body in objects:
        if body["kind"] == "Deployment":
            kubectl("rollout", "status", f"deployment/{body['metadata']['name']}", "--timeout", "300s")
