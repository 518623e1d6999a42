"""Waive checks of scanners by annotations, where daskgen decides otherwise than the scanner.

Checks are those of checkov 3 (https://www.checkov.io/5.Policy%20Index/kubernetes.html) and kube-score 1.20
(https://github.com/zegl/kube-score/blob/master/README_CHECKS.md). `make scan` shows that no other check fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import CONTAINER_LISTS, find_pods
from daskgen.kubernetes.labels import GROUP
from daskgen.kubernetes.objects import Object
from daskgen.paths import get

CHECKOV, KUBE_SCORE = "checkov.io/skip-", "kube-score/ignore"
"""Annotations of an object: a check of checkov and the reason, and checks of kube-score, which takes no reasons."""

SCANNED = ("Deployment", "StatefulSet", "Service")
"""Kinds of rendered objects that scanners check; they pass over custom resources."""


class Waiver(NamedTuple):
    """Checks that are waived for an object, and why."""

    name: str
    reason: str
    applies: Callable[[Object], bool]
    checkov: str = ""
    kube_score: str = ""


def _containers(body: Object) -> Iterator[dict[str, Any]]:
    for _, pod in find_pods(body):
        yield from (container for containers in CONTAINER_LISTS for container in pod.get(containers, ()))


def _pulls_once(body: Object) -> bool:
    return any(container.get("imagePullPolicy") != "Always" for container in _containers(body))


def _lacks_user(body: Object) -> bool:
    pods = [pod.get("securityContext") or {} for _, pod in find_pods(body)]
    return any("runAsUser" not in context for context in pods)


def _has_own_seccomp(body: Object) -> bool:
    return any(get(pod, ("securityContext", "seccompProfile", "type")) == "Localhost" for _, pod in find_pods(body))


def _has_one_health(body: Object) -> bool:
    return any(get(container, ("livenessProbe", "httpGet")) for container in _containers(body))


def _spreads(body: Object) -> bool:
    return body["kind"] == "Deployment" and any("topologySpreadConstraints" in pod for _, pod in find_pods(body))


def _is_one(body: Object) -> bool:
    is_worker = GROUP in (get(body, ("metadata", "labels")) or {})
    return body["kind"] == "Deployment" and not is_worker and get(body, ("spec", "replicas")) in {0, 1}


def _is_recreated(body: Object) -> bool:
    return bool(get(body, ("spec", "strategy", "type")) == "Recreate")


def _is_on_nodes(body: Object) -> bool:
    return bool(body["kind"] == "Service" and get(body, ("spec", "type")) == "NodePort")


def _is_stateful(body: Object) -> bool:
    return bool(body["kind"] == "StatefulSet")


def _reads_secrets(body: Object) -> bool:
    containers = list(_containers(body))
    one = [get(variable, ("valueFrom", "secretKeyRef")) for each in containers for variable in each.get("env", ())]
    many = [source.get("secretRef") for each in containers for source in each.get("envFrom", ())]
    return any([*one, *many])


def _calls_kubernetes(body: Object) -> bool:
    return any(pod.get("automountServiceAccountToken", True) for _, pod in find_pods(body))


def _lacks_cpu_limit(body: Object) -> bool:
    return any("cpu" not in (get(container, ("resources", "limits")) or {}) for container in _containers(body))


WAIVERS = (
    Waiver(
        "image-pull",
        "Tags and digests name one image (DG302), so nodes need not ask for it again.",
        _pulls_once,
        "CKV_K8S_15",
        "container-image-pull-policy",
    ),
    Waiver(
        "user-range",
        "OpenShift runs the pod as a user of the range that its namespace has.",
        _lacks_user,
        "CKV_K8S_40",
        "container-security-context-user-group-id",
    ),
    Waiver(
        "seccomp",
        "The spec names a profile of the nodes.",
        _has_own_seccomp,
        "CKV_K8S_31",
    ),
    Waiver(
        "secret-variables",
        "The program takes the secret from a variable.",
        _reads_secrets,
        "CKV_K8S_35",
    ),
    Waiver(
        "token",
        "The pod calls the API server, with the rights of its own role.",
        _calls_kubernetes,
        "CKV_K8S_38",
    ),
    Waiver(
        "cpu-limit",
        "The spec sets a request of cores without a limit.",
        _lacks_cpu_limit,
        "CKV_K8S_11",
        "container-resources",
    ),
    Waiver(
        "health",
        "The program has one page of health. A pod ends long after it was found not ready.",
        _has_one_health,
        kube_score="pod-probes-identical",
    ),
    Waiver(
        "spread",
        "Pods are spread over nodes by topologySpreadConstraints, which the check does not read.",
        _spreads,
        kube_score="deployment-has-host-podantiaffinity",
    ),
    Waiver(
        "one-pod",
        "There is one scheduler, with its state in memory, and one login before it.",
        _is_one,
        kube_score="deployment-replicas",
    ),
    Waiver(
        "recreate",
        "Of two schedulers at a time, each would have half of the workers.",
        _is_recreated,
        kube_score="deployment-strategy",
    ),
    Waiver("node-port", "The spec exposes this port on nodes.", _is_on_nodes, kube_score="service-type"),
    Waiver(
        "no-names",
        "Pods are reached by a Service and need no names of their own.",
        _is_stateful,
        kube_score="statefulset-has-servicename",
    ),
)
"""All waivers. Every other finding is corrected."""


def waive(body: Object) -> Object:
    """Return the object with the annotations of its waivers."""
    waived = [waiver for waiver in WAIVERS if body["kind"] in SCANNED and waiver.applies(body)]
    found = {f"{CHECKOV}{waiver.name}": f"{waiver.checkov}={waiver.reason}" for waiver in waived if waiver.checkov}
    if ignored := ",".join(waiver.kube_score for waiver in waived if waiver.kube_score):
        found[KUBE_SCORE] = ignored
    if not found:
        return body
    meta = body["metadata"]
    return {**body, "metadata": {**meta, "annotations": {**meta.get("annotations", {}), **found}}}
