"""Rules about who can reach scheduler, workers and dashboard, based on the rendered objects after all patches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.kubernetes import labels, ports
from daskgen.kubernetes.connections import covers
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.policies import Crowd, Opening, find_directions, find_isolated, find_openings, selects
from daskgen.kubernetes.services import SERVICES
from daskgen.paths import Path, find_maps, format_path, get
from daskgen.rules import Rule, RuleContext

DENY_ALL = ("NetworkPolicy", "default-deny")

CODE = (ports.COMM, ports.WORKER, ports.NANNY)
"""Ports on which a scheduler, a worker and its nanny run the code that callers send."""

DASHBOARDS = (ports.DASHBOARD, ports.SECURE_DASHBOARD, ports.WORKER_DASHBOARD, ports.SECURE_WORKER_DASHBOARD)

CROWDS: Mapping[Crowd, str] = {
    Crowd.EVERYONE: "everybody",
    Crowd.ADDRESSES: "the addresses of the internet",
    Crowd.PODS: "every pod of every namespace",
}

LOST: Mapping[str, str] = {
    "Ingress": "every pod of the Kubernetes cluster may connect to them",
    "Egress": "they may connect to every address",
}

CLOSE = "list the callers one by one, or waive {} with the reason why that is safe here"


def check_exposed_scheduler(context: RuleContext) -> Iterator[Finding]:
    """Refuse a scheduler that the spec exposes: everyone who reaches it can run code on the workers."""
    scheduler, encrypted = context.cluster.expose.scheduler, context.cluster.tls is not None
    if scheduler.by_name and not encrypted:
        message = f"expose.scheduler: kind {scheduler.kind} finds the scheduler by TLS alone"
        yield Finding(("expose", "scheduler"), "DG331", message, "write tls: {issuer: cert-manager}")
    elif scheduler.kind != "none" and not encrypted:
        message = "expose.scheduler: without TLS, everyone who reaches the scheduler can run code on the workers"
        hint = "write tls: {issuer: cert-manager}, leave it out, or waive DG301 with the reason why that is safe here"
        yield Finding(("expose", "scheduler"), "DG301", message, hint)


def check_services(context: RuleContext) -> Iterator[Finding]:
    """Refuse Services that open the scheduler to callers outside Kubernetes, or that lead elsewhere."""
    for resource in context.find_all(*SERVICES):
        place = SERVICES[resource.kind]
        spec = get(resource.body, place)
        if not spec:
            continue
        title = f"Service {resource.key[1]}"
        if spec.get("type") == "ExternalName":
            message = f"{title} of type ExternalName points workers and clients to {spec.get('externalName')}"
            yield Finding(context.origin(resource, *place, "type"), "DG315", message, "remove it from the patch")
        # What expose.scheduler asks for is reported where the spec says so.
        elif (
            not context.cluster.tls
            and resource.origin != ("expose", "scheduler")
            and any(_takes_code(port) for port in spec.get("ports") or ())
        ):
            for field, how in _find_outside(spec):
                message = f"{title} {how}: without TLS, everyone who reaches the scheduler can run code on the workers"
                hint = "remove it from the patch, or waive DG301 with the reason why that is safe here"
                yield Finding(context.origin(resource, *place, field), "DG301", message, hint)


def _find_outside(spec: Object) -> Iterator[tuple[str, str]]:
    if spec.get("type") in {"NodePort", "LoadBalancer"}:
        yield "type", f"is of type {spec['type']}"
    if spec.get("externalIPs"):
        yield "externalIPs", f"answers on {', '.join(spec['externalIPs'])}"


def _takes_code(port: Mapping[str, Any]) -> bool:
    target = port.get("targetPort", port.get("port"))
    return any(target in (known.name, known.number) for known in CODE)


def check_front_ends(context: RuleContext) -> Iterator[Finding]:
    """Refuse an Ingress or Route to a port that takes code, and report one without TLS."""
    for resource in context.find_all("Ingress"):
        spec = resource.body["spec"]
        for service in find_maps(spec, ("rules", "*", "http", "paths", "*", "backend", "service", "port")):
            if _takes_code({"targetPort": service.get("name", service.get("number"))}):
                yield _report_front_end(context, resource, "rules")
        secure = {host for entry in spec.get("tls") or () for host in entry.get("hosts") or ()}
        plain = [host for rule in spec.get("rules") or () if (host := rule.get("host", "")) not in secure]
        if plain:
            yield _report_plain(context, resource, plain[0], ("spec", "tls"))
    for resource in context.find_all("Route"):
        spec = resource.body["spec"]
        passes = get(spec, ("tls", "termination")) == "passthrough" and (
            # That the spec asks for one without TLS is reported where it does.
            context.cluster.tls or resource.origin == ("expose", "scheduler")
        )
        if _takes_code(spec.get("port") or {}) and not passes:
            yield _report_front_end(context, resource, "port")
        tls = spec.get("tls") or {}
        if tls.get("insecureEdgeTerminationPolicy") == "Allow":
            path: Path = ("spec", "tls", "insecureEdgeTerminationPolicy")
            yield _report_plain(context, resource, spec.get("host", ""), path)
        elif not tls.get("termination"):
            yield _report_plain(context, resource, spec.get("host", ""), ("spec", "tls"))


def check_gateway_routes(context: RuleContext) -> Iterator[Finding]:
    """Refuse an HTTPRoute to a port that takes code, and report one whose Gateway serves no TLS."""
    for resource in context.find_all("HTTPRoute"):
        endpoint = context.endpoints.get(resource.origin)
        url = endpoint.url if endpoint else ""
        if any(
            _takes_code(backend) for backend in find_maps(resource.body, ("spec", "rules", "*", "backendRefs", "*"))
        ):
            yield _report_front_end(context, resource, "rules")
        if url.startswith("http://"):
            message = f"{format_path(resource.origin)}: {url.removeprefix('http://')} is served without TLS"
            hint = "attach the route to a listener with a certificate, and leave tls out"
            yield Finding(context.origin(resource, "spec"), "DG311", message, hint, "warning")


def _report_front_end(context: RuleContext, resource: Resource, field: str) -> Finding:
    message = f"{' '.join(resource.key)} forwards to the scheduler itself: everyone who reaches it can run any code"
    return Finding(context.origin(resource, "spec", field), "DG301", message, "forward to the dashboard's port")


def _report_plain(context: RuleContext, resource: Resource, host: str, path: Path) -> Finding:
    origin = context.origin(resource, *path)
    message = f"{format_path(resource.origin)}: {host or 'the dashboard'} is served without TLS"
    hint = "set tls.secret or tls.issuer; the secret may be another Ingress's of this namespace"
    if origin[0] == "patches":
        hint = "remove it from the patch"
    return Finding(origin, "DG311", message, hint, "warning")


def check_maintained(context: RuleContext) -> Iterator[Finding]:
    """Report a dashboard behind a controller that no longer gets security fixes."""
    for exposure, exposed in context.cluster.find_exposures():
        if retired := exposure.retired:
            message = f"{format_path(exposed.origin)}: {retired} is retired and gets no security fixes since March 2026"
            hint = "move to another class, or to kind: gateway"
            yield Finding(exposed.origin, "DG261", message, hint, "warning")


def check_isolation(context: RuleContext) -> Iterator[Finding]:
    """Refuse clusters whose pods no policy isolates, because of the spec or of a patch."""
    if not context.cluster.network.isolation:
        message = "network.isolation: without policies, every pod of every namespace can run any code on the workers"
        hint = "name the clients instead, or waive DG309 with the reason why that is safe here"
        yield Finding(("network", "isolation"), "DG309", message, hint)
        return
    policies = [resource.body for resource in context.find_all("NetworkPolicy")]
    lost = LOST.keys() - find_isolated(policies, {**labels.CLUSTER, labels.INSTANCE: context.cluster.name})
    for direction in sorted(lost):
        yield from _report_lost(context, LOST[direction])
    for template in context.templates:
        for direction in sorted(LOST.keys() - lost - find_isolated(policies, template.labels)):
            message = f"no NetworkPolicy selects the pods of {' '.join(template.resource.key)}: {LOST[direction]}"
            path = context.origin(template.resource, *template.path[:-1], "metadata", "labels")
            yield Finding(path, "DG309", message, "keep the labels that daskgen gives the pods")


def _report_lost(context: RuleContext, consequence: str) -> Iterator[Finding]:
    patches = context.find_patches(*DENY_ALL)
    message = f"NetworkPolicy default-deny does not isolate the cluster's pods any more: {consequence}"
    hint = "keep the policy, and set network.clients and network.egress; or waive DG309 with the reason"
    yield Finding(patches[-1] if patches else ("network",), "DG309", message, hint)


def check_openings(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies that admit callers without restricting them to chosen ones."""
    for resource in context.find_all("NetworkPolicy"):
        policy = resource.body
        for opening in find_openings(policy):
            selected = any(selects(policy, template.labels) for template in context.templates)
            if selected and "Ingress" in find_directions(policy):
                yield from _report_opening(context, resource, opening)


