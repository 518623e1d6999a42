"""Build the command of a Jupyter server and its settings.

The options are those of jupyter_server 2.21, jupyterlab 4.6, jupyter-server-proxy 4.6 and dask-labextension 7.0.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import metadata
from daskgen.kubernetes.ports import Port
from daskgen.notebook import Neighbour
from daskgen.parts.pods import probe

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ConfigMap, EnvVar, Probe, Volume, VolumeMount

HOME = "/home/jovyan"
"""Home folder of the images of Jupyter and Dask."""

TOKEN, PASSWORD = "JUPYTER_TOKEN", "JUPYTER_PASSWORD_HASH"
"""Variables: Jupyter reads the first, and an option refers to the second."""

SETTINGS = "/etc/dask-jupyter"
"""A folder of Jupyter's configuration path. JupyterLab reads defaults of its extensions' settings from `LAB_FILE`."""

LAB_FILE = "labconfig/default_setting_overrides.json"

CERTIFICATE = "/etc/jupyter-tls"

COMMENT = "Made by daskgen from the cluster's notebooks."
"""Marks the file as one that daskgen makes (`outside/disk/made.py`)."""


class Server(NamedTuple):
    """How the server answers."""

    prefix: str
    """Path under which it answers."""
    certificate: str
    """Name of the TLS Secret of its own certificate; "" if it speaks no TLS."""
    url: str = ""
    """Its address outside Kubernetes, which its log shows; "" if it is not known."""

    @property
    def port(self) -> Port:
        """Return its port, whose name begins with its protocol."""
        return ports.SECURE_JUPYTER if self.certificate else ports.JUPYTER

    def options(self, scheduler: str, *, hashed: bool) -> list[str]:
        """Return the options of its command; it lets notebooks see the dashboard of the host `scheduler` alone."""
        files = {"certfile": "tls.crt", "keyfile": "tls.key"} if self.certificate else {}
        return [
            "--no-browser",
            "--ServerApp.ip=*",
            f"--ServerApp.port={self.port.number}",
            f"--ServerApp.base_url={self.prefix}/",
            f"--ServerApp.root_dir={HOME}",
            f"--ServerProxy.host_allowlist=['localhost', '127.0.0.1', '{scheduler}']",
            *([f"--PasswordIdentityProvider.hashed_password=$({PASSWORD})"] if hashed else []),
            *([f"--ServerApp.custom_display_url={self.url}/"] if self.url else []),
            *(f"--ServerApp.{option}={CERTIFICATE}/{file}" for option, file in files.items()),
        ]

    def probe(self, period: int, failures: int) -> Probe:
        """Build a probe, on the one address that asks for no login."""
        scheme = "HTTPS" if self.certificate else "HTTP"
        return probe(f"{self.prefix}/api", self.port.name, period, failures, scheme=scheme)

    def mount(self, settings: str) -> list[tuple[Volume, VolumeMount]]:
        """Build its volumes and their mounts: the ConfigMap `settings`, and the certificate."""
        items: Any = [{"key": f"{settings}.json", "path": LAB_FILE}]
        made: list[tuple[Volume, VolumeMount]] = [
            (
                {"name": "settings", "configMap": {"name": settings, "items": items}},
                {"name": "settings", "mountPath": SETTINGS, "readOnly": True},
            )
        ]
        if self.certificate:
            volume: Volume = {"name": "certificate", "secret": {"secretName": self.certificate}}
            made.append((volume, {"name": "certificate", "mountPath": CERTIFICATE, "readOnly": True}))
        return made


def set_extension(url: str) -> dict[str, Any]:
    """Return the settings with which dask-labextension shows the dashboard at `url`, and no clusters of its own.

    It takes a relative URL for one below the Jupyter server.
    """
    return {"dask-labextension:plugin": {"defaultURL": url, "hideClusterManager": True}}


def show_dashboard(name: str, url: str) -> ConfigMap:
    """Build the ConfigMap with these settings."""
    # JSON has no comments: what is for no extension that exists is ignored.
    text = json.dumps({"daskgen": {"$comment": COMMENT}, **set_extension(url)}, indent=2) + "\n"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name), "data": {f"{name}.json": text}}


def reach(neighbour: Neighbour, prefix: str) -> list[EnvVar]:
    """Return variables with which `Client()` finds the scheduler and shows the dashboard through the server."""
    link = f"{prefix}/{neighbour.proxied}/status" if neighbour.proxied else ""
    shown: list[EnvVar] = [{"name": "DASK_DISTRIBUTED__DASHBOARD__LINK", "value": link}] if link else []
    return [
        *neighbour.context.address_scheduler(),
        *shown,
        {"name": "HOME", "value": HOME},
        {"name": "JUPYTER_CONFIG_PATH", "value": SETTINGS},
    ]
