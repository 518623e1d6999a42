"""A JupyterHub whose users share a cluster, or create their own, with the hub that its chart runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.addons.hub_of_values import start_hub, start_server, stop_server
from e2e.browser import FIGURES, Controller, Website, browse, keep
from e2e.clusters import ROOT, deploy, describe, render, write_fleet
from e2e.conftest import make_namespace
from e2e.harness import (
    IMAGE,
    Kubectl,
    daskgen,
    list_addresses,
    make_certificate,
    probe,
    read_answer,
    settle,
    start_idle,
    wait_until,
)

pytestmark = pytest.mark.cluster

SMALL = {"cpu": "200m", "memory": "700Mi", "scratch": "100Mi"}

CREATE = """
import json
import dask.array as da
from dask_kubernetes.operator import KubeCluster
from distributed import Client

cluster = KubeCluster(quiet=True)
cluster.scale(2)
client = Client(cluster)
client.wait_for_workers(2, timeout=200)
xy = da.random.uniform(-1, 1, size=(2, 2_000_000), chunks=(2, 500_000))
pi = 4 * da.sum(da.linalg.norm(xy, axis=0) <= 1).compute() / 2_000_000
try:
    cluster.scale(9)
    refused = "no"
except Exception as error:
    refused = str(error)
said = {"name": cluster.name, "pi": float(pi), "refused": refused, "link": cluster.dashboard_link}
print(json.dumps(said), flush=True)
"""

KEEP = "import os\nos._exit(0)  # as a kernel that is killed: nothing is closed\n"

TRESPASS = """
import json, socket, sys
import kr8s
from dask_kubernetes.operator._objects import DaskCluster

space, theirs = sys.argv[1:]
NONE = {"spec": {"worker": {"replicas": 0}}}

def find(what):
    try:
        what()
    except Exception as error:
        return str(error)[:300]
    return "allowed"

def steal():
    import dask
    spec = dask.config.get("kubernetes.custom-cluster-spec")
    secret = {"name": "stolen", "secret": {"secretName": "of-somebody"}}
    spec["spec"]["worker"]["spec"]["volumes"].append(secret)
    kr8s.objects.new_class("DaskCluster", "kubernetes.dask.org/v1")(spec, namespace=space).create()

kind = kr8s.objects.new_class("DaskCluster", "kubernetes.dask.org/v1")
group = kr8s.objects.new_class("DaskWorkerGroup", "kubernetes.dask.org/v1")
home = open("/var/run/secrets/kubernetes.io/serviceaccount/namespace").read()

def reach():
    socket.create_connection((f"{theirs}-scheduler.{space}", 8786), 5).close()
print(json.dumps({
    "delete": find(lambda: kind.get(theirs, namespace=space).delete()),
    "scale": find(lambda: group.get(f"{theirs}-default", namespace=space).patch(NONE)),
    "secrets": find(lambda: list(kr8s.get("secrets", namespace=space))),
    "pods of the hub": find(lambda: list(kr8s.get("pods", namespace=home))),
    "steal": find(steal),
    "reach": find(reach),
}))
"""


@pytest.fixture
def hub(cluster: Kubectl) -> Iterator[Kubectl]:
    """The namespace of a hub."""
    with make_namespace(cluster) as kubectl:
        yield kubectl
        for kind in ("validatingadmissionpolicies", "validatingadmissionpolicybindings"):
            cluster("delete", kind, "team-jupyterhub", "--ignore-not-found")


def describe_hub(namespace: str) -> dict[str, Any]:
    """The hub, in its own namespace."""
    return {
        "kind": "jupyterhub",
        "namespace": namespace,
        "host": "hub.example.com",
        "image": IMAGE.replace("/dask:", "/dask-notebook:"),
        "auth": {"kind": "native", "admins": ["alice"]},
        "memory": "1Gi",
    }


def describe_class(clusters: str, hub: str, operator: str) -> dict[str, Any]:
    """The spec of clusters that users create."""
    return {
        "apiVersion": "daskgen/v1",
        "kind": "JupyterHub",
        "namespace": clusters,
        "image": IMAGE,
        "engine": {"kind": "operator", "namespace": operator, "idleTimeout": 120},
        "scheduler": SMALL,
        "workers": [{**SMALL, "threads": 1, "replicas": {"min": 1, "max": 3}}],
        "notebooks": [describe_hub(hub)],
    }


def read_values(root: Path) -> Any:
    """The values that the chart gets."""
    found = (body.get("data", {}).get("jupyterhub.yaml") for body in render(root, "team"))
    [text] = filter(None, found)
    return yaml.safe_load(text)


def run_in(hub: Kubectl, pod: str, code: str, *words: str) -> Any:
    """Run Python in a user's server, and read the JSON that it prints."""
    return read_answer(hub("exec", pod, "--", "python", "-c", code, *words))


