"""Have people log in with the JupyterHub of the cluster's notebooks, an OAuth provider for its services.

https://jupyterhub.readthedocs.io/en/stable/explanation/oauth.html. It is no OpenID Connect provider, which oauth2-proxy
needs. The proxy is the program in data/hub, made of JupyterHub's own HubOAuthenticated.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.auth import Door, ProxyAuth
from daskgen.kubernetes.labels import selecting_others
from daskgen.model import Name, ObjectName
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.hub import ADMITTED, API, Hub, HubClient
from daskgen.parts.image import OwnToolImage, ToolImage
from daskgen.parts.policies import in_namespace, tcp
from daskgen.parts.proxy import PORT, Program, SecretFile

IMAGE = ToolImage(name="quay.io/jupyterhub/k8s-hub", tag="4.4.0")

HUB_SECRET = "hub"  # noqa: S105  # the name of the chart's Secret

TOKEN = "api-token"  # noqa: S105  # the name of a file

NO_HUB = Hub("jupyterhub", "", "", "")
"""In place of a hub that is not there, which a rule reports."""


@final
class JupyterHubLogin(ProxyAuth):
    """A login with the JupyterHub of `notebooks`, for everyone who may log in there."""

    closes_api: ClassVar[bool] = True

    kind: Literal["jupyterhub"]
    hub: Annotated[Name | None, Field(description="Name of the hub, if `notebooks` has several.")] = None
    secret: Annotated[
        ObjectName,
        Field(
            description="Secret with the token of the service, under the key hub.services.dask-CLUSTER.apiToken; the "
            "hub's chart creates one named hub in the hub's namespace."
        ),
    ] = HUB_SECRET
    image: Annotated[OwnToolImage, Field(description="Image of JupyterHub.")] = IMAGE

    @property
    def proxy_image(self) -> ToolImage:
        """Return the image of JupyterHub."""
        return self.image

    def find_hub(self, site: Site) -> Hub | None:
        """Return the hub that people log in to; None if the notebooks do not say which."""
        wanted = [hub for hub in site.hubs if self.hub is None or hub.name == f"jupyterhub-{self.hub}"]
        return wanted[0] if len(wanted) == 1 else None

    def guard(self, reached: Endpoint, site: Site) -> Endpoint:
        """Add the proxy, and the client that the hub has to know."""
        return replace(super().guard(reached, site), client=self._describe_client(reached.url, site))

    def _describe_client(self, url: str, site: Site) -> HubClient:
        hub = self.find_hub(site) or NO_HUB
        return HubClient(hub.name, f"dask-{site.cluster}", url)

    def program(self, door: Door) -> Program:
        """Return how the proxy runs."""
        client = self._describe_client(door.url, door.site)
        return Program(
            args=["python3", "-c", (files("daskgen") / "data" / "hub" / "dashboard.py.txt").read_text("utf-8")],
            health="/ping",
            secrets=[SecretFile(self.secret, client.token_key, TOKEN)],
            env=self._configure(client, door),
            labels=ADMITTED,
            egress=[_reach(self.find_hub(door.site) or NO_HUB, door.site)],
        )

    def _configure(self, client: HubClient, door: Door) -> dict[str, str]:
        """Return JupyterHub's variables for a service.

        https://jupyterhub.readthedocs.io/en/stable/reference/services.html
        """
        hub = self.find_hub(door.site) or NO_HUB
        return {
            "DASK_DASHBOARD": door.upstream,
            "PORT": str(PORT),
            "JUPYTERHUB_API_URL": hub.api,
            "JUPYTERHUB_HOST": f"https://{hub.host}",
            "JUPYTERHUB_CLIENT_ID": client.client_id,
            "JUPYTERHUB_OAUTH_CALLBACK_URL": client.redirect,
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([client.scope]),
            "JUPYTERHUB_SERVICE_PREFIX": f"{door.prefix}/",
        }


def _reach(hub: Hub, site: Site) -> dict[str, Any]:
    """Let the proxy reach the hub's API."""
    peer: Any = in_namespace(hub.namespace) if hub.namespace != site.namespace else {}
    return {"to": [{**peer, "podSelector": selecting_others(hub.pods)}], "ports": tcp([API.number])}
