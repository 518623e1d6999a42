"""A real Prometheus scrapes a cluster through its policies, and each alert fires when its cause is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from daskgen.render.cluster import render_clusters
from e2e.addons.install import install_addon
from e2e.addons.prometheus import NAMESPACE, Prometheus, run_promtool
from e2e.clusters import CLIENT, deploy, describe, write_fleet
from e2e.harness import IMAGE, Kubectl, list_names, start_client, wait_for_line, wait_until
from support.fleets import load
from support.places import GOLDEN

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("prometheus")]

METRICS_IMAGE = os.environ.get("DASKGEN_E2E_METRICS_IMAGE", IMAGE)
"""An image with dask and prometheus_client."""


@pytest.fixture(scope="module")
def prometheus(cluster: Kubectl) -> Prometheus:
    install_addon(cluster, "prometheus", NAMESPACE)
    found = Prometheus(cluster)
    wait_until(lambda: SUCCESS in cluster("get", "--raw", READY, check=False), "Prometheus ready")
    return found


READY = f"/api/v1/namespaces/{NAMESPACE}/services/prometheus-operated:9090/proxy/api/v1/status/runtimeinfo"

SUCCESS = '"status":"success"'


class Cause(NamedTuple):
    """What makes an alert fire: series, each with the value that it keeps, and after how many minutes it fires."""

    alert: str
    series: Mapping[str, str]
    minutes: int


LABELS = 'dask_cluster="prod",namespace="analytics"'
UP = 'up{job="prod-scheduler",namespace="analytics",pod="scheduler"}'
HEALTHY = {
    UP: "1x60",
    f'dask_scheduler_clients{{{LABELS},pod="scheduler"}}': "0x60",
    f'dask_scheduler_workers{{{LABELS},state="idle"}}': "7x60",
    f'dask_scheduler_workers{{{LABELS},state="paused"}}': "0x60",
    f'dask_worker_memory_bytes{{{LABELS},pod="worker",type="spilled"}}': "0x60",
    f'dask_scheduler_tasks{{{LABELS},state="erred"}}': "0x60",
    f'dask_scheduler_prefix_state_totals_total{{{LABELS},state="erred"}}': "2x60",
    f"dask_scheduler_tick_duration_maximum_seconds{{{LABELS}}}": "3x60",
    f"dask_worker_tick_duration_maximum_seconds{{{LABELS}}}": "3x60",
}
"""The series of the cluster `prod` of the golden fleet, with values that are just not worth an alert."""

CAUSES = (
    Cause("DaskSchedulerDown", {UP: "0x60"}, 2),
    Cause("DaskMetricsMissing", {f'dask_scheduler_clients{{{LABELS},pod="scheduler"}}': "_x60"}, 5),
    Cause("DaskWorkersMissing", {f'dask_scheduler_workers{{{LABELS},state="idle"}}': "6x60"}, 10),
    Cause("DaskWorkersPaused", {f'dask_scheduler_workers{{{LABELS},state="paused"}}': "1x60"}, 5),
    Cause("DaskWorkerSpilling", {f'dask_worker_memory_bytes{{{LABELS},pod="worker",type="spilled"}}': "1x60"}, 15),
    Cause("DaskTasksErring", {f'dask_scheduler_tasks{{{LABELS},state="erred"}}': "1x60"}, 1),
    Cause("DaskSchedulerSlow", {f"dask_scheduler_tick_duration_maximum_seconds{{{LABELS}}}": "4x60"}, 10),
    Cause("DaskWorkerSlow", {f"dask_worker_tick_duration_maximum_seconds{{{LABELS}}}": "4x60"}, 10),
)


END = "certmanager_certificate_expiration_timestamp_seconds"

CERTIFICATE = f'{END}{{namespace="analytics",name="issued-worker"}}'

EXPORTED = f'{END}{{namespace="cert-manager",exported_namespace="analytics",name="issued-worker"}}'
"""The same, where Prometheus gives the label `namespace` to the pod of cert-manager."""

OTHERS = {
    f'{END}{{namespace="cert-manager",exported_namespace="analytics",name="issued-notebook"}}': "0x60",
    f'{END}{{namespace="cert-manager",exported_namespace="research",name="issued-worker"}}': "0x60",
}
"""Certificates of others, which end."""

MINUTES_LEFT = 15 * 24 * 60
"""Half of `renewBefore`."""


def find_rules(fleet: str) -> dict[str, Any]:
    """Find the rules of the clusters of a golden fleet, by their files' names."""
    clusters = render_clusters(load(GOLDEN / fleet))
    rules = {one.name: resource.body["spec"] for one in clusters for resource in one.resources if is_rule(resource.key)}
    return {f"{name}.yaml": spec for name, spec in rules.items()}


