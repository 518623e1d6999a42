"""Check that the NetworkPolicies of a patched cluster still let its processes reach each other and DNS."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from daskgen.findings.finding import Finding
from daskgen.kubernetes import ports
from daskgen.kubernetes.connections import Peer, admits
from daskgen.parts.network import DNS
from daskgen.rules import Rule, Subject, Template
from daskgen.rules.wiring import SCHEDULER, WORKER, has_container, locate_patch


def check_policies(subject: Subject) -> Iterator[Finding]:
    """Refuse policies under which scheduler and workers do not reach each other."""
    if not subject.cluster.patches:
        return
    policies = [resource.body for resource in subject.find_all("NetworkPolicy")]
    for caller, called, port in _list_connections(subject):
        for direction, pod, other in (("Egress", caller, called), ("Ingress", called, caller)):
            peer = Peer(other.labels, subject.cluster.namespace.name)
            if not admits(policies, direction, pod.labels, peer, port):
                message = f"no policy allows {_name(caller)} to reach {_name(called)} on port {port.number}"
                name = SCHEDULER if has_container(pod, SCHEDULER) else WORKER
                yield _report(subject, pod, name, direction, "DG283", message)


def _list_connections(subject: Subject) -> Iterator[tuple[Template, Template, ports.Port]]:
    schedulers, workers = (_find_pods(subject, name) for name in (SCHEDULER, WORKER))
    yield from product(workers, schedulers, (ports.COMM,))
    yield from product(schedulers, workers, (ports.WORKER,))
    yield from product(workers, workers, (ports.WORKER,))


def _find_pods(subject: Subject, container: str) -> list[Template]:
    return [template for template in subject.templates if has_container(template, container)]


def check_dns(subject: Subject) -> Iterator[Finding]:
    """Refuse policies under which workers do not reach DNS, by which they find the scheduler."""
    if not subject.cluster.patches:
        return
    policies = [resource.body for resource in subject.find_all("NetworkPolicy")]
    namespace, number = DNS[subject.cluster.platform]
    peer, port = Peer(None, namespace, is_near=False), ports.Port("dns", number)
    for worker in _find_pods(subject, WORKER):
        if not admits(policies, "Egress", worker.labels, peer, port, "UDP"):
            message = f"no policy allows {_name(worker)} to reach DNS, UDP port {number} in namespace {namespace}"
            yield _report(subject, worker, "default-deny", "Egress", "DG284", message)


def _report(subject: Subject, pod: Template, name: str, direction: str, code: str, message: str) -> Finding:
    patched = [resource for resource in subject.find_all("NetworkPolicy") if subject.find_patches(*resource.key)]
    patched.sort(key=lambda resource: resource.key[1] != name)
    if patched:
        path = locate_patch(subject, patched[0], "spec", direction.lower())
    else:
        path = subject.origin(pod.resource, *pod.path[:-1], "metadata", "labels")
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
