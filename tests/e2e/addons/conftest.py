"""Add-ons that several tests use."""

from __future__ import annotations

import pytest

from e2e.addons.install import install_addon
from e2e.browser import Controller
from e2e.harness import Kubectl, list_nodes


@pytest.fixture(scope="session")
def controller(cluster: Kubectl) -> Controller:
    """Traefik, which serves Ingresses and Gateways of its class; it stays."""
    install_addon(cluster, "traefik", "traefik")
    traefik = Kubectl(cluster.kubeconfig, "traefik")
    ports = {port["name"]: port["nodePort"] for port in traefik.get("service", "traefik")["spec"]["ports"]}
    return Controller(next(iter(list_nodes(cluster).values())), ports["websecure"])
