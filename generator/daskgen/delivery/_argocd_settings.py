"""Write the settings that fleets need in Argo CD's own ConfigMap, as a component for its kustomization."""

from __future__ import annotations

from importlib.resources import files

from daskgen.yaml.write import dump

INSTANCE_LABEL = "application.instanceLabelKey"
"""Its default is app.kubernetes.io/instance, by which daskgen distinguishes clusters. Argo CD then treats each object
as one that it once tracked by label, and does not notice that an Application does not own it: objects that
another Application, Flux or kubectl applied are never pruned (3.2.11, util/argo/resource_tracking.go, Normalize)."""

HEALTH = ("DaskCluster", "DaskWorkerGroup", "DaskJob", "DaskAutoscaler")
"""Kinds of kubernetes.dask.org for which Argo CD has no health rule."""


def write_settings(*, is_operated: bool) -> dict[str, str]:
    """Write the files of the component, by path under overlays/gitops; health rules only if the operator is used."""
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
