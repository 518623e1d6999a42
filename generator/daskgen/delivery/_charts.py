"""Have Argo CD install the Helm charts that clusters come with, with values from the fleet's own files.

https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/#helm-value-files-from-external-git-repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import Chart

CHARTS = "charts"
"""Name of the project of charts, after that of the fleet."""

FLEET = "fleet"
"""Name under which an Application refers to the Git repository of the fleet."""

NAMESPACED = (
    *(("", kind) for kind in ("ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount")),
    *(("apps", kind) for kind in ("DaemonSet", "Deployment", "StatefulSet")),
    ("batch", "Job"),
    *(("networking.k8s.io", kind) for kind in ("Ingress", "NetworkPolicy")),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("policy", "PodDisruptionBudget"),
    *(("rbac.authorization.k8s.io", kind) for kind in ("Role", "RoleBinding")),
)
"""What zero-to-jupyterhub 4.4 creates in the namespace of the hub."""

OTHERS = (
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
)
"""What it creates for its user scheduler and its placeholders."""

SYNC_OPTIONS = ("ServerSideApply=true", "RespectIgnoreDifferences=true", "CreateNamespace=true")
"""Ignored fields are the chart's random tokens: a sync leaves those of the running release in place."""

RANDOM = (
    "hub.config.ConfigurableHTTPProxy.auth_token",
    "hub.config.JupyterHub.cookie_secret",
    "hub.config.CryptKeeper.keys",
)
"""Entries of the Secret `hub` that the chart makes anew wherever it cannot read those of the release, as in Argo CD."""

CHECKSUMS = {"hub": ("checksum/secret",), "proxy": ("checksum/auth-token", "checksum/proxy-secret")}
"""Annotations with which the chart restarts Deployments once these tokens change."""


def restrict_charts(repository: str, destinations: Sequence[Object], charts: Sequence[Chart]) -> Object:
    """Build the spec of the AppProject of the charts: their repositories, the fleet's, and the kinds that they have."""
    return {
        "description": "The Helm charts of hubs, and nothing else",
        "sourceRepos": [*sorted({chart.repository for chart in charts}), repository],
        "destinations": list(destinations),
        "clusterResourceWhitelist": [{"group": group, "kind": kind} for group, kind in (("", "Namespace"), *OTHERS)],
        "namespaceResourceWhitelist": [{"group": group, "kind": kind} for group, kind in NAMESPACED],
    }


def use_chart(body: Object, chart: Chart, source: Object, values: str) -> Object:
    """Make an Application install `chart` with the file `values` of the fleet, whose source is `source`."""
    helm = {"releaseName": chart.release, "valueFiles": [f"${FLEET}/{values}"]}
    sources = [
        {"repoURL": chart.repository, "chart": chart.chart, "targetRevision": chart.version, "helm": helm},
        {"repoURL": source["repoURL"], "targetRevision": source["targetRevision"], "ref": FLEET},
    ]
    spec = {key: value for key, value in body["spec"].items() if key != "source"}
    policy = {**spec.pop("syncPolicy"), "syncOptions": list(SYNC_OPTIONS)}
    ignored = list(_ignore_random(chart))
    whole: dict[str, Any] = {"project": spec.pop("project"), "sources": sources, **spec}
    return {**body, "spec": {**whole, "syncPolicy": policy, "ignoreDifferences": ignored}}


def _ignore_random(chart: Chart) -> list[Object]:
    entries = [f"/data/{entry}" for entry in (*RANDOM, *chart.tokens)]
    place = "/spec/template/metadata/annotations"
    restarts: list[Object] = [
        {
            "group": "apps",
            "kind": "Deployment",
            "name": name,
            "jsonPointers": [f"{place}/{checksum.replace('/', '~1')}" for checksum in checksums],
        }
        for name, checksums in CHECKSUMS.items()
    ]
    return [{"kind": "Secret", "name": "hub", "jsonPointers": entries}, *restarts]
