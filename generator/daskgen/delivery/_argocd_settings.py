"""What Argo CD's own ConfigMap has to say for fleets, as a component for the kustomization that installs it."""

from __future__ import annotations

from importlib.resources import files

from daskgen.yaml.write import dump

INSTANCE_LABEL = "application.instanceLabelKey"
"""By default it is app.kubernetes.io/instance, by which daskgen tells clusters apart. Argo CD then takes each object
for one that it tracked by label once, and does not notice that an Application does not own it: what comes from another
Application, from Flux or from kubectl would never be pruned (3.2.11, util/argo/resource_tracking.go, Normalize)."""

HEALTH = ("DaskCluster", "DaskWorkerGroup", "DaskJob", "DaskAutoscaler")
"""Kinds of kubernetes.dask.org, of whose health Argo CD knows nothing."""


def write_settings(*, is_operated: bool) -> dict[str, str]:
    """Write the component by path under overlays/gitops; with health rules if the operator is used."""
    rules = {f"resource.customizations.health.kubernetes.dask.org_{kind}": _read_rule(kind) for kind in HEALTH}
    patch = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm"},
        "data": {INSTANCE_LABEL: "argocd.argoproj.io/instance", **(rules if is_operated else {})},
    }
    component = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "patches": [{"path": "argocd-cm.yaml", "target": {"kind": "ConfigMap", "name": "argocd-cm"}}],
    }
    return {"argocd-cm/argocd-cm.yaml": dump(patch), "argocd-cm/kustomization.yaml": dump(component)}


def _read_rule(kind: str) -> str:
    return (files("daskgen") / "data" / "argocd" / f"{kind}.lua").read_text("utf-8")
