"""Argo CD and Flux as tests see them: how they are installed, and what they say of what they deliver."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from e2e.harness import Kubectl, is_applied, wait_until

HERE = Path(__file__).parent


class State(NamedTuple):
    """What an engine says of something that it delivers."""

    commit: str
    """The one that runs."""
    tried: str
    """The one that was applied last, or was to be."""
    well: bool
    """Whether that is all there, and healthy."""
    said: str
    """In its own words."""

    @property
    def failed(self) -> bool:
        """Whether something could not be applied."""
        return not self.well and "failed" in self.said.lower()


class Engine(NamedTuple):
    """One that delivers."""

    kind: str
    resource: str
    namespace: str
    options: Mapping[str, Any]
    """Of a delivery: tests cannot wait as long as people."""
    manager: str
    """As which it applies."""
    ask: str
    """The annotation by which it is asked to look again at once."""
    mark: str
    """The label or annotation of what it prunes."""
    pause: Mapping[str, Any]
    """The patch after which it applies nothing."""
    resume: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], State]

    def look(self, cluster: Kubectl, fleet: str) -> dict[str, State]:
        """What is said of each group of a fleet, and of what makes them, by name."""
        found = cluster.get(self.resource, "--namespace", self.namespace)["items"]
        named = {body["metadata"]["name"]: self.read(body) for body in found}
        return {name: state for name, state in named.items() if name == fleet or name.startswith(f"{fleet}-")}


def read_application(body: Mapping[str, Any]) -> State:
    """https://argo-cd.readthedocs.io/en/stable/operator-manual/health/."""
    status = body.get("status", {})
    # It goes when it has been heeded.
    asked = ASK_ARGOCD in body["metadata"].get("annotations", {})
    sync, health = status.get("sync", {}), status.get("health", {})
    operation = status.get("operationState", {})
    told = [operation.get("message", ""), *(condition["message"] for condition in status.get("conditions", []))]
    words = [sync.get("status", ""), health.get("status", ""), operation.get("phase", ""), *told]
    tried = operation.get("syncResult", {}).get("revision", "")
    well = words[:3] == ["Synced", "Healthy", "Succeeded"] and not asked
    return State(sync.get("revision", ""), tried, well, " ".join(words))


def read_kustomization(body: Mapping[str, Any]) -> State:
    """https://fluxcd.io/flux/components/kustomize/kustomizations/#kustomization-status."""
    status = body.get("status", {})
    ready: Mapping[str, str] = next(
        (condition for condition in status.get("conditions", []) if condition["type"] == "Ready"), {}
    )
    asked = body["metadata"].get("annotations", {}).get(ASK_FLUX)
    seen = status.get("observedGeneration") == body["metadata"]["generation"]
    # What was asked by hand is taken back when the object itself is applied again.
    heeded = asked in {None, status.get("lastHandledReconcileAt")}
    applied, tried = (status.get(f"last{name}Revision", "").rpartition(":")[2] for name in ("Applied", "Attempted"))
    words = f"{ready.get('status')} {ready.get('message')}"
    # It is unknown while Flux looks again, as it does every now and then.
    return State(applied, tried, seen and heeded and ready.get("status") != "False", words)


ASK_ARGOCD, ASK_FLUX = "argocd.argoproj.io/refresh", "reconcile.fluxcd.io/requestedAt"


ENGINES = {
    "argocd": Engine(
        "argocd",
        "applications.argoproj.io",
        "argocd",
        {},
        "argocd-controller",
        ASK_ARGOCD,
        "argocd.argoproj.io/tracking-id",
        {"spec": {"syncPolicy": {"automated": {"enabled": False}}}},
        {"spec": {"syncPolicy": {"automated": {"enabled": True}}}},
        read_application,
    ),
    "flux": Engine(
        "flux",
        "kustomizations.kustomize.toolkit.fluxcd.io",
        "flux-system",
        {"poll": "5s", "interval": "2m", "retryInterval": "10s"},
        "kustomize-controller",
        ASK_FLUX,
        "kustomize.toolkit.fluxcd.io/name",
        {"spec": {"suspend": True}},
        {"spec": {"suspend": False}},
        read_kustomization,
    ),
}


def install_engines(kubectl: Kubectl) -> None:
    """Install both by the command of DASKGEN_E2E_ENGINES, if there is one, else from their published manifests."""
    if command := os.environ.get("DASKGEN_E2E_ENGINES"):
        environment = os.environ | {"KUBECONFIG": kubectl.kubeconfig}
        subprocess.run([*shlex.split(command), *ENGINES], env=environment, check=True)
        return
    for engine in ENGINES.values():
        wait_until(partial(is_applied, kubectl, HERE / "engines" / engine.kind), f"{engine.kind} applied", 60)
        controllers = ("deployments,statefulsets", "--all", "--namespace", engine.namespace)
        kubectl("rollout", "status", *controllers, "--timeout", "300s")
