"""Add-ons that several tests use."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from e2e.addons.install import install_addon
from e2e.browser import Controller
from e2e.harness import IMAGE, Kubectl, list_nodes

HERE = Path(__file__).parent

PORT = 9400
"""Port of the provider that the fixture `issuer` starts."""


@pytest.fixture(scope="session")
def controller(cluster: Kubectl) -> Controller:
    """Traefik, which serves Ingresses and Gateways of its class; it stays."""
    install_addon(cluster, "traefik", "traefik")
    traefik = Kubectl(cluster.kubeconfig, "traefik")
    ports = {port["name"]: port["nodePort"] for port in traefik.get("service", "traefik")["spec"]["ports"]}
    return Controller(next(iter(list_nodes(cluster).values())), ports["websecure"])


@pytest.fixture
def issuer(namespace: Kubectl) -> str:
    """The address of a provider, whose client's secret is in the Secret `dask-login` with that of cookies."""
    secret, address = secrets.token_hex(16), f"http://provider.{namespace.namespace}.svc:{PORT}"
    values = (f"--from-literal=client-secret={secret}", f"--from-literal=cookie-secret={secrets.token_hex(16)}")
    namespace("create", "secret", "generic", "dask-login", *values)
    key = rsa.generate_private_key(65537, 2048).private_numbers()
    program = (HERE / "provider.py").read_text("utf-8")
    namespace.apply(serve_provider([program, address, secret, str(key.public_numbers.n), str(key.d)]))
    namespace("wait", "pod/provider", "--for", "condition=Ready", "--timeout", "180s")
    return address


def describe_login(issuer: str, reached: dict[str, Any]) -> dict[str, Any]:
    """A login for members of one group, at a provider that is `reached` by this target of a policy."""
    return {
        "kind": "oidc",
        "issuer": issuer,
        "clientID": "dask",
        "clientSecret": "dask-login",
        "cookieSecret": "dask-login",
        "groups": ["admins"],
        "egress": [reached],
    }


def serve_provider(arguments: list[str]) -> list[dict[str, Any]]:
    """The pod of a provider, and its Service."""
    labels = {"app": "provider"}
    container = {
        "name": "provider",
        "image": IMAGE,
        "command": ["python", "-c", *arguments],
        "ports": [{"containerPort": PORT}],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 2},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    secure = {"runAsNonRoot": True, "runAsUser": 20000, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"containers": [container], "securityContext": secure, "terminationGracePeriodSeconds": 1}
    ports = [{"port": PORT, "targetPort": PORT, "protocol": "TCP"}]
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "provider", "labels": labels}, "spec": pod},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "provider"},
            "spec": {"selector": labels, "ports": ports},
        },
    ]
