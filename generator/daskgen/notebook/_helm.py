"""Have Flux or Argo CD install the chart of a JupyterHub: https://fluxcd.io/flux/components/helm/helmreleases/."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import Object, metadata
from daskgen.parts.config import merge
from daskgen.yaml.write import dump

REPOSITORY = "https://hub.jupyter.org/helm-chart/"

CHART = "jupyterhub"


VALUES = "daskgen/values"
"""Annotation of the hub's pod with a hash of the values."""


def restart_by(values: dict[str, Any]) -> dict[str, Any]:
    """Have the hub restart when its values change.

    The chart's own annotation for this also changes with random tokens, so the Application ignores it.
    """
    changed = sha256(dump(values).encode()).hexdigest()[:12]
    return merge(values, {"hub": {"annotations": {VALUES: changed}}})


class Release(NamedTuple):
    """A release of the chart, whose values are in a ConfigMap of the same name."""

    name: str
    """Short name of its objects."""
    full_name: str
    """Their name in Kubernetes, which they refer to each other by."""
    release: str
    namespace: str
    """Namespace of the hub."""

    def build(self, version: str) -> list[Any]:
        """Build the repository of charts and the release of a version."""
        repository = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "HelmRepository",
            "metadata": metadata(self.name, CLUSTER),
            "spec": {"interval": "24h", "url": REPOSITORY},
        }
        return [repository, self._install(version)]

    def _install(self, version: str) -> Object:
        source = {"kind": "HelmRepository", "name": self.full_name}
        return {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": metadata(self.name, CLUSTER),
            "spec": {
                "interval": "1h",
                "releaseName": self.release,
                "targetNamespace": self.namespace,
                "storageNamespace": self.namespace,
                "chart": {"spec": {"chart": CHART, "version": version, "sourceRef": source}},
                "install": {"createNamespace": True},
                "valuesFrom": [{"kind": "ConfigMap", "name": self.full_name, "valuesKey": f"{self.name}.yaml"}],
            },
        }
