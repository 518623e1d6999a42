"""How a cluster is reached, as `daskgen connect` says it."""

from __future__ import annotations

import json

import pytest

from conftest import SMALL, MakeFleet
from support.commands import daskgen

INGRESS = """expose:
  dashboard:
    kind: ingress
    class: traefik
    host: hub.example.com
    path: /dask
    tls: {secret: hub}
    auth: {kind: none, reason: only the team reaches the host}
"""


def test_what_a_notebook_needs(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + INGRESS)
    said = daskgen("connect", "prod", root=root).stdout
    assert said.startswith("scheduler  tcp://prod-scheduler.analytics.svc:8786\n  outside  not exposed\n")
    assert "pods of namespace analytics labelled daskgen/client=true" in said
    assert said.endswith(daskgen("connect", "prod", "--format", "python", root=root).stdout)


def test_the_snippet_is_python_and_shows_the_dashboard_that_people_reach(make_fleet: MakeFleet) -> None:
    snippet = daskgen("connect", "prod", "--format", "python", root=make_fleet(prod=SMALL + INGRESS)).stdout
    compile(snippet, "snippet", "exec")
    assert '"distributed.dashboard.link": "https://hub.example.com/dask/status"' in snippet


def test_variables_for_a_container(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + INGRESS, plain=SMALL)
    assert daskgen("connect", "prod", "--format", "env", root=root).stdout.splitlines() == [
        "DASK_SCHEDULER_ADDRESS=tcp://prod-scheduler.analytics.svc:8786",
        "DASK_DISTRIBUTED__DASHBOARD__LINK=https://hub.example.com/dask/status",
    ]
    assert daskgen("connect", "plain", "--format", "env", root=root).stdout.count("\n") == 1


def test_node_ports_leave_the_node_open(make_fleet: MakeFleet) -> None:
    ports = """expose:
  dashboard: {kind: nodeport, port: 30787, sources: [192.168.0.0/16]}
  scheduler: {kind: nodeport, port: 30786, sources: [192.168.0.0/16]}
waive: [{rule: DG301, reason: a laboratory network of our own}]
"""
    said = json.loads(daskgen("connect", "dev", "--format", "json", root=make_fleet(dev=SMALL + ports)).stdout)
    assert said["scheduler"] == {"inside": "tcp://dev-scheduler.analytics.svc:8786", "outside": "tcp://NODE:30786"}
    assert said["dashboard"]["outside"] == "http://NODE:30787/status"
    assert said["clients"] == [{"podLabels": {"daskgen/client": "true"}}]


@pytest.mark.parametrize(
    ("network", "admitted"),
    [
        ("{isolation: false}", "everyone, as there are no network policies"),
        ("{clients: []}", "nobody"),
        ("{clients: [{namespace: lab}]}", "pods of namespace lab"),
        (
            "{clients: [{namespaceLabels: {team: a}, podLabels: {app: b}}]}",
            "pods of namespaces labelled team=a labelled app=b",
        ),
        ("{clients: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]}", "addresses 10.0.0.0/8 without 10.1.0.0/16"),
    ],
)
def test_who_is_let_in(network: str, admitted: str, make_fleet: MakeFleet) -> None:
    spec = f"{SMALL}network: {network}\nwaive: [{{rule: DG309, reason: only for this test}}]\n"
    root = make_fleet(prod=spec)
    assert f"admits     {admitted}\n" in daskgen("connect", "prod", root=root).stdout


def test_a_name_that_is_not_there(make_fleet: MakeFleet) -> None:
    assert "did you mean prod?" in daskgen("connect", "prd", root=make_fleet(prod=SMALL), code=2).stderr


def test_a_spec_with_errors_is_shown_instead(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + "imag: x\n")
    assert "clusters/prod.yaml:5:1: error" in daskgen("connect", "prod", root=root, code=1).stdout


JOB = """kind: DaskJob
engine: {kind: operator}
job: {command: [python, -c, pass], cpu: 1, memory: 1Gi}
"""


def test_the_address_of_a_job_lasts_as_long_as_the_job(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=JOB + SMALL, other=SMALL)
    line = "lasts      until its job ends; `daskgen status prod` shows whether it has"
    assert line in daskgen("connect", "prod", root=root).stdout.splitlines()
    assert json.loads(daskgen("connect", "prod", "--format", "json", root=root).stdout)["endsWithJob"]
    assert "until its job ends" not in daskgen("connect", "other", root=root).stdout
