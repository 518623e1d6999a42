"""Rules about the login of the dashboard: that there is one, that it is asked for, and that nothing leads past it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from daskgen.auth import Way
from daskgen.auth.jupyterhub import JupyterHubLogin
from daskgen.expose import HostExposure, find_login
from daskgen.findings.finding import Finding
from daskgen.findings.problem import suggest
from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import Resource
from daskgen.parts.hub import Hub
from daskgen.parts.opening import TO_DASHBOARD
from daskgen.paths import Path, PathPattern, find_maps, format_path, get
from daskgen.rules import Rule, RuleContext
from daskgen.rules.wiring import locate_patch

EXPOSURE: Path = ("expose", "dashboard")
AUTH: Path = (*EXPOSURE, "auth")

BACKENDS: Mapping[str, PathPattern] = {
    "Ingress": ("spec", "rules", "*", "http", "paths", "*", "backend", "service"),
    "Route": ("spec", "to"),
    "HTTPRoute": ("spec", "rules", "*", "backendRefs", "*"),
}
"""Kind to the place where it names Services."""

NEEDS: Mapping[Way, str] = {
    "middleware": "name a Middleware of Traefik",
    "service": "name the Service that Envoy Gateway asks",
    "url": "name the URL to ask, auth-url",
}


def find_guarded(context: RuleContext) -> HostExposure | None:
    """Return the exposure of the dashboard, if it is one that needs a login."""
    exposure = context.cluster.expose.dashboard
    return exposure if isinstance(exposure, HostExposure) else None


def check_login(context: RuleContext) -> Iterator[Finding]:
    """Refuse a dashboard that everyone can open who reaches its host."""
    exposure = find_guarded(context)
    if exposure and not exposure.auth:
        message = f"expose.dashboard: everyone who reaches {get_host(context)} sees code, logs and data"
        hint = "set auth to a login, or to {kind: none, reason: …} with the reason why that is safe here"
        yield Finding(EXPOSURE, "DG350", message, hint)


def get_host(context: RuleContext) -> str:
    """Return the host of the dashboard, without the scheme."""
    return context.endpoints[EXPOSURE].url.partition("://")[2]


def check_others(context: RuleContext) -> Iterator[Finding]:
    """Refuse a login for what asks people who they are by itself."""
    for exposure, exposed in context.cluster.find_exposures():
        if exposed != TO_DASHBOARD and find_login(exposure):
            message = f"{format_path(exposed.origin)}.auth is for the dashboard; this has a login of its own"
            yield Finding((*exposed.origin, "auth"), "DG355", message, "leave it out")


def check_encryption(context: RuleContext) -> Iterator[Finding]:
    """Refuse a login whose passwords and cookies can be read on their way."""
    exposure = find_guarded(context)
    if exposure and exposure.auth and exposure.auth.credentials:
        url = context.endpoints[EXPOSURE].url
        if not url.startswith("https://"):
            message = f"expose.dashboard.auth: passwords and cookies go to {url} in plain text"
            yield Finding(AUTH, "DG352", message, "serve the host by HTTPS: tls")


def check_way(context: RuleContext) -> Iterator[Finding]:
    """Refuse a login that what serves the host does not ask for."""
    exposure = find_guarded(context)
    if not (exposure and exposure.auth and (way := exposure.auth.way)):
        return
    if way not in exposure.ways:
        message = f"expose.dashboard.auth.{way}: what serves {get_host(context)} ignores it, and asks for no login"
        hint = " or ".join(NEEDS[known] for known in sorted(exposure.ways))
        yield Finding((*AUTH, way), "DG353", message, hint or "choose another login, such as oidc or basic")
    place = exposure.auth.place
    if place not in (None, context.cluster.namespace.name) and not exposure.crosses:
        message = f"expose.dashboard.auth.{way}.namespace: an HTTPRoute names a Middleware of its own namespace alone"
        hint = f"create the Middleware in {context.cluster.namespace.name}, and leave namespace out"
        yield Finding((*AUTH, way, "namespace"), "DG353", message, hint)


def check_server(context: RuleContext) -> Iterator[Finding]:
    """Refuse a login by a server that the fleet's OpenShift does not have."""
    exposure = find_guarded(context)
    auth = exposure.auth if exposure else None
    if auth and auth.authentication not in (None, context.openshift.authentication):
        message = f"expose.dashboard.auth: OpenShift has no OAuth server with {context.openshift.authentication}"
        yield Finding((*AUTH, "kind"), "DG354", message, "use kind: oidc with the provider that OpenShift has")


