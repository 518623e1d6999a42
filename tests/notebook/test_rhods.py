"""Workbenches of OpenShift AI: a connection to choose, its type, and who is admitted."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from distributed import Scheduler
from distributed.security import Security

from conftest import FLEET, SMALL, MakeFleet
from daskgen.certificates import create_authority, issue
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.kubernetes.labels import INSTANCE, SCHEDULER
from daskgen.plan.fleet import Side, make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.say.text import format_text
from support.fleets import load, read_cluster, render

WORKBENCH = Path(str(resources("daskgen") / "data" / "workbench"))
PROJECT = "platform: openshift\nnetwork: {clients: []}\n" + SMALL + "notebooks:\n- kind: rhods\n"

TLS = PROJECT.replace("network:", "tls: {issuer: cert-manager}\nnetwork:")


def find(make_fleet: MakeFleet, kind: str, more: str = "") -> list[Any]:
    rendered = read_cluster(make_fleet(prod=PROJECT + more))
    return [body for body in rendered.objects if body["kind"] == kind]


def test_a_connection_has_what_its_type_asks_for(make_fleet: MakeFleet) -> None:
    [connection] = [body for body in read_cluster(make_fleet(prod=TLS)).objects if body["kind"] == "Secret"]
    tree = render(make_fleet(FLEET + "openshift: {connectionType: redhat-ods-applications}\n", prod=PROJECT)).tree
    kind = yaml.safe_load(tree["overlays/gitops/openshift-ai/dask-v1.yaml"])
    assert kind["metadata"]["name"] == connection["metadata"]["annotations"]["opendatahub.io/connection-type-ref"]
    assert kind["metadata"]["namespace"] == "redhat-ods-applications"
    assert set(connection["stringData"]) == {field["envVar"] for field in json.loads(kind["data"]["fields"])}


def test_the_type_of_connections_is_for_administrators_to_apply(make_fleet: MakeFleet) -> None:
    without = make_side(load(make_fleet(prod=PROJECT)).fleet, ())
    ours = make_side(load(make_fleet(FLEET + "openshift: {connectionType: opendatahub}\n", prod=PROJECT)).fleet, ())
    added, left = (format_text(Plan("main", tuple(plan_fleet(*sides)))) for sides in ((without, ours), (ours, without)))
    assert added.rstrip().endswith("$ kubectl apply --server-side -k overlays/gitops/openshift-ai")
    assert "the dashboard of OpenShift AI offers it until an administrator deletes it" in left
    assert plan_fleet(ours, ours) == []


def test_a_workbench_finds_the_scheduler_and_the_dashboard(make_fleet: MakeFleet) -> None:
    [connection] = find(make_fleet, "Secret")
    assert connection["stringData"] == {
        "DASK_SCHEDULER_ADDRESS": "tcp://prod-scheduler.analytics.svc:8786",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "{NB_PREFIX}/proxy/prod-scheduler.analytics.svc:8787/status",
    }


@pytest.mark.parametrize(
    ("more", "name", "admitted"),
    [
        ("", "alice", True),
        ("  workbench: alice\n", "alice", True),
        ("  workbench: alice\n", "bob", False),
    ],
)
def test_workbenches_of_the_project_are_admitted(more: str, name: str, admitted: bool, make_fleet: MakeFleet) -> None:
    policies = find(make_fleet, "NetworkPolicy", more)
    [scheduler] = [
        body["spec"]["template"]["metadata"]["labels"]
        for body in find(make_fleet, "Deployment", more)
        if body["metadata"]["name"] == "prod-scheduler"
    ]
    pod = {"opendatahub.io/workbenches": "true", "notebook-name": name}
    assert admits(policies, "Ingress", scheduler, Peer(pod, "analytics"), ports.COMM) is admitted
    assert not admits(policies, "Ingress", scheduler, Peer(pod, "lab", is_near=False), ports.COMM)


def test_one_workbench_of_a_project_is_the_only_one_admitted(make_fleet: MakeFleet) -> None:
    project = PROJECT.replace("network: {clients: []}\n", "").replace(
        "namespace: analytics", "namespace: {name: analytics, create: true, rhods: {}}"
    )
    rendered = read_cluster(make_fleet(prod=project + "  workbench: alice\n"))
    assert rendered.problems == ()
    policies = [body for body in rendered.objects if body["kind"] == "NetworkPolicy"]
    scheduler = {**SCHEDULER, INSTANCE: "prod"}
    pods = {name: {"opendatahub.io/workbenches": "true", "notebook-name": name} for name in ("alice", "bob")}
    seen = {
        name: admits(policies, "Ingress", scheduler, Peer(pod, "analytics"), ports.COMM) for name, pod in pods.items()
    }
    assert seen == {"alice": True, "bob": False}


def test_people_choose_an_image_with_the_versions_of_the_cluster(make_fleet: MakeFleet) -> None:
    image = "registry.example.com/workbenches/dask:2026.8.0-py3.12"
    [stream] = find(make_fleet, "ImageStream", f"  image: {image}\n")
    [tag] = stream["spec"]["tags"]
    assert tag["from"] == {"kind": "DockerImage", "name": image}
    versions = json.loads(tag["annotations"]["opendatahub.io/notebook-python-dependencies"])
    assert {package["name"]: package["version"] for package in versions}["distributed"] == "2026.8.0"


IMAGE = "  image: registry.example.com/workbenches/dask:2026.8.0-py3.12\n"


def test_cert_manager_adds_a_certificate_to_the_connection(make_fleet: MakeFleet) -> None:
    objects = read_cluster(make_fleet(prod=TLS)).objects
    [connection] = [body for body in objects if body["kind"] == "Secret"]
    [certificate] = [
        body for body in objects if body["kind"] == "Certificate" and body["metadata"]["name"] == "prod-rhods"
    ]
    assert certificate["spec"]["secretName"] == connection["metadata"]["name"]
    assert certificate["spec"]["usages"] == ["digital signature", "client auth"]
    assert connection["stringData"]["DASK_SCHEDULER_ADDRESS"].startswith("tls://")
    assert not {"tls.crt", "tls.key", "ca.crt"} & connection["stringData"].keys()


CONNECT = """
from distributed import Client
with Client(timeout=20) as client:
    print(client.scheduler.address, client.dashboard_link)