def run_workload(hub: Kubectl, pod: str, name: str) -> list[str]:
    """Run a notebook of docs/notebooks in a user's server, and give the lines that it prints."""
    return hub("exec", pod, "--", "python", "-c", (ROOT / f"docs/notebooks/{name}.py").read_text("utf-8")).splitlines()


def is_running(kubectl: Kubectl, name: str) -> bool:
    """Whether a Dask cluster is there."""
    return any(body["metadata"]["name"] == name for body in kubectl.get("daskclusters")["items"])


def list_clusters(kubectl: Kubectl) -> list[str]:
    """The names of all Dask clusters, of their pods and of the users' policies."""
    kinds = ("daskclusters", "pods", "networkpolicies")
    found = [body["metadata"]["name"] for kind in kinds for body in kubectl.get(kind)["items"]]
    return sorted(name for name in found if name.startswith("user-"))


def test_users_create_clusters_of_their_own(operator: str, namespace: Kubectl, hub: Kubectl, tmp_path: Path) -> None:
    spec = describe_class(namespace.namespace, hub.namespace, operator)
    objects = render(write_fleet(tmp_path, team=spec), "team")
    namespace.apply(objects)
    [values] = [
        body["data"]["jupyterhub.yaml"]
        for body in objects
        if body["metadata"]["name"] == "team-jupyterhub" and "data" in body
    ]
    start_hub(hub, yaml.safe_load(values))

    alice, bob = start_server(hub, "alice"), start_server(hub, "bob@example.com")
    made = run_in(hub, alice, CREATE + KEEP)
    assert made["name"] == alice
    assert 3.13 < made["pi"] < 3.15
    assert "a user may have 3 workers, not 9" in made["refused"]
    assert made["link"] == f"/user/alice/proxy/{alice}-scheduler.{namespace.namespace}:8787/status"

    found = run_in(hub, bob, TRESPASS, namespace.namespace, alice)
    assert f"this server may change the Dask cluster {bob} only" in found["delete"]
    assert f"this server may change the Dask cluster {bob} only" in found["scale"]
    assert "mount the volumes that the administrators chose" in found["steal"]
    assert "secrets is forbidden" in found["secrets"]
    assert "pods is forbidden" in found["pods of the hub"]
    assert found["reach"] == "timed out"

    [*_, pi] = run_workload(hub, bob, "pi")
    assert 3.13 < float(pi.rpartition("pi ~=")[2]) < 3.15
    assert not is_running(namespace, bob)
    stop_server(hub, "bob@example.com")
    # Nothing closed alice's; it is idle since.
    assert settle(lambda: is_running(namespace, alice), False, 240) is False
    stop_server(hub, "alice")
    assert settle(lambda: list_clusters(namespace), []) == []


LOG_IN = """
document.querySelector("#username_input").value = "alice";
document.querySelector("#password_input").value = "any";
document.querySelector("#login_submit").click()"""


