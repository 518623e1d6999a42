"""Run a JupyterHub by the values that are rendered for its chart, as far as the chart's meaning is carried over."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import yaml

from daskgen.yaml.read import parse_all
from daskgen.yaml.write import dump
from e2e.harness import Kubectl, wait_until

HERE = Path(__file__).parent / "hub"

USER = {"app": "jupyterhub", "component": "singleuser-server"}

ASK = """
import os, sys, urllib.request
method, path, body = sys.argv[1:]
request = urllib.request.Request(f"http://localhost:8081/hub/api{path}", method=method, data=body.encode() or None,
    headers={"Authorization": f"token {os.environ['TEST_TOKEN']}"})
print(urllib.request.urlopen(request, timeout=100).read().decode())
"""


def start_hub(kubectl: Kubectl, values: dict[str, Any]) -> None:
    """Start the hub and its proxy in a namespace, and wait until both answer."""
    config = {file.name: file.read_text("utf-8") for file in (HERE / "jupyterhub_config.py", HERE / "z2jh.py")}
    services = (f"hub.services.{name}.apiToken" for name in values["hub"].get("services", ()))
    names = {name: secrets.token_hex(32) for name in ("proxy", "test", "crypt", *services)}
    made: list[dict[str, Any]] = [
        describe_map("ConfigMap", "hub", {"data": {**config, "values.yaml": dump(values)}}),
        describe_map("Secret", "hub", {"stringData": names}),
        describe_map("Secret", "singleuser", {"stringData": dict(write_files(values))}),
        isolate_servers(values),
        isolate_hub(values),
        *expose(values),
    ]
    manifests = parse_all((HERE / "hub.yaml").read_bytes(), "hub.yaml")
    kubectl.apply([*made, *(document.value for document in manifests)])
    for name in ("hub", "proxy"):
        kubectl("rollout", "status", f"deployment/{name}", "--timeout", "180s")


def describe_map(kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **body}


def write_files(values: dict[str, Any]) -> dict[str, str]:
    """The texts of `extraFiles`: the chart writes data in the format that a file's name ends with."""
    files = values["singleuser"]["extraFiles"]
    return {name: file["stringData"] if "stringData" in file else write(file) for name, file in files.items()}


def write(file: dict[str, Any]) -> str:
    dumped: str = json.dumps(file["data"]) if file["mountPath"].endswith(".json") else yaml.safe_dump(file["data"])
    return dumped


def isolate_servers(values: dict[str, Any]) -> dict[str, Any]:
    """The chart's policy of users' servers: DNS, the hub, and what the values add."""
    own: list[dict[str, Any]] = [
        {"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]},
        {"to": [{"podSelector": {"matchLabels": {"component": "hub"}}}], "ports": [{"protocol": "TCP", "port": 8081}]},
    ]
    egress = [*own, *values["singleuser"]["networkPolicy"]["egress"]]
    spec = {"podSelector": {"matchLabels": USER}, "policyTypes": ["Egress"], "egress": egress}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec}
    return {**body, "metadata": {"name": "singleuser"}}


def isolate_hub(values: dict[str, Any]) -> dict[str, Any]:
    """The chart's policy of the hub: it admits pods with a label, of other namespaces if the values say so."""
    peer: dict[str, Any] = {"podSelector": {"matchLabels": {"hub.jupyter.org/network-access-hub": "true"}}}
    if values["hub"].get("networkPolicy", {}).get("interNamespaceAccessLabels") == "accept":
        peer["namespaceSelector"] = {}
    ingress = [{"from": [peer], "ports": [{"protocol": "TCP", "port": 8081}]}]
    spec = {"podSelector": {"matchLabels": {"component": "hub"}}, "policyTypes": ["Ingress"], "ingress": ingress}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec}
    return {**body, "metadata": {"name": "hub"}}


def expose(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The chart's Ingress, which leads to the proxy."""
    given = values.get("ingress", {})
    if not given:
        return []
    backend = {"service": {"name": "proxy-public", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rules = [{"host": host, "http": {"paths": [path]}} for host in given["hosts"]]
    spec = {"ingressClassName": given["ingressClassName"], "rules": rules, "tls": given["tls"]}
    return [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "hub"}, "spec": spec}]


def ask_hub(kubectl: Kubectl, method: str, path: str, body: str = "") -> Any:
    """Send a request to the hub's API, as an administrator."""
    said = kubectl("exec", "deployment/hub", "--", "python3", "-c", ASK, method, path, body).strip()
    return json.loads(said) if said else None


def start_server(kubectl: Kubectl, user: str) -> str:
    """Start a user's server, wait until it answers, and give the name of its pod."""
    ask_hub(kubectl, "POST", f"/users/{user}")
    ask_hub(kubectl, "POST", f"/users/{user}/server")
    wait_until(
        lambda: ask_hub(kubectl, "GET", f"/users/{user}")["servers"].get("", {}).get("ready"), f"{user}'s server"
    )
    pod: str = ask_hub(kubectl, "GET", f"/users/{user}")["servers"][""]["state"]["pod_name"]
    return pod


def stop_server(kubectl: Kubectl, user: str) -> None:
    """Stop a user's server, and wait until it is gone."""
    ask_hub(kubectl, "DELETE", f"/users/{user}/server")
    wait_until(lambda: not ask_hub(kubectl, "GET", f"/users/{user}")["servers"], f"the end of {user}'s server")
