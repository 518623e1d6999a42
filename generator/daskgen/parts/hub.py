"""Describe a JupyterHub and the programs that ask it who people are."""

from __future__ import annotations

from typing import NamedTuple

from daskgen.kubernetes.ports import Port

API = Port("http-hub", 8081)
"""Port of the hub's API, which its chart fixes."""

ADMITTED = {"hub.jupyter.org/network-access-hub": "true"}
"""Labels of the pods that the chart's NetworkPolicy of the hub admits, in the hub's own namespace."""


class Hub(NamedTuple):
    """A JupyterHub among the notebooks of a cluster."""

    name: str
    """Short name of its objects."""
    host: str
    namespace: str
    release: str
    """Name of its Helm release."""

    @property
    def pods(self) -> dict[str, str]:
        """Return the labels of the hub's pod."""
        return {"app": "jupyterhub", "component": "hub", "release": self.release}

    @property
    def api(self) -> str:
        """Return the address of its API inside Kubernetes."""
        return f"http://hub.{self.namespace}.svc:{API.number}/hub/api"


class HubClient(NamedTuple):
    """A service of a hub, at which its users are logged in by OAuth."""

    hub: str
    """Short name of the hub's objects."""
    name: str
    """Name of the service."""
    url: str
    """Address of what it serves."""

    @property
    def redirect(self) -> str:
        """Return the address to which the hub sends people back."""
        return f"{self.url}/oauth_callback"

    @property
    def client_id(self) -> str:
        """Return its OAuth client ID, which JupyterHub wants to begin like this."""
        return f"service-{self.name}"

    @property
    def token_key(self) -> str:
        """Return the key of its token in the Secret that the chart creates."""
        return f"hub.services.{self.name}.apiToken"

    @property
    def scope(self) -> str:
        """Return the right to use it."""
        return f"access:services!service={self.name}"