def check_hub(context: RuleContext) -> Iterator[Finding]:
    """Refuse a login with a JupyterHub that is not described, or whose Secret is elsewhere."""
    exposure = find_guarded(context)
    auth = exposure.auth if exposure else None
    if not isinstance(auth, JupyterHubLogin):
        return
    hub = auth.find_hub(context.cluster.site)
    if not hub:
        names = [each.name.removeprefix("jupyterhub").removeprefix("-") for each in context.cluster.site.hubs]
        yield _miss_hub(auth, names)
    elif hub.namespace != context.cluster.namespace.name and "secret" not in auth.model_fields_set:
        yield _miss_secret(context, hub)


def _miss_hub(auth: JupyterHubLogin, names: Sequence[str]) -> Finding:
    if not names:
        message = "expose.dashboard.auth: notebooks describes no JupyterHub to log in to"
        return Finding((*AUTH, "kind"), "DG357", message, "add one to notebooks: {kind: jupyterhub, host: HOST, …}")
    known = ", ".join(name or "one without a name" for name in names)
    if auth.hub is None:
        message = f"expose.dashboard.auth: notebooks describes several JupyterHubs: {known}"
        return Finding((*AUTH, "kind"), "DG357", message, "write hub: NAME here, and a name for each of them")
    message = f"expose.dashboard.auth.hub: notebooks describes no JupyterHub {auth.hub}, only {known}"
    return Finding((*AUTH, "hub"), "DG357", message, suggest(auth.hub, names, "correct the name, or leave hub out"))


def _miss_secret(context: RuleContext, hub: Hub) -> Finding:
    endpoint, namespace = context.endpoints[EXPOSURE], context.cluster.namespace.name
    key = endpoint.client.token_key if endpoint.client else ""
    read = f"kubectl get secret hub --namespace {hub.namespace} --output go-template='{{{{index .data \"{key}\"}}}}'"
    made = f"kubectl create secret generic hub-token --namespace {namespace} --from-literal={key}=$({read} | base64 -d)"
    message = f"expose.dashboard.auth.secret: the token is in namespace {hub.namespace}, and pods of {namespace} "
    return Finding((*AUTH, "kind"), "DG357", f"{message}cannot read it", f"write secret: hub-token, made by: {made}")


def check_bypass(context: RuleContext) -> Iterator[Finding]:
    """Refuse what leads to the dashboard past its login."""
    exposure = find_guarded(context)
    if not (exposure and exposure.auth) or exposure.auth.redirect(TO_DASHBOARD) == TO_DASHBOARD:
        return
    direct = {resource.key[1] for resource in context.find_all("Service") if _serves_dashboard(resource)}
    for kind, place in BACKENDS.items():
        for resource in context.find_all(kind):
            named = (str(service.get("name")) for service in find_maps(resource.body, place))
            if direct.intersection(name.removeprefix(f"{context.cluster.name}-") for name in named):
                yield _report(context, resource, "spec", place[1])
    for resource in context.find_all("Service"):
        if resource.key[1] in direct and get(resource.body, ("spec", "type")) in ("NodePort", "LoadBalancer"):
            yield _report(context, resource, "spec", "type")


def _serves_dashboard(resource: Resource) -> bool:
    selector = get(resource.body, ("spec", "selector")) or {}
    targets = {port.get("targetPort", port.get("port")) for port in get(resource.body, ("spec", "ports")) or ()}
    known = {value for port in (ports.DASHBOARD, ports.SECURE_DASHBOARD) for value in port}
    return selector.items() <= TO_DASHBOARD.pods.items() and bool(targets & known)


def _report(context: RuleContext, resource: Resource, *path: str | int) -> Finding:
    message = f"{' '.join(resource.key)} leads to the dashboard past its login"
    return Finding(locate_patch(context, resource, *path), "DG351", message, "take it out of the patch")


RULES: tuple[Rule, ...] = (
    check_login,
    check_others,
    check_encryption,
    check_way,
    check_server,
    check_hub,
    check_bypass,
)