def _report_opening(context: RuleContext, resource: Resource, opening: Opening) -> Iterator[Finding]:
    path = context.origin(resource, *opening.path)
    who = f"NetworkPolicy {resource.key[1]} admits {CROWDS[opening.crowd]}"
    if _admits(opening, CODE) and not context.cluster.tls:
        message = f"{who}: everyone who reaches the scheduler or a worker can run any code there"
        yield Finding(path, "DG301", message, CLOSE.format("DG301"))
    elif _admits(opening, DASHBOARDS):
        message = f"{who} to the dashboard, which shows code, logs and data"
        yield Finding(path, "DG313", message, CLOSE.format("DG313"))


def _admits(opening: Opening, known: tuple[ports.Port, ...]) -> bool:
    return not opening.ports or any(covers(entry, port) for entry in opening.ports for port in known)


def check_policies_of_others(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies that select pods of others, which they would cut off."""
    for resource in context.find_all("NetworkPolicy"):
        selector = get(resource.body, ("spec", "podSelector")) or {}
        # kustomize adds the cluster's own label to matchLabels, where there are any.
        if "matchLabels" not in selector and not _names_cluster(selector):
            message = f"NetworkPolicy {resource.key[1]} selects pods of the namespace that are not this cluster's"
            hint = "keep the podSelector's matchLabels, to which the cluster's own label is added"
            yield Finding(context.origin(resource, "spec", "podSelector"), "DG314", message, hint)


def _names_cluster(selector: Mapping[str, Any]) -> bool:
    return any(requirement.get("key") == labels.INSTANCE for requirement in selector.get("matchExpressions") or ())


RULES: tuple[Rule, ...] = (
    check_exposed_scheduler,
    check_services,
    check_front_ends,
    check_gateway_routes,
    check_maintained,
    check_isolation,
    check_openings,
    check_policies_of_others,
)