"""


def enter(folder: Path, environment: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    """Run Python as in a workbench: with the module of its image, and with entries of a connection as variables."""
    (folder / "dask_connection.py").write_text((WORKBENCH / "dask_connection.py.txt").read_text("utf-8"), "utf-8")
    variables = {**os.environ, "PYTHONPATH": str(folder), "NB_PREFIX": "/notebook/a/wb", **environment}
    return subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)


def test_a_workbench_connects_with_the_certificate_of_its_connection(make_fleet: MakeFleet, tmp_path: Path) -> None:
    objects = read_cluster(make_fleet(prod=TLS)).objects
    [connection] = [body["stringData"] for body in objects if body["kind"] == "Secret"]
    authority = create_authority("prod", timedelta(days=1))
    own = issue(authority, "scheduler", timedelta(days=1), ("localhost",), serves=True)
    files = {name: text.decode() for name, text in issue(authority, "rhods", timedelta(days=1)).files.items()}

    async def serve() -> tuple[str, str, str]:
        security = Security(  # type: ignore[no-untyped-call]
            require_encryption=True,
            tls_ca_file=own.authority.decode(),
            tls_scheduler_cert=own.certificate.decode(),
            tls_scheduler_key=own.key.decode(),
        )
        async with Scheduler(protocol="tls", port=0, dashboard_address=":0", security=security) as scheduler:
            here = {**connection, "DASK_SCHEDULER_ADDRESS": scheduler.address}
            with_it = await asyncio.to_thread(enter, tmp_path, {**here, **files}, CONNECT)
            without = await asyncio.to_thread(enter, tmp_path, here, CONNECT)
            return scheduler.address, with_it.stdout, without.stderr

    address, said, refused = asyncio.run(serve())
    assert said.split() == [address, "/notebook/a/wb/proxy/prod-scheduler.analytics.svc:8787/status"]
    assert "the connection has no certificate" in refused


def test_the_server_proxies_the_dashboard_of_its_connection_alone(tmp_path: Path) -> None:
    code = f"""
