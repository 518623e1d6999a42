"""Rules about metrics: that Prometheus is admitted, and that the pods export what alerts and dashboard read."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.paths import Path, format_path, get
from daskgen.rules import Rule, RuleContext, find_variables

NAMESPACE: Path = ("distributed", "dashboard", "prometheus", "namespace")
VARIABLE = "DASK_DISTRIBUTED__DASHBOARD__PROMETHEUS__NAMESPACE"
EXPECTED = "dask"
"""The first word of the names of all metrics."""

ROUTES = {
    ("distributed", part, "http", "routes"): f"distributed.http.{part}.prometheus" for part in ("scheduler", "worker")
}

OFFICIAL = ("ghcr.io/dask/dask", "daskdev/dask", "docker.io/daskdev/dask")
"""Images without prometheus_client: https://github.com/dask/dask-docker/blob/main/base/Dockerfile."""


def check_admission(context: RuleContext) -> Iterator[Finding]:
    """Refuse monitors whose Prometheus the policies block, and two different names of its namespace."""
    cluster = context.cluster
    if not cluster.monitored:
        return
    if cluster.monitored.namespace and cluster.network.monitoring:
        message = "monitoring.namespace names the namespace of Prometheus already"
        yield Finding(("network", "monitoring"), "DG271", message, "leave network.monitoring out", key=True)
    elif not cluster.watchers and cluster.network.isolation and cluster.platform == "kubernetes":
        message = "the cluster's NetworkPolicies do not admit Prometheus, as its namespace is not known"
        hint = "write the namespace of Prometheus, for example namespace: monitoring"
        yield Finding(("monitoring",), "DG271", message, hint, key=True)


def check_image(context: RuleContext) -> Iterator[Finding]:
    """Warn of the official image, which exports no metrics."""
    image = context.cluster.image
    if context.cluster.monitored and image.name in OFFICIAL:
        message = f"{image.name} has no package prometheus_client, so scheduler and workers export no metrics"
        hint = "use an image with prometheus_client; /metrics then holds more than a comment"
        yield Finding(("image",), "DG272", message, hint, "warning")


def check_names(context: RuleContext) -> Iterator[Finding]:
    """Refuse settings of Dask that rename or disable the metrics."""
    if not context.cluster.monitored:
        return
    config = context.cluster.config
    said = [(("config", *NAMESPACE), get(config, NAMESPACE))]
    said += [(path, value) for path, name, value in find_variables(context) if name == VARIABLE]
    for path, value in said:
        if value not in (None, EXPECTED):
            message = f"names of metrics then begin with {value}_, and alerts and dashboard read dask_"
            yield Finding(path, "DG272", message, "leave it out")
    for place, route in ROUTES.items():
        routes = get(config, place)
        if isinstance(routes, list) and route not in routes:
            message = f"{format_path(place)} is without {route}, which serves the metrics"
            yield Finding(("config", *place), "DG272", message, f"add {route}")


RULES: tuple[Rule, ...] = (check_admission, check_image, check_names)
