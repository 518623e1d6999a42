"""Let all users of a JupyterHub use one cluster: values of the zero-to-jupyterhub chart for their servers."""

from __future__ import annotations

from typing import Any

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import INSTANCE, SCHEDULER
from daskgen.notebook import Neighbour
from daskgen.notebook._server import LAB_FILE, SETTINGS, set_extension
from daskgen.notebook._users import reach
from daskgen.parts.tls import CA_FILE, CERTIFICATE_FILE, KEY_FILE, find_protocol

PREFIX = "{{JUPYTERHUB_SERVICE_PREFIX}}"
"""Variable that Dask fills in, in braces that KubeSpawner halves: it fills in what stands in single ones, such as
{username}, and fails at names that it does not know (kubespawner 7.0, `_expand_env`)."""


def share(neighbour: Neighbour) -> dict[str, Any]:
    """Return the values of users' servers, with which `Client()` without arguments connects to the cluster."""
    return {
        "extraEnv": _connect(neighbour),
        "extraFiles": _show_dashboard(neighbour),
        "networkPolicy": {
            "enabled": True,
            "egress": reach(neighbour.namespace, {**SCHEDULER, INSTANCE: neighbour.name}),
        },
    }


def locate_dashboard(neighbour: Neighbour) -> str:
    """Return the path of the dashboard under a user's server, which proxies it."""
    return f"proxy/{_find_host(neighbour)}:{ports.DASHBOARD.number}{neighbour.dashboard.prefix}"


def _find_host(neighbour: Neighbour) -> str:
    return f"{neighbour.service}.{neighbour.namespace}.svc"


def _link(neighbour: Neighbour) -> dict[str, str]:
    if not neighbour.proxied:
        return {}
    return {"DASK_DISTRIBUTED__DASHBOARD__LINK": f"{PREFIX}{locate_dashboard(neighbour)}/status"}


def _connect(neighbour: Neighbour) -> dict[str, Any]:
    encryption = neighbour.context.encryption
    protocol = find_protocol(encryption is not None)
    return {
        "DASK_SCHEDULER_ADDRESS": f"{protocol}://{_find_host(neighbour)}:{ports.COMM.number}",
        **_link(neighbour),
        "JUPYTER_CONFIG_PATH": SETTINGS,
        **(_take_certificate(encryption.secrets["client"]) if encryption else {}),
    }


def _take_certificate(secret: str) -> dict[str, Any]:
    """Return variables with the client's certificate itself, which Dask takes in place of names of files."""
    entries = {"CA_FILE": CA_FILE, "CLIENT__CERT": CERTIFICATE_FILE, "CLIENT__KEY": KEY_FILE}
    return {
        f"DASK_DISTRIBUTED__COMM__TLS__{name}": {"valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for name, key in entries.items()
    }


def _show_dashboard(neighbour: Neighbour) -> dict[str, Any]:
    allowed = ["localhost", "127.0.0.1", _find_host(neighbour)]
    return {
        "dask-labextension": {
            "mountPath": f"{SETTINGS}/{LAB_FILE}",
            "data": set_extension(locate_dashboard(neighbour) if neighbour.proxied else neighbour.dashboard.url),
        },
        "dask-dashboard": {
            "mountPath": f"{SETTINGS}/jupyter_server_config.json",
            "data": {"ServerProxy": {"host_allowlist": allowed}},
        },
    }
