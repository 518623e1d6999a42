"""Packages that pods install when they start, from an index in the cluster that policies let them reach."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from e2e.clusters import CLIENT, CONNECT, deploy, describe, render, write_fleet
from e2e.harness import IMAGE, Kubectl, run_client, wait_until

WHEEL = "answers-1.0-py3-none-any.whl"

PORT = 8080

ASK = """
def ask():
    import answers
    return answers.ask(), answers.__file__
print(*client.submit(ask).result(timeout=60), client.run_on_scheduler(ask)[0])
"""


def make_wheel() -> bytes:
    """Make a wheel with one module."""
    files = {
        "answers/__init__.py": "def ask():\n    return 42\n",
        "answers-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: answers\nVersion: 1.0\n",
        "answers-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, "answers-1.0.dist-info/RECORD"))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in {**files, "answers-1.0.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return held.getvalue()


def serve_index(namespace: Kubectl, wheel: bytes) -> str:
    """Start an index of packages that has one wheel, and return its URL (PEP 503)."""
    page = f'<!DOCTYPE html><html><body><a href="{WHEEL}">{WHEEL}</a></body></html>\n'
    files: dict[str, Any] = {"data": {"index.html": page}, "binaryData": {WHEEL: base64.b64encode(wheel).decode()}}
    labels = {"app": "index"}
    secure = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    items = [{"key": name, "path": f"simple/answers/{name}"} for name in ("index.html", WHEEL)]
    container = {
        "name": "index",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-m", "http.server", str(PORT), "--directory", "/srv/packages"],
        "readinessProbe": {"httpGet": {"path": "/simple/answers/", "port": PORT}},
        "resources": {"requests": {"cpu": "50m"}, "limits": {"memory": "128Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "files", "mountPath": "/srv/packages"}],
    }
    pod = {
        "terminationGracePeriodSeconds": 1,
        "securityContext": secure,
        "containers": [container],
        "volumes": [{"name": "files", "configMap": {"name": "index", "items": items}}],
    }
    ports = [{"port": PORT}]
    namespace.apply(
        [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "index"}, **files},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "index", "labels": labels}, "spec": pod},
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "index"},
                "spec": {"selector": labels, "ports": ports},
            },
        ]
    )
    namespace("wait", "--for", "condition=Ready", "pod/index", "--timeout", "120s")
    return f"http://index.{namespace.namespace}.svc:{PORT}/simple"


def describe_packages(namespace: Kubectl, url: str, digest: str) -> dict[str, Any]:
    """Describe a cluster that installs the wheel with this SHA-256."""
    packages = {
        "install": "start",
        "pip": ["answers==1.0"],
        "lock": f"answers==1.0 --hash=sha256:{digest}\n",
        "index": {"url": url, "egress": [{"podLabels": {"app": "index"}}]},
    }
    little = {"requests": {"cpu": "50m"}, "limits": {"cpu": "1"}, "memory": "600Mi", "scratch": "2Gi"}
    workers = [{**little, "threads": 1}]
    return describe(namespace.namespace) | {"packages": packages, "scheduler": little, "workers": workers}


@pytest.mark.cluster
def test_scheduler_and_workers_have_what_the_lock_says(namespace: Kubectl, tmp_path: Path) -> None:
    wheel = make_wheel()
    spec = describe_packages(namespace, serve_index(namespace, wheel), hashlib.sha256(wheel).hexdigest())
    deploy(namespace, write_fleet(tmp_path, packed=spec), "packed")
    said = run_client(namespace, "client", CLIENT, CONNECT.format(name="packed", workers=1) + ASK)
    assert said.split() == ["42", "/packages/answers/__init__.py", "42"]


@pytest.mark.cluster
def test_a_wheel_with_another_hash_is_not_installed(namespace: Kubectl, tmp_path: Path) -> None:
    url = serve_index(namespace, make_wheel())
    spec = describe_packages(namespace, url, hashlib.sha256(b"another wheel").hexdigest())
    namespace.apply(render(write_fleet(tmp_path, packed=spec), "packed"))

    def find_log() -> str:
        chosen = ("--selector", "app.kubernetes.io/component=worker", "--container", "install-packages")
        return namespace("logs", *chosen, "--prefix=false", check=False)

    wait_until(lambda: "DO NOT MATCH THE HASHES" in find_log(), "the wheel is refused", 120)
    pods = namespace.get("pods", "--selector", "app.kubernetes.io/component=worker")["items"]
    assert not any(status["ready"] for pod in pods for status in pod["status"]["containerStatuses"])