from types import SimpleNamespace
c = SimpleNamespace(ServerProxy=SimpleNamespace())
exec(open({str(WORKBENCH / "jupyter_server_config.py.txt")!r}).read())
print(*c.ServerProxy.host_allowlist)
"""
    attached = {"DASK_SCHEDULER_ADDRESS": "tls://prod-scheduler.analytics.svc:8786"}
    assert enter(tmp_path, attached, code).stdout.split() == ["localhost", "127.0.0.1", "prod-scheduler.analytics.svc"]
    assert enter(tmp_path, {"DASK_SCHEDULER_ADDRESS": ""}, code).stdout.split() == ["localhost", "127.0.0.1"]


@pytest.mark.parametrize(("version", "login"), [("2", "inject-oauth"), ("3", "inject-auth")])
def test_a_workbench_is_as_openshift_ai_makes_it(version: str, login: str, make_fleet: MakeFleet) -> None:
    more = f"  version: {version}\n{IMAGE}  create: {{hardwareProfile: gpu, stopped: true}}\n"
    [notebook] = find(make_fleet, "Notebook", more)
    [claim] = find(make_fleet, "PersistentVolumeClaim", more)
    [connection] = find(make_fleet, "Secret", more)
    pod, notes = notebook["spec"]["template"]["spec"], notebook["metadata"]["annotations"]
    [container] = pod["containers"]
    assert container["name"] == notebook["metadata"]["name"]
    assert container["envFrom"] == [{"secretRef": {"name": connection["metadata"]["name"]}}]
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert notes["opendatahub.io/connections"] == "analytics/prod-rhods"
    assert [notes.get(f"notebooks.opendatahub.io/{name}") for name in ("inject-oauth", "inject-auth")].count(
        "true"
    ) == 1
    assert notes[f"notebooks.opendatahub.io/{login}"] == "true"
    assert notes["opendatahub.io/hardware-profile-name"] == "gpu"
    assert "kubeflow-resource-stopped" in notes
    assert "runAsUser" not in pod["securityContext"]


def test_a_workbench_that_is_created_may_connect_to_everything(make_fleet: MakeFleet) -> None:
    policies = find(make_fleet, "NetworkPolicy", f"{IMAGE}  create: {{}}\n")
    [notebook] = find(make_fleet, "Notebook", f"{IMAGE}  create: {{}}\n")
    pod = {**notebook["metadata"]["labels"], "notebook-name": "prod-rhods", "opendatahub.io/workbenches": "true"}
    assert admits(policies, "Egress", pod, Peer({"app": "git"}, "elsewhere", is_near=False), ports.COMM)
    assert not admits(policies, "Ingress", pod, Peer({"app": "stranger"}, "analytics"), ports.JUPYTER)


ARGOCD = FLEET + "delivery: {kind: argocd, repository: 'https://git.example.com/fleet.git'}\n"


@pytest.mark.parametrize(("more", "expected"), [("", ""), ("  create: {}\n", ",IncludeMutationWebhook=true")])
def test_argo_cd_takes_what_a_webhook_adds_for_no_difference(more: str, expected: str, make_fleet: MakeFleet) -> None:
    tree = render(make_fleet(ARGOCD, prod=PROJECT + IMAGE + more)).tree
    application = yaml.safe_load(tree["overlays/gitops/argocd/groups/analytics.yaml"])
    options = application["metadata"]["annotations"]["argocd.argoproj.io/compare-options"]
    assert options == f"ServerSideDiff=true{expected}"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("  create: {cpu: 1}\n", "  create: {cpu: 2}\n", "restarted:        Notebook prod-rhods; its kernels end"),
        ("  create: {}\n", "  create: {stopped: true}\n", "updated in place: Notebook prod-rhods; its kernels end"),
        ("  create: {}\n", "", "deleted:          Notebook prod-rhods; its kernels end"),
        ("", "  create: {}\n", "added:            Notebook prod-rhods"),
    ],
)
def test_plan_tells_what_happens_to_a_workbench(before: str, after: str, said: str, make_fleet: MakeFleet) -> None:
    def read(more: str) -> Side:
        root = make_fleet(prod=PROJECT + IMAGE + more)
        return make_side(load(root).fleet, (read_cluster(root),))

    assert said in format_text(Plan("main", tuple(plan_fleet(read(before), read(after)))))
