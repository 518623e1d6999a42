"""Let the users of a JupyterHub open a dashboard: values of the zero-to-jupyterhub chart for a service of the hub."""

from __future__ import annotations

from typing import Any

from daskgen.parts.hub import HubClient


def admit_client(client: HubClient, *, is_apart: bool) -> dict[str, Any]:
    """Return the values by which every user may open the dashboard, and is shown a link to it; the chart makes a token.

    `is_apart` says that the service is in another namespace than the hub.
    """
    policy = {"networkPolicy": {"interNamespaceAccessLabels": "accept"}} if is_apart else {}
    return {
        "hub": {
            "services": {client.name: {"oauth_redirect_uri": client.redirect, "oauth_no_confirm": True}},
            # These replace what every user may do by default, which is `self`.
            "loadRoles": {"user": {"scopes": ["self", client.scope]}},
            **policy,
        },
        "singleuser": {"extraEnv": {"DASK_DISTRIBUTED__DASHBOARD__LINK": f"{client.url}/status"}},
    }
