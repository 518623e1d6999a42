"""Check that the NetworkPolicies of a patched cluster still let its processes reach each other and DNS."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from daskgen.findings.finding import Finding
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.parts.policies import DNS
from daskgen.rules import Rule, RuleContext, Template
from daskgen.rules.wiring import SCHEDULER, WORKER, has_container, locate_patch


def check_policies(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies under which scheduler and workers do not reach each other."""
    if not context.cluster.patches:
        return
    policies = [resource.body for resource in context.find_all("NetworkPolicy")]
    for caller, called, port in _list_connections(context):
        for direction, pod, other in (("Egress", caller, called), ("Ingress", called, caller)):
            peer = Peer(other.labels, context.cluster.namespace.name)
            if not admits(policies, direction, pod.labels, peer, port):
                message = f"no policy allows {_name(caller)} to reach {_name(called)} on port {port.number}"
                name = SCHEDULER if has_container(pod, SCHEDULER) else WORKER
                yield _report(context, pod, name, direction, "DG283", message)


def _list_connections(context: RuleContext) -> Iterator[tuple[Template, Template, ports.Port]]:
    schedulers, workers = (_find_pods(context, name) for name in (SCHEDULER, WORKER))
    yield from product(workers, schedulers, (ports.COMM,))
    yield from product(schedulers, workers, (ports.WORKER,))
    yield from product(workers, workers, (ports.WORKER,))


def _find_pods(context: RuleContext, container: str) -> list[Template]:
    return [template for template in context.templates if has_container(template, container)]


def check_dns(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies under which workers do not reach DNS, by which they find the scheduler."""
    if not context.cluster.patches:
        return
    policies = [resource.body for resource in context.find_all("NetworkPolicy")]
    namespace, number = DNS[context.cluster.platform]
    peer, port = Peer(None, namespace, is_near=False), ports.Port("dns", number)
    for worker in _find_pods(context, WORKER):
        if not admits(policies, "Egress", worker.labels, peer, port, "UDP"):
            message = f"no policy allows {_name(worker)} to reach DNS, UDP port {number} in namespace {namespace}"
            yield _report(context, worker, "default-deny", "Egress", "DG284", message)


def _report(context: RuleContext, pod: Template, name: str, direction: str, code: str, message: str) -> Finding:
    patched = [resource for resource in context.find_all("NetworkPolicy") if context.find_patches(*resource.key)]
    patched.sort(key=lambda resource: resource.key[1] != name)
    if patched:
        path = locate_patch(context, patched[0], "spec", direction.lower())
    else:
        path = context.origin(pod.resource, *pod.path[:-1], "metadata", "labels")
    field = direction.lower()
    return Finding(
        path,
        code,
        f"{message} ({field})",
        f"keep the {field} rules of NetworkPolicy {name} as rendered, and add yours to them",
    )


def _name(template: Template) -> str:
    return f"the pods of {' '.join(template.resource.key)}"


RULES: tuple[Rule, ...] = (check_policies, check_dns)
