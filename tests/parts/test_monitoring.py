"""Metrics of a cluster: what alerts and dashboard read is what Dask exports, and they say what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.request import urlopen

import pytest
from distributed import Client, LocalCluster

from daskgen.render.resources import build
from daskgen.spec.cluster import Cluster

METRIC = re.compile(r"\bdask_(?:scheduler|worker)_[a-z0-9_]+")
"""`dask_cluster` is a label, and begins alike."""


def make_cluster(**fields: Any) -> Cluster:
    said = {"name": "prod", "namespace": "analytics", "image": "registry.example.com/dask-metrics:2026.8.0"}
    return Cluster.model_validate({**said, "workers": [{"replicas": 3}], "monitoring": {"namespace": "obs"}, **fields})


def find_objects(cluster: Cluster) -> dict[str, Any]:
    return {resource.body["kind"]: resource.body for resource in build(cluster)}


def find_alerts(cluster: Cluster) -> dict[str, dict[str, Any]]:
    rules = find_objects(cluster)["PrometheusRule"]["spec"]["groups"][0]["rules"]
    return {rule["alert"]: rule for rule in rules}


def find_panels(cluster: Cluster) -> list[dict[str, Any]]:
    maps = (resource.body for resource in build(cluster) if resource.key == ("ConfigMap", "grafana-dashboard"))
    (text,) = next(maps)["data"].values()
    panels: list[dict[str, Any]] = json.loads(text)["panels"]
    return panels


@cache
def scrape() -> frozenset[str]:
    """Read /metrics of a scheduler and of a worker that have computed something, and failed at something."""
    small = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    with LocalCluster(**small) as local, Client(local) as client:  # type: ignore[no-untyped-call]
        assert client.submit(sum, [1, 2]).result() == 3
        failed = client.submit(lambda: 1 / 0)
        assert failed.exception()
        ports = [local.scheduler.http_server.port, *(worker.http_server.port for worker in local.workers.values())]
        texts = [urlopen(f"http://127.0.0.1:{port}/metrics").read().decode() for port in ports]
    return frozenset(line for text in texts for line in text.splitlines() if not line.startswith("#"))


def exported_names() -> set[str]:
    return {re.split(r"[{ ]", line)[0] for line in scrape()}


def read_names(queries: Iterator[str]) -> set[str]:
    return {name for query in queries for name in METRIC.findall(query)}


def test_every_metric_of_the_alerts_is_exported() -> None:
    names = read_names(alert["expr"] for alert in find_alerts(make_cluster()).values())

    assert "dask_scheduler_workers" in names
    assert names <= exported_names()


def test_every_metric_of_the_dashboard_is_exported() -> None:
    names = read_names(target["expr"] for panel in find_panels(make_cluster()) for target in panel["targets"])

    assert len(names) >= 10
    assert names <= exported_names()


@pytest.mark.parametrize(
    "series",
    [
        'dask_scheduler_workers{state="paused"}',
        'dask_scheduler_tasks{state="erred"}',
        'dask_worker_memory_bytes{type="spilled"}',
    ],
)
def test_the_labels_that_queries_select_are_exported(series: str) -> None:
    assert any(line.startswith(series) for line in scrape())


def test_failed_tasks_are_counted_by_prefix() -> None:
    counted = [line for line in scrape() if line.startswith("dask_scheduler_prefix_state_totals_total")]

    assert any('state="erred"' in line for line in counted)


def test_fewer_workers_than_rendered_fire_an_alert() -> None:
    groups = [{"replicas": 3}, {"name": "small", "replicas": 2, "processes": 4, "cpu": 4}]

    assert find_alerts(make_cluster(workers=groups))["DaskWorkersMissing"]["expr"].endswith("< 11")


def test_no_workers_are_missing_where_there_may_be_none() -> None:
    groups = [{"replicas": {"min": 0, "max": 8}}]

    assert "DaskWorkersMissing" not in find_alerts(make_cluster(engine={"kind": "operator"}, workers=groups))


def test_a_job_ends_without_an_alert() -> None:
    job = make_cluster(kind="DaskJob", engine={"kind": "operator"}, job={"command": ["python", "job.py"]})

    assert "DaskSchedulerDown" not in find_alerts(job)
    assert "DaskTasksErring" in find_alerts(job)


def test_every_alert_says_what_to_do() -> None:
    for alert in find_alerts(make_cluster()).values():
        says = alert["annotations"]["summary"].split(". ", 1)
        assert len(says) == 2, alert["alert"]


def test_metrics_are_read_under_the_prefix_of_the_dashboard() -> None:
    ingress = {"kind": "ingress", "class": "traefik", "host": "hub.example.com", "path": "/dask/prod"}
    monitor = find_objects(make_cluster(expose={"dashboard": {**ingress, "tls": {"secret": "hub"}}}))["ServiceMonitor"]

    assert monitor["spec"]["endpoints"][0]["path"] == "/dask/prod/metrics"


def test_metrics_are_read_by_https_where_the_dashboard_has_tls() -> None:
    route = {"kind": "route", "host": "dask.example.com", "termination": "reencrypt"}
    monitored = find_objects(make_cluster(platform="openshift", expose={"dashboard": route}))
    (endpoint,) = monitored["ServiceMonitor"]["spec"]["endpoints"]

    assert endpoint["port"] == "https-dashboard"
    assert endpoint["scheme"] == "https"
    assert endpoint["tlsConfig"]["serverName"] == "prod-scheduler.analytics.svc"
    # Workers have none.
    assert "scheme" not in monitored["PodMonitor"]["spec"]["podMetricsEndpoints"][0]


def test_policies_admit_the_namespace_of_prometheus() -> None:
    policies = {
        resource.key[1]: resource.body for resource in build(make_cluster()) if resource.key[0] == "NetworkPolicy"
    }
    (rule,) = policies["monitoring"]["spec"]["ingress"]

    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "obs"}}}]


def test_disabled_monitoring_renders_what_none_does() -> None:
    assert build(make_cluster(monitoring={"enabled": False})) == build(make_cluster(monitoring=None))