@pytest.mark.xdist_group("traefik")
def test_users_share_a_cluster_whose_dashboard_is_behind_the_login(
    namespace: Kubectl, hub: Kubectl, controller: Controller, tmp_path: Path
) -> None:
    host = f"{hub.namespace}.example.com"
    certificate, key = make_certificate(tmp_path, host)
    hub("create", "secret", "tls", "hub-tls", "--cert", str(certificate), "--key", str(key))
    notebook = {**describe_hub(hub.namespace), "host": host, "class": "traefik", "tlsSecret": "hub-tls"}
    spec = describe(namespace.namespace, workers=1, scheduler=SMALL, notebooks=[notebook])
    root = write_fleet(tmp_path, team=spec)
    deploy(namespace, root, "team")
    start_hub(hub, read_values(root))
    server = start_server(hub, "alice")
    link, total = run_workload(hub, server, "sum")[-2:]
    assert link == f"/user/alice/proxy/team-scheduler.{namespace.namespace}.svc:8787/status"
    assert 7.9e6 < float(total.split()[1]) < 8.1e6
    [*_, mean] = run_workload(hub, server, "mean")
    assert 0.99 < float(mean.split()[1]) < 1.01

    website = Website(host, controller, certificate)
    assert settle(lambda: website.status("/hub/login"), 200) == 200
    status, page = website.get(link)
    assert status in {302, 403}
    assert "bokeh" not in page
    [shown] = [line for line in daskgen(namespace, root, "connect", "team").split() if "user-redirect" in line]
    with browse(tmp_path / "browser", website) as browser:
        browser.open(shown)
        wait_until(lambda: browser.evaluate('!!document.querySelector("#login_submit")'), "the login of the hub")
        keep(browser, "hub-login.png")
        browser.evaluate(LOG_IN)
        wait_until(lambda: browser.evaluate(FIGURES), "figures of the status page")
        assert browser.evaluate("location.pathname") == link
        keep(browser, "hub-dashboard.png")


PAGES = (
    "/dask/status",
    "/dask/workers",
    "/dask/metrics",
    "/dask/health",
    "/dask/statics/css/base.css",
    "/dask/status/ws",
)

API = ("/dask/api/v1/retire_workers", "/dask/%61pi/v1/retire_workers")


@pytest.mark.xdist_group("traefik")
def test_the_dashboard_is_a_service_of_the_hub(namespace: Kubectl, controller: Controller, tmp_path: Path) -> None:
    host = f"{namespace.namespace}.example.com"
    certificate, key = make_certificate(tmp_path, host)
    namespace("create", "secret", "tls", "hub-tls", "--cert", str(certificate), "--key", str(key))
    tls = {"host": host, "class": "traefik"}
    notebook = {**describe_hub(namespace.namespace), **tls, "tlsSecret": "hub-tls"}
    dashboard = {"kind": "ingress", **tls, "path": "/dask", "tls": {"secret": "hub-tls"}, "auth": "jupyterhub"}
    expose = {"dashboard": dashboard}
    spec = describe(namespace.namespace, workers=1, scheduler=SMALL, expose=expose, notebooks=[notebook])
    root = write_fleet(tmp_path, team=spec)
    start_hub(namespace, read_values(root))
    deploy(namespace, root, "team")

    website = Website(host, controller, certificate)
    assert settle(lambda: website.status("/dask/status"), 302) == 302
    assert {path: website.status(path) for path in PAGES} == dict.fromkeys(PAGES, 302)
    assert {path: website.status(path) for path in API} == dict.fromkeys(API, 404)
    assert website.open_websocket("/dask/status/ws", website.url) == 302
    forged = {"Cookie": "service-dask-team=forged", "Authorization": "token forged"}
    assert website.status("/dask/status", **forged) in {302, 403}
    start_idle(namespace, "stranger", {"app": "stranger"})
    [scheduler] = list_addresses(namespace, "scheduler")
    ports = {"dashboard": (scheduler, 8787), "login": (f"team-login.{namespace.namespace}.svc", 4180)}
    shut = dict.fromkeys(ports, "shut")
    assert settle(lambda: probe(namespace, "stranger", ports), shut) == shut

    shown = f"{website.url}/dask/status"
    assert shown in daskgen(namespace, root, "connect", "team")
    with browse(tmp_path / "browser", website) as browser:
        browser.open(shown)
        wait_until(lambda: browser.evaluate('!!document.querySelector("#login_submit")'), "the login of the hub")
        browser.evaluate(LOG_IN)
        wait_until(lambda: browser.evaluate(FIGURES), "figures of the status page")
        assert browser.evaluate("location.pathname") == "/dask/status"
        keep(browser, "hub-dask.png")
