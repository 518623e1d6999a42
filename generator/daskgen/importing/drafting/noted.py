"""Find what clusters, controllers and tools write into objects: it is not configuration, so it is not imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

from daskgen.delivery import list_engines
from daskgen.importing.draft import Draft, Part
from daskgen.importing.reasons import NOTED
from daskgen.paths import Path, get

METADATA = frozenset(
    {
        *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName"),
        *("generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid"),
    }
)
"""Fields of metadata that the API server and controllers write."""

FIELDS: Mapping[str, frozenset[str]] = {
    "metadata": METADATA,
    "service": frozenset({"clusterIP", "clusterIPs", "healthCheckNodePort"}),
    "spec": frozenset({"clusterIP", "clusterIPs", "healthCheckNodePort", "nodeName", "priority"}),
}
"""Name of a map to the fields in it that the API server and controllers write."""

WRITERS: Mapping[str, tuple[str, ...]] = {
    "the operator": ("kopf.zalando.org/*", "kopf.dev/*", "kubernetes.dask.org/cooldown-until"),
    **{engine.title(): engine.marks().keys for engine in list_engines()},
    "Helm": ("meta.helm.sh/*", "helm.sh/chart", "heritage"),
    "kubectl": ("kubectl.kubernetes.io/last-applied-configuration", "kubectl.kubernetes.io/restartedAt"),
    "kustomize": ("config.kubernetes.io/*", "internal.config.kubernetes.io/*", "config.k8s.io/*"),
    "OpenShift": ("openshift.io/scc", "openshift.io/generated-by", "k8s.ovn.org/*"),
    "Rancher": ("field.cattle.io/*", "objectset.rio.cattle.io/*"),
    "the network plugin": ("cni.projectcalico.org/*", "k8s.v1.cni.cncf.io/network-status*"),
    "Istio": ("sidecar.istio.io/status",),
    "Kubernetes": (
        *("deployment.kubernetes.io/*", "endpoints.kubernetes.io/*", "pod-template-hash"),
        *("controller-revision-hash", "autoscaling.alpha.kubernetes.io/*"),
    ),
}
"""Tool to the labels and annotations that it writes. Those that people write, like sync waves, are not listed."""

OF_A_RELEASE = ("release", "chart")
"""Labels of charts that were written before Helm 3, beside `heritage`."""

TOKEN = "kube-api-access-"  # noqa: S105 - the name of a volume
"""Prefix of the names of volumes that hold tokens of service accounts."""

TAINTS = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}
TAINT_SECONDS = 300

Found = tuple[Path, str]
"""A place, and the reason why its value is not kept."""


def remove_noted(draft: Draft) -> None:
    """Take what controllers and tools wrote out of the parts of a draft, with the reason."""
    for part in draft.parts:
        for path, reason in reversed(list(_find(part.tree, _name_root(part)))):
            part.explain(path, reason)


def without_noted(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of an object without what controllers and tools wrote."""
    copy: dict[str, Any] = deepcopy(dict(body))
    for path, _ in reversed(list(_find(copy, ""))):
        holder = get(copy, path[:-1])
        holder.pop(path[-1])
        if not holder and len(path) > 1:
            get(copy, path[:-2]).pop(path[-2])
    return copy


def _name_root(part: Part) -> str:
    return "service" if part.role == "service" else ""


def _find(value: Any, name: str, path: Path = ()) -> Iterator[Found]:
    """Find what controllers and tools wrote, in order; `name` is the key of `value`."""
    if isinstance(value, Mapping):
        known = {"status"} if not path and not name else FIELDS.get(name, frozenset())
        for key, item in value.items():
            if key in known:
                yield (*path, key), NOTED
            elif name in ("labels", "annotations") and (reason := _find_writer(str(key), value)):
                yield (*path, key), reason
            else:
                yield from _find(item, str(key), (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if _is_filled_in(name, item):
                yield (*path, index), NOTED
            else:
                yield from _find(item, "", (*path, index))


def _find_writer(key: str, beside: Mapping[str, Any]) -> str:
    if key in OF_A_RELEASE and "heritage" in beside:
        return "Helm writes it itself"
    writers = (name for name, patterns in WRITERS.items() if any(fnmatchcase(key, pattern) for pattern in patterns))
    return next((f"{name} writes it itself" for name in writers), "")


def _is_filled_in(name: str, element: Any) -> bool:
    """Return whether the API server adds such an element to the lists of pods."""
    if name in ("volumes", "volumeMounts"):
        return str(get(element, ("name",))).startswith(TOKEN)
    seconds = get(element, ("tolerationSeconds",))
    return name == "tolerations" and seconds == TAINT_SECONDS and get(element, ("key",)) in TAINTS
