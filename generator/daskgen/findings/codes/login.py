"""List the findings about logins for the dashboard."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

LOGIN: Mapping[str, Code] = {
    "DG350": Code(
        "dashboard without login",
        "The dashboard shows code, logs and data, and Dask asks nobody for a password: whoever reaches the host sees "
        "them. `auth` names the login: `oidc`, `openshift`, `basic`, or `forward` for the login that the ingress "
        "controller has already. `auth: {kind: none, reason: …}` has none, and says why that is safe.",
    ),
    "DG351": Code(
        "login bypassed",
        "The login is a proxy in front of the dashboard. A Service, Ingress, Route or HTTPRoute that leads to the "
        "dashboard itself serves it without a login.",
    ),
    "DG352": Code(
        "login without TLS",
        "Passwords and the cookies of people who have logged in cross the network in plain text. Everyone who reads "
        "one of them there is logged in too.",
    ),
    "DG353": Code(
        "login not asked for",
        "`auth: {kind: forward}` has what serves the host ask a login service about each request. Traefik is told so "
        "by a Middleware, ingress-nginx by a URL, Envoy Gateway by a SecurityPolicy. A controller ignores what is "
        "meant for another one, and would serve the dashboard without a login; a Route can name no login service at "
        "all.",
    ),
    "DG355": Code(
        "login for another",
        "`auth` is a login for Dask's dashboard, which has none. A notebook asks for its own password, or "
        "leaves logins to its hub.",
    ),
    "DG356": Code(
        "route that others can misuse",
        "The dashboard's port serves more than pages. `distributed.http.proxy` opens connections to any host that a "
        "request names, `distributed.http.scheduler.json` lists the addresses of all workers, and "
        "`distributed.http.scheduler.api` stops workers. Dask turns the first two on by default; rendered clusters "
        "have none of them, except the last where the operator needs it.",
    ),
    "DG354": Code(
        "no OAuth server",
        "The oauth-proxy of OpenShift asks the OAuth server of the Kubernetes cluster. Where OpenShift uses an "
        "external OpenID Connect provider directly (spec.type: OIDC of authentication.config.openshift.io/cluster), "
        "there is none. The dashboard can use the same provider by `kind: oidc`.",
    ),
    "DG357": Code(
        "hub to log in to",
        "`auth: jupyterhub` makes the dashboard a service of a JupyterHub, where people log in by OAuth. The hub has "
        "to be one of the cluster's `notebooks`: its values name the service. The chart puts the service's token into "
        "the Secret `hub` beside the hub; a cluster of another namespace needs a copy.",
    ),
}
