"""Kubernetes lets as many pods be evicted as daskgen counts, and none that two budgets select."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daskgen.rules.disruption import count_evictable
from e2e.harness import IMAGE, Kubectl, wait_until

LABELS = {"app": "idle"}
COUNT = 3
SPECS: list[dict[str, Any]] = [
    {"maxUnavailable": 1},
    {"maxUnavailable": 0},
    {"maxUnavailable": "1%"},
    {"maxUnavailable": "34%"},
    {"minAvailable": 2},
    {"minAvailable": COUNT},
    {"minAvailable": "34%"},
    {"minAvailable": "67%"},
    {},
]


def describe_pods() -> dict[str, Any]:
    """A Deployment of pods that do nothing."""
    hardened = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    command = ["python", "-c", "import signal; signal.pause()"]
    resources = {"requests": {"cpu": "10m", "memory": "16Mi"}}
    container = {"name": "idle", "image": IMAGE, "command": command, "resources": resources}
    secure = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"terminationGracePeriodSeconds": 1, "securityContext": secure}
    template = {
        "metadata": {"labels": LABELS},
        "spec": {**pod, "containers": [{**container, "securityContext": hardened}]},
    }
    spec = {"replicas": COUNT, "selector": {"matchLabels": LABELS}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "idle"}, "spec": spec}


def describe_budget(name: str, **spec: Any) -> dict[str, Any]:
    spec = {"selector": {"matchLabels": LABELS}, **spec}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


def read_allowed(kubectl: Kubectl, name: str) -> int | None:
    """Return how many evictions a budget allows, once Kubernetes has looked at it."""
    status = kubectl.get("poddisruptionbudget", name).get("status", {})
    seen = status.get("currentHealthy") == COUNT and status.get("observedGeneration")
    return status["disruptionsAllowed"] if seen else None


@pytest.mark.cluster
def test_kubernetes_counts_alike(namespace: Kubectl) -> None:
    namespace.apply([describe_pods()])
    namespace("rollout", "status", "deployment/idle", "--timeout", "180s")
    for number, spec in enumerate(SPECS):
        name = f"budget-{number}"
        namespace.apply([describe_budget(name, **spec)])
        wait_until(lambda name=name: read_allowed(namespace, name) is not None, name, 60)  # type: ignore[misc]
        assert read_allowed(namespace, name) == max(0, count_evictable(spec, COUNT)), spec
        namespace("delete", "poddisruptionbudget", name)
    check_overlap(namespace)


def check_overlap(kubectl: Kubectl) -> None:
    pod = kubectl.get("pods", "--selector", "app=idle")["items"][0]["metadata"]["name"]
    assert "Success" in evict(kubectl, pod)
    kubectl.apply([describe_budget(name, maxUnavailable=1) for name in ("one", "two")])
    wait_until(lambda: {read_allowed(kubectl, name) for name in ("one", "two")} == {1}, "both budgets", 60)
    assert "more than one PodDisruptionBudget" in evict(kubectl, pod)


def evict(kubectl: Kubectl, pod: str) -> str:
    """Ask for the eviction of a pod, without carrying it out."""
    metadata = {"name": pod, "namespace": kubectl.namespace}
    options = {"dryRun": ["All"]}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata, "deleteOptions": options}
    path = f"/api/v1/namespaces/{kubectl.namespace}/pods/{pod}/eviction"
    return kubectl("create", "--raw", path, "--filename", "-", text=json.dumps(eviction), check=False)
