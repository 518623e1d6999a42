"""Clusters made small, so that they run on kind, and what keeps others from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from daskgen.engine.operator import DaskOperator
from daskgen.findings.problem import has_errors
from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import find_pods
from daskgen.kubernetes.objects import Object
from daskgen.outside.files import CLUSTERS, FLEET_FILE, read_folder
from daskgen.render.cluster import RenderedCluster, render_cluster, render_clusters
from daskgen.spec.load import Settings, load_fleet

SMALL = {"cpu": "500m", "memory": "1Gi", "scratch": "1Gi"}
"""What a pod is given at most; a runner of GitHub has 4 cores and 16 GB, or half of it."""

ELSEWHERE = ("affinity", "nodeSelector", "priorityClassName", "spill", "tolerations", "topologySpreadConstraints")
"""Fields of a pod that ask for nodes that kind does not have, or for more room than there is now."""

MERGED = ("defaults", "operator", "profiles")
"""Fields of daskgen.yaml that its clusters have taken over, or that are written anew."""

NEEDS = {
    "configMap": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "imagePullSecrets": "Secret",
    "persistentVolumeClaim": "PersistentVolumeClaim",
    "secret": "Secret",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
}
"""Fields of pods, and the kind of the object that they name."""


OPEN = {"kind": "none", "reason": "a cluster on kind is there for one test"}


class Trial(NamedTuple):
    """A cluster that is made small, and what keeps it from running on kind, if anything."""

    name: str
    namespace: str
    obstacles: tuple[str, ...] = ()


def lay_out(
    root: Path, folder: Path, names: Collection[str], skip: Collection[str], fixtures: Sequence[Object]
) -> list[Trial]:
    """Write a fleet into `folder`: of the fleet at `root` the clusters `names` that kind can run, made small.

    `fixtures` are the objects that are there besides. Gives all of `names`, also those that are left out.
    """
    fleet = load_fleet(read_folder(root))
    clusters = [cluster for cluster in render_clusters(fleet) if cluster.name in names]
    (folder / CLUSTERS).mkdir()
    _lay_out_settings(fleet.settings, folder, clusters)
    trials = [_lay_out_one(folder, cluster, cluster.name in skip, fixtures) for cluster in clusters]
    chosen = {trial.name for trial in trials if not trial.obstacles}
    _lay_out_settings(fleet.settings, folder, [cluster for cluster in clusters if cluster.name in chosen])
    return trials


def _lay_out_settings(settings: Settings, folder: Path, clusters: Iterable[RenderedCluster]) -> None:
    small = shrink_fleet(settings.source.value or {}, clusters)
    (folder / FLEET_FILE).write_text(json.dumps(small), "utf-8")


def _lay_out_one(folder: Path, cluster: RenderedCluster, skip: bool, fixtures: Sequence[Object]) -> Trial:
    path = folder / CLUSTERS / f"{cluster.name}.yaml"
    path.write_text(json.dumps(shrink(cluster.written.value())), "utf-8")
    fleet = load_fleet(read_folder(folder))
    small = render_cluster(fleet.settings, fleet.read(f"{CLUSTERS}/{cluster.name}.yaml"))
    obstacles = ("it is to be left out",) if skip else tuple(find_obstacles(small, fixtures))
    if obstacles:
        path.unlink()
    return Trial(cluster.name, cluster.valid.namespace.name, obstacles)


def shrink_fleet(fleet: Mapping[str, Any], clusters: Iterable[RenderedCluster]) -> dict[str, Any]:
    """The fleet's settings, with an operator where one of its clusters needs it."""
    kept = {key: value for key, value in fleet.items() if key not in MERGED}
    homes = [cluster.valid.engine.namespace for cluster in clusters if isinstance(cluster.valid.engine, DaskOperator)]
    return {**kept, "operator": {"install": True, "namespace": homes[0]}} if homes else kept


def shrink(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec, defaults and profile merged into it, with one small worker a group and pods that run on any node.

    OpenShift finds a user for pods, and has its DNS elsewhere; on kind, the platform is Kubernetes.
    """
    workers = [{**shrink_pod(group), "replicas": 1, "spread": "none", "threads": 1} for group in spec["workers"]]
    kept = {key: value for key, value in spec.items() if key != "profile"}
    small = {"scheduler": shrink_pod(spec.get("scheduler", {})), "workers": workers}
    exposed = {"expose": open_dashboard(spec["expose"])} if "expose" in spec else {}
    return {**kept, **small, **exposed, "platform": "kubernetes"}


def open_dashboard(expose: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a cluster is exposed, without the login, which needs a provider and Secrets."""
    dashboard = expose.get("dashboard")
    if isinstance(dashboard, Mapping) and "auth" in dashboard:
        return {**expose, "dashboard": {**dashboard, "auth": OPEN}}
    return dict(expose)


def shrink_pod(pod: Mapping[str, Any]) -> dict[str, Any]:
    """A scheduler, or a group of workers, that asks for little of any node."""
    sizes = {key: min(_read_amount(pod.get(key, most)), most, key=quantity.parse) for key, most in SMALL.items()}
    return {key: value for key, value in pod.items() if key not in ELSEWHERE} | sizes


def _read_amount(value: Any) -> str:
    """Return an amount; of scratch on a claim its size, since kind has no class of local disks."""
    return str(value["size"] if isinstance(value, Mapping) else value)


def find_obstacles(cluster: RenderedCluster, fixtures: Sequence[Object]) -> Iterator[str]:
    """What a cluster needs that kind has not, and that is not among `fixtures`."""
    if has_errors(cluster.problems):
        yield from (problem.message for problem in cluster.problems if problem.severity == "error")
        return
    if cluster.valid.kind == "DaskJob":
        yield "it is a job, and has work of its own"
    if cluster.valid.is_template:
        yield "users of a hub create its clusters"
    given = {fixture["spec"]["group"] for fixture in fixtures if fixture["kind"] == "CustomResourceDefinition"}
    yield from sorted(
        {f"kind has no {body['kind']}" for body in cluster.objects if not is_served(body["apiVersion"], given)}
    )
    there = {(body["kind"], body["metadata"]["name"]) for body in (*cluster.objects, *fixtures)}
    pods = [spec for body in cluster.objects for _, spec in find_pods(body)]
    needs = {need for spec in pods for need in find_needs(spec)}
    yield from (f"{kind} {name} is not in Git" for kind, name in sorted(needs - there))
    yield from (
        f"kind's nodes have no {device}"
        for device in sorted({device for spec in pods for device in find_devices(spec)})
    )


def is_served(version: str, given: Collection[str] = ()) -> bool:
    """Whether kind knows an `apiVersion`: one of Kubernetes' own, of the operator's, or of the API groups `given`."""
    group = version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io") or group in {"kubernetes.dask.org", *given}


def find_needs(value: Any, kind: str = "") -> set[tuple[str, str]]:
    """Kinds and names of the objects without which a pod does not start."""
    if isinstance(value, list):
        return {need for item in value for need in find_needs(item, kind)}
    if not isinstance(value, dict) or value.get("optional"):
        return set()
    names = {value.get(field) for field in ("name", "secretName", "claimName")}
    own = {(kind, name) for name in names if kind and name}
    return own.union(*(find_needs(item, NEEDS.get(key, "")) for key, item in value.items()))


def find_devices(spec: Object) -> set[str]:
    """What containers ask for beside cores, memory and disk, such as nvidia.com/gpu."""
    limits = [container.get("resources", {}).get("limits", {}) for container in spec["containers"]]
    return {name for each in limits for name in each if "/" in name}
