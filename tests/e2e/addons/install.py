"""Install add-ons for tests."""

from __future__ import annotations

import os
import shlex
import subprocess
from functools import partial
from pathlib import Path

from e2e.conftest import await_definitions
from e2e.harness import Kubectl, is_applied, wait_until

MANIFESTS = Path(__file__).parent / "manifests"


def install_addon(kubectl: Kubectl, name: str, namespace: str) -> None:
    """Install an add-on by the command of DASKGEN_E2E_ADDONS, if there is one, else from its published manifests."""
    if command := os.environ.get("DASKGEN_E2E_ADDONS"):
        environment = os.environ | {"KUBECONFIG": kubectl.kubeconfig}
        subprocess.run([*shlex.split(command), name], env=environment, check=True)
    else:
        wait_until(partial(is_applied, kubectl, MANIFESTS / name), f"{name} applied", 120)
    await_definitions(kubectl)
    kubectl(
        "wait", "deployments", "--all", "--for", "condition=Available", "--namespace", namespace, "--timeout", "300s"
    )
