"""Prometheus as tests see it: what it scrapes and which alerts fire, and promtool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.yaml.write import dump
from e2e.harness import Kubectl, wait_until

NAMESPACE = "monitoring"

SERVICE = f"/api/v1/namespaces/{NAMESPACE}/services/prometheus-operated:9090/proxy/api/v1"
"""Through the API server, which policies of the namespace do not filter."""

ENDED = ("Succeeded", "Failed")


class Prometheus(NamedTuple):
    """A Prometheus that the Prometheus operator runs."""

    cluster: Kubectl

    def ask(self, path: str) -> Any:
        """Return the data of an answer of its API."""
        return json.loads(self.cluster("get", "--raw", f"{SERVICE}/{path}"))["data"]

    def list_scraped(self, namespace: str) -> dict[str, str]:
        """Return the health of each pod of a namespace that it scrapes."""
        targets = self.ask("targets?state=active")["activeTargets"]
        found = (target for target in targets if target["labels"].get("namespace") == namespace)
        return {target["labels"]["pod"]: target["health"] for target in found}

    def list_firing(self, namespace: str) -> set[str]:
        """Return the names of the alerts of a namespace that fire."""
        labels = [alert["labels"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"]
        return {label["alertname"] for label in labels if label.get("namespace") == namespace}

    def find_image(self) -> str:
        """Return the image of its pods."""
        (pod,) = self.cluster.get("pods", "--namespace", NAMESPACE, "--selector", SELECTOR)["items"]
        images = {container["name"]: container["image"] for container in pod["spec"]["containers"]}
        image: str = images["prometheus"]
        return image


SELECTOR = "app.kubernetes.io/name=prometheus"


def run_promtool(kubectl: Kubectl, name: str, image: str, files: Mapping[str, Any], *words: str) -> str:
    """Run promtool on files, whose folder it is started in, and return what it prints."""
    data = {file: dump(content) for file, content in files.items()}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    container = {
        "name": "promtool",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["promtool", *words],
        "workingDir": "/rules",
        "volumeMounts": [{"name": "rules", "mountPath": "/rules"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    secure = {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}}
    volumes = [{"name": "rules", "configMap": {"name": name}}]
    spec = {"restartPolicy": "Never", "securityContext": secure, "containers": [container], "volumes": volumes}
    kubectl.apply([config, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}])
    wait_until(lambda: kubectl.get("pod", name)["status"].get("phase") in ENDED, f"promtool of {name}")
    return kubectl("logs", name)