def is_rule(key: tuple[str, str]) -> bool:
    return key[0] == "PrometheusRule"


def expect(cause: Cause, healthy: Mapping[str, str] = HEALTHY) -> dict[str, Any]:
    """Write a test for promtool: the alert, and no other, fires after its time and not a minute before."""
    count = 'count by (alertname) (ALERTS{alertstate="firing"})'
    fires = [{"labels": f'{{alertname="{cause.alert}"}}', "value": 1}]
    return {
        "name": cause.alert,
        "interval": "1m",
        "input_series": [
            {"series": series, "values": values} for series, values in {**healthy, **cause.series}.items()
        ],
        "promql_expr_test": [
            {"expr": count, "eval_time": f"{cause.minutes - 1}m", "exp_samples": []},
            {"expr": count, "eval_time": f"{cause.minutes + 1}m", "exp_samples": fires if cause.series else []},
        ],
    }


def test_rules_fire_when_their_cause_is_there(prometheus: Prometheus, namespace: Kubectl) -> None:
    rules = find_rules("monitoring")
    assert len(rules) > 3
    causes = {rule["alert"] for group in rules["prod.yaml"]["groups"] for rule in group["rules"]}
    assert {cause.alert for cause in CAUSES} == causes
    tests = [expect(cause) for cause in (*CAUSES, Cause("none", {}, 30))]
    image = prometheus.find_image()
    checked = run_promtool(namespace, "check", image, rules, "check", "rules", *rules)
    assert checked.count("SUCCESS") == len(rules), checked
    run_tests(namespace, image, rules["prod.yaml"], tests)


def run_tests(namespace: Kubectl, image: str, rules: dict[str, Any], tests: list[dict[str, Any]]) -> None:
    """Run tests of rules by promtool."""
    files = {"rules.yaml": rules, "tests.yml": {"rule_files": ["rules.yaml"], "tests": tests}}
    tested = run_promtool(namespace, "test", image, files, "test", "rules", "tests.yml")
    assert "SUCCESS" in tested, tested


def test_the_alert_of_a_certificate_that_ends(prometheus: Prometheus, namespace: Kubectl) -> None:
    """Time begins at 0, so that a certificate ends after as many seconds as its metric says."""
    [alert] = [
        rule
        for group in find_rules("tls")["issued.yaml"]["groups"]
        for rule in group["rules"]
        if rule["alert"] == "DaskCertificateEnds"
    ]
    late, soon = (f"{60 * (MINUTES_LEFT + minutes)}x60" for minutes in (30, 5))
    tests = [expect(Cause("DaskCertificateEnds", {series: soon}, 16), OTHERS) for series in (CERTIFICATE, EXPORTED)]
    tests += [expect(Cause("DaskCertificateEnds", {series: late}, 41), OTHERS) for series in (CERTIFICATE, EXPORTED)]
    rules = {"groups": [{"name": "certificates", "rules": [alert]}]}
    run_tests(namespace, prometheus.find_image(), rules, tests)


FAIL = """
from dask.distributed import Client
client = Client("tcp://prod-scheduler:8786", timeout=60)
failed = client.submit(lambda: 1 / 0)
assert isinstance(failed.exception(), ZeroDivisionError)
print("failed", flush=True)
import signal; signal.pause()
"""


def test_a_cluster_is_scraped_and_its_alerts_fire(prometheus: Prometheus, namespace: Kubectl, tmp_path: Path) -> None:
    name = namespace.namespace
    spec = describe(name, 1, image=METRICS_IMAGE, monitoring={"namespace": NAMESPACE, "interval": "5s"})
    deploy(namespace, write_fleet(tmp_path, prod=spec), "prod")
    pods = [*list_names(namespace, "scheduler"), *list_names(namespace, "worker")]
    wait_until(lambda: prometheus.list_scraped(name) == dict.fromkeys(pods, "up"), "all pods scraped")
    assert not prometheus.list_firing(name)

    start_client(namespace, "client", CLIENT, FAIL, METRICS_IMAGE)
    wait_for_line(namespace, "client", "failed")
    wait_until(lambda: prometheus.list_firing(name) == {"DaskTasksErring"}, "DaskTasksErring fires")

    namespace("scale", "deployment/prod-scheduler", "--replicas", "0")
    wait_until(lambda: "DaskSchedulerDown" in prometheus.list_firing(name), "DaskSchedulerDown fires", 300)
