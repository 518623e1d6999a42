"""Build the alerts of a cluster.

The metrics are those of distributed 2026.8.0 (distributed/http/scheduler/prometheus and .../worker/prometheus);
`dask_cluster` is a label that the monitors add to each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

TICK = 3
"""Seconds after which the scheduler itself also warns about its event loop."""


class Watched(NamedTuple):
    """The cluster that alerts and the dashboard describe."""

    cluster: str
    namespace: str
    workers: int
    """Least number of workers."""
    ends: bool
    """True if the scheduler is deleted when its work is done."""
    renew_before: timedelta | None = None
    """Time before its end at which cert-manager renews a certificate; None where it renews none."""

    @property
    def labels(self) -> str:
        """Return the PromQL selector of its metrics."""
        return f'dask_cluster="{self.cluster}",namespace="{self.namespace}"'

    @property
    def scheduler(self) -> str:
        """Return the PromQL selector of the metrics that Prometheus itself creates for its scheduler."""
        return f'job="{self.cluster}-scheduler",namespace="{self.namespace}"'


class Alert(NamedTuple):
    """An alert: its condition, and what to do when it fires."""

    name: str
    expression: str
    lasts: str
    """Time for which the expression must hold."""
    summary: str
    severity: str = "warning"


def build_alerts(watched: Watched) -> list[dict[str, Any]]:
    """Build the rules of the alerts."""
    return [_build(watched, alert) for alert in _list_alerts(watched)]


def _build(watched: Watched, alert: Alert) -> dict[str, Any]:
    # Namespace and cluster are missing in what `absent` and `sum` give.
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.lasts,
        "labels": {"severity": alert.severity, "namespace": watched.namespace, "dask_cluster": watched.cluster},
        "annotations": {"summary": f"Dask cluster {watched.cluster}: {alert.summary}"},
    }


def _list_alerts(watched: Watched) -> Iterator[Alert]:
    if not watched.ends:
        yield _lose_scheduler(watched)
    yield Alert(
        "DaskMetricsMissing",
        f"up{{{watched.scheduler}}} == 1 unless on (namespace, pod) dask_scheduler_clients{{{watched.labels}}}",
        "5m",
        "the scheduler runs and exports no metrics. Add the package prometheus_client to the image.",
    )
    if watched.workers:
        yield _lose_workers(watched)
    if watched.renew_before:
        yield _end_certificate(watched, watched.renew_before)
    yield from _list_memory_alerts(watched.labels)
    yield from _list_task_alerts(watched.labels)


def _lose_scheduler(watched: Watched) -> Alert:
    return Alert(
        "DaskSchedulerDown",
        f"absent(up{{{watched.scheduler}}} == 1)",
        "2m",
        f"Prometheus does not reach the scheduler. Run kubectl describe pods -n {watched.namespace} "
        f"-l app.kubernetes.io/instance={watched.cluster},app.kubernetes.io/component=scheduler and look at its "
        "events; if the pod is ready, look whether policies admit the namespace of Prometheus.",
        "critical",
    )


def _lose_workers(watched: Watched) -> Alert:
    return Alert(
        "DaskWorkersMissing",
        f"sum(dask_scheduler_workers{{{watched.labels}}}) < {watched.workers}",
        "10m",
        f"{{{{ $value }}}} of {watched.workers} workers are connected. Run kubectl get pods -n {watched.namespace} "
        f"-l app.kubernetes.io/instance={watched.cluster},app.kubernetes.io/component=worker: pods that are Pending "
        "find no node or no quota, pods that restart say why in kubectl logs --previous.",
    )


def _end_certificate(watched: Watched, renew_before: timedelta) -> Alert:
    """Build the alert of cert-manager's metric: https://cert-manager.io/docs/devops-tips/prometheus-metrics/.

    Prometheus calls the namespace of the certificate `exported_namespace`, unless it scrapes with `honorLabels`.
    """
    metric = "certmanager_certificate_expiration_timestamp_seconds"
    names = f'namespace="{watched.namespace}",name=~"{watched.cluster}-(ca|scheduler|worker|client)"'
    return Alert(
        "DaskCertificateEnds",
        f"({metric}{{exported_{names}}} or {metric}{{{names}}}) - time() < {int(renew_before.total_seconds()) // 2}",
        "10m",
        "certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }} and was not renewed. Run kubectl "
        f"describe certificates,certificaterequests -n {watched.namespace} and look at what cert-manager says.",
    )


def _list_memory_alerts(labels: str) -> Iterator[Alert]:
    yield Alert(
        "DaskWorkersPaused",
        f'dask_scheduler_workers{{{labels},state="paused"}} > 0',
        "5m",
        "{{ $value }} workers are paused, as their memory is nearly full; they start no tasks. "
        "Raise the memory of the workers, add workers, or make partitions smaller.",
    )
    yield Alert(
        "DaskWorkerSpilling",
        f'dask_worker_memory_bytes{{{labels},type="spilled"}} > 0',
        "15m",
        "worker {{ $labels.pod }} keeps {{ $value | humanize1024 }}B of results on disk, which slows tasks down. "
        "Raise the memory of the workers, add workers, or persist less.",
    )


def _list_task_alerts(labels: str) -> Iterator[Alert]:
    erred = f'dask_scheduler_prefix_state_totals_total{{{labels},state="erred"}}'
    yield Alert(
        "DaskTasksErring",
        f'sum(dask_scheduler_tasks{{{labels},state="erred"}}) > 0 or sum(increase({erred}[10m])) > 0',
        "1m",
        "tasks fail. Look at the exception in the client or in the logs of the workers; the dashboard's page /info "
        "names the tasks.",
    )
    for name, process in (("DaskSchedulerSlow", "scheduler"), ("DaskWorkerSlow", "worker")):
        yield Alert(
            name,
            f"max_over_time(dask_{process}_tick_duration_maximum_seconds{{{labels}}}[5m]) > {TICK}",
            "10m",
            f"the event loop of {process} {{{{ $labels.pod }}}} was blocked for {{{{ $value | humanizeDuration }}}}. "
            + BLOCKED[process],
        )


BLOCKED = {
    "scheduler": "Give the scheduler more cpu, and make fewer and larger tasks.",
    "worker": "Tasks hold the interpreter's lock: use fewer threads a worker, or libraries that release the lock.",
}
