"""Build the monitors of a cluster's metrics: a ServiceMonitor for the scheduler, a PodMonitor for workers.

The kinds are those of the Prometheus operator, https://prometheus-operator.dev/docs/api-reference/api/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from daskgen.kubernetes.labels import GROUP, INSTANCE, SCHEDULER, WORKER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Labels, Model, Name, refuse
from daskgen.parts.alerts import Watched, build_alerts
from daskgen.parts.panels import FILE as DASHBOARD_FILE
from daskgen.parts.panels import build_dashboard
from daskgen.parts.pods import PodLabels
from daskgen.parts.service import dashboard_port, worker_dashboard

API = "monitoring.coreos.com/v1"

FILE, ORIGIN = "prometheus.yaml", "monitoring"

METRICS = "/metrics"

OPERATED = "dask.org/cluster-name"
"""Label of the Service that the dask-kubernetes operator creates for the same scheduler."""

SERVICE_CA = {"configMap": {"name": "openshift-service-ca.crt", "key": "service-ca.crt"}}
"""A ConfigMap that OpenShift keeps in every namespace: the issuer of the certificates of Services."""

INTERVAL = r"^([1-9][0-9]*)(s|m)$"


def _check_labels(labels: Labels) -> Labels:
    if "grafana_dashboard" in labels:
        raise refuse("grafana_dashboard is a label of the dashboard's ConfigMap, and is set there", "leave it out")
    return labels


class Site(NamedTuple):
    """The cluster that is monitored."""

    cluster: str
    namespace: str
    prefix: str
    """Path under which the dashboard answers."""
    secure: bool
    """True if the dashboard has TLS."""
    encrypted: bool
    """True if the workers' dashboards have TLS."""
    workers: int
    """Least number of workers."""
    ends: bool
    """True if there may be no scheduler: that of a job is deleted at its end, and a cluster may be off."""
    renew_before: timedelta | None
    """Time before its end at which cert-manager renews a certificate; None where it renews none."""


class Monitoring(Model):
    """Metrics, alerts and a dashboard of the cluster."""

    enabled: Annotated[bool, Field(description="Render the objects of the Prometheus operator.")] = True
    namespace: Annotated[
        Name | None,
        Field(
            description="Namespace of the Prometheus that reads the metrics, which policies admit; "
            "on OpenShift by default that of user-workload monitoring."
        ),
    ] = None
    labels: Annotated[
        PodLabels,
        AfterValidator(_check_labels),
        Field(description="Labels by which the platform's Prometheus selects monitors and rules."),
    ] = {}
    interval: Annotated[
        str, Field(pattern=INTERVAL, description="Time between two readings of the metrics, such as 30s.")
    ] = "30s"
    alerts: Annotated[bool, Field(description="Render a PrometheusRule with alerts.")] = True
    dashboard: Annotated[bool, Field(description="Render a Grafana dashboard in a ConfigMap.")] = True

    def resources(self, site: Site) -> list[Resource]:
        """Build the monitors, the alerts and the dashboard."""
        watched = Watched(site.cluster, site.namespace, site.workers, site.ends, site.renew_before)
        return [resource(body, FILE, ORIGIN) for body in self._build(site, watched)] + self._draw(watched)

    def _build(self, site: Site, watched: Watched) -> Iterator[Any]:
        yield self._monitor_scheduler(site)
        yield self._monitor_workers(site)
        if self.alerts:
            groups = [{"name": f"dask-{site.cluster}", "rules": build_alerts(watched)}]
            yield _build(self.labels, "PrometheusRule", "dask", {"groups": groups})

    def _draw(self, watched: Watched) -> list[Resource]:
        if not self.dashboard:
            return []
        # A plain object, which keeps its name: no pod mounts it.
        return [resource(build_dashboard(watched), DASHBOARD_FILE, ORIGIN, "dashboard")._replace(stable=True)]

    def _monitor_scheduler(self, site: Site) -> Any:
        selector = {
            "matchLabels": {**SCHEDULER, INSTANCE: site.cluster},
            "matchExpressions": [{"key": OPERATED, "operator": "DoesNotExist"}],
        }
        endpoint = self._read(dashboard_port(site.secure).name, f"{site.prefix}{METRICS}")
        if site.secure:
            name = f"{site.cluster}-scheduler.{site.namespace}.svc"
            endpoint |= {"scheme": "https", "tlsConfig": {"ca": SERVICE_CA, "serverName": name}}
        spec = {"selector": selector, "endpoints": [endpoint]}
        return _build(self.labels, "ServiceMonitor", "scheduler", spec)

    def _monitor_workers(self, site: Site) -> Any:
        selector = {"matchLabels": {**WORKER, INSTANCE: site.cluster}}
        endpoint = self._read(worker_dashboard(site.encrypted).name, METRICS)
        if site.encrypted:
            endpoint |= {"scheme": "https", "tlsConfig": {"insecureSkipVerify": True}}
        spec = {"selector": selector, "podMetricsEndpoints": [endpoint]}
        return _build(self.labels, "PodMonitor", "worker", spec)

    def _read(self, port: str, path: str) -> dict[str, Any]:
        names = {INSTANCE: "dask_cluster", GROUP: "dask_worker_group"}
        return {
            "port": port,
            "path": path,
            "interval": self.interval,
            "relabelings": [
                {"sourceLabels": [f"__meta_kubernetes_pod_label_{_escape(label)}"], "targetLabel": name}
                for label, name in names.items()
            ],
        }


def count_workers(groups: Sequence[Any]) -> int:
    """Return the minimum number of workers of a cluster's groups."""
    return sum(group.least * group.processes for group in groups)


def _escape(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label)


def _build(labels: Mapping[str, str], kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API, "kind": kind, "metadata": metadata(name, labels), "spec": dict(spec)}
