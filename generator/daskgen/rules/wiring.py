"""Check that Services, ports and addresses of a patched cluster still point to its processes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.kubernetes import ports
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.services import SERVICES
from daskgen.paths import Path, find_maps, get
from daskgen.rules import Container, Rule, RuleContext, Template

SCHEDULER, WORKER = "scheduler", "worker"
"""Names of the containers, and of the objects that belong to them."""

PROMISED = (ports.COMM, ports.DASHBOARD)
"""Ports that workers, clients and front ends expect of the Service of the scheduler."""

ADDRESS = "DASK_SCHEDULER_ADDRESS"

LATER = re.compile(r"dask\.org/|batch\.kubernetes\.io/|apps\.kubernetes\.io/|pod-template-hash$")
"""Labels that pods get from the controllers that create them."""

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")

HANDLERS = ("httpGet", "tcpSocket")

PATCH = "take it out of the patch"


def check_selectors(context: RuleContext) -> Iterator[Finding]:
    """Refuse Services that select no pods, or pods without a scheduler where a scheduler is meant."""
    for resource, place, spec in _find_services(context):
        selected = _find_selected(context, spec)
        strangers = [template for template in selected if not has_container(template, SCHEDULER)]
        if not selected or (_is_for_scheduler(resource) and strangers):
            what = f"pods of {' '.join(strangers[0].resource.key)}" if strangers else "no pod of the cluster"
            message = f"Service {resource.key[1]} selects {what}: connections to it do not reach the scheduler"
            path = locate_patch(context, resource, *place, "selector")
            yield Finding(path, "DG280", message, f"{PATCH}, or write labels of the scheduler's pod")


def check_service_ports(context: RuleContext) -> Iterator[Finding]:
    """Refuse Services that lead to ports that no container has, or that lack a port of the scheduler."""
    for resource, place, spec in _find_services(context):
        templates, open_ports = _find_selected(context, spec), set[int]()
        if _is_for_scheduler(resource) and not any(has_container(template, SCHEDULER) for template in templates):
            continue
        for index, port in enumerate(spec.get("ports") or ()):
            target = port.get("targetPort", port.get("port"))
            number = target if isinstance(target, int) else _find_number(templates, target)
            if templates and number is None:
                message = f"Service {resource.key[1]}: no container of the pods it selects has a port {target}"
                path = locate_patch(context, resource, *place, "ports", index, "targetPort")
                yield Finding(path, "DG281", message, _list_ports(templates))
            elif number is not None and port.get("port") == number and port.get("protocol", "TCP") == "TCP":
                open_ports.add(number)
        for missing in PROMISED if _is_for_scheduler(resource) else ():
            if missing.number not in open_ports:
                message = f"Service {resource.key[1]} does not forward port {missing.number} to {missing.name}"
                hint = f"keep the port in the patch: {{name: {missing.name}, port: {missing.number}}}"
                yield Finding(locate_patch(context, resource, *place, "ports"), "DG281", message, hint)


def check_front_end_ports(context: RuleContext) -> Iterator[Finding]:
    """Refuse an Ingress, Route or HTTPRoute to a Service, or to a port of one, that does not exist."""
    services = {resource.key[1]: resource.body["spec"] for resource in context.find_all("Service")}
    backends = ("spec", "rules", "*", "http", "paths", "*", "backend", "service")
    for resource in context.find_all("Ingress"):
        for service in find_maps(resource.body, backends):
            named = {key: value for key, value in (service.get("port") or {}).items() if key in ("name", "number")}
            known = (services.get(service.get("name", "")) or {}).get("ports") or ()
            if not any(value in (port.get("name"), port.get("port")) for port in known for value in named.values()):
                yield _report_front_end(context, resource, service.get("name"), *named.values())
    for resource in context.find_all("Route"):
        spec = resource.body["spec"]
        # Routes name the Service in full: kustomize does not know this kind.
        name = str(get(spec, ("to", "name"))).removeprefix(f"{context.cluster.name}-")
        target = get(spec, ("port", "targetPort"))
        known = (services.get(name) or {}).get("ports") or ()
        # A number is that of a pod, a name that of the Service's port.
        if target is not None and not any(
            target in (port.get("name"), port.get("targetPort"), port.get("port")) for port in known
        ):
            yield _report_front_end(context, resource, name, target)
    for resource in context.find_all("HTTPRoute"):
        for backend in find_maps(resource.body, ("spec", "rules", "*", "backendRefs", "*")):
            name, number = str(backend.get("name")).removeprefix(f"{context.cluster.name}-"), backend.get("port")
            known = (services.get(name) or {}).get("ports") or ()
            if backend.get("kind", "Service") == "Service" and number not in [port.get("port") for port in known]:
                yield _report_front_end(context, resource, name, number)


def _report_front_end(context: RuleContext, resource: Resource, service: Any, *port: Any) -> Finding:
    target = port[0] if port else "(none)"
    message = f"{' '.join(resource.key)} forwards to port {target} of Service {service}, which does not exist"
    return Finding(
        locate_patch(context, resource, "spec"),
        "DG281",
        message,
        "name a Service that daskgen renders, and a port of that Service",
    )


def check_probes(context: RuleContext) -> Iterator[Finding]:
    """Refuse probes on a port name that their container does not have."""
    for container in context.containers:
        names = [port.get("name") for port in container.body.get("ports") or ()]
        for probe, handler in product(PROBES, HANDLERS):
            port = get(container.body, (probe, handler, "port"))
            if isinstance(port, str) and port not in names and not port.isdecimal():
                name = container.body.get("name")
                message = f"{probe} of container {name} uses port {port}, which the container does not have"
                path = locate_patch(context, container.resource, *container.path, probe, handler, "port")
                yield Finding(path, "DG281", message, f"write a number, or one of {', '.join(filter(None, names))}")


def check_addresses(context: RuleContext) -> Iterator[Finding]:
    """Refuse workers and jobs without the address of the scheduler."""
    for container in context.containers:
        if container.body.get("name") in {WORKER, "job"} and container.path[-2] == "containers":
            for message, index in _find_address_faults(context, container):
                place = (*container.path, "env", *index)
                path = locate_patch(context, container.resource, *place)
                hint = "keep the variable as rendered, and before it those to which it refers"
                yield Finding(path, "DG282", f"{' '.join(container.resource.key)}: {message}", hint)


def _find_address_faults(context: RuleContext, container: Container) -> Iterator[tuple[str, Path]]:
    variables = container.body.get("env") or ()
    names = [variable.get("name") for variable in variables]
    if ADDRESS not in names:
        yield f"{ADDRESS} is not set, so the process does not find the scheduler", ()
        return
    index = names.index(ADDRESS)
    variable = variables[index]
    address = str(variable.get("value") or "")
    if not address and not variable.get("valueFrom"):
        yield f"{ADDRESS} is empty, so the process does not find the scheduler", (index, "value")
    for name in re.findall(r"\$\((\w+)\)", address):
        if name not in names[:index]:
            yield f"{ADDRESS} refers to $({name}), which is not set before it", (index, "value")
    port = re.search(r"-scheduler(?:\.[\w.-]+)?:(\d+)$", address)
    own = not context.cluster.scheduler.address
    if own and port and int(port[1]) != ports.COMM.number and not _has_service_port(context, int(port[1])):
        message = f"{ADDRESS} names port {port[1]}, which Service {SCHEDULER} does not have"
        yield message, (index, "value")


def _has_service_port(context: RuleContext, number: int) -> bool:
    services = (resource.body for resource in context.find_all("Service"))
    return any(
        port.get("port") == number for port in find_maps({"all": list(services)}, ("all", "*", "spec", "ports", "*"))
    )


def _find_services(context: RuleContext) -> Iterator[tuple[Resource, Path, Object]]:
    for resource in context.resources:
        place = SERVICES.get(resource.kind)
        spec = get(resource.body, place) if place else None
        if place and spec and spec.get("type") != "ExternalName":
            yield resource, place, spec


def _is_for_scheduler(resource: Resource) -> bool:
    return resource.key == ("Service", SCHEDULER) or resource.kind != "Service"


def _find_selected(context: RuleContext, spec: Object) -> list[Template]:
    selector = {key: value for key, value in (spec.get("selector") or {}).items() if not LATER.match(key)}
    return [template for template in context.templates if selector and selector.items() <= template.labels.items()]


def has_container(template: Template, name: str) -> bool:
    """Return whether a pod has a container of this name."""
    return any(container.body.get("name") == name for container in template.containers)


def _find_number(templates: list[Template], name: Any) -> int | None:
    return _read_ports(templates).get(name)


def _read_ports(templates: list[Template]) -> Mapping[str, int]:
    found = (
        port for template in templates for container in template.containers for port in _read_container_ports(container)
    )
    return {port.get("name", ""): port["containerPort"] for port in found}


def _read_container_ports(container: Container) -> list[Any]:
    return container.body.get("ports") or []


def _list_ports(templates: list[Template]) -> str:
    return f"write one of {', '.join(sorted(_read_ports(templates)))}, or a number"


def locate_patch(context: RuleContext, resource: Resource, *path: str | int) -> Path:
    """Return the field of the spec that a place of an object comes from, or else the last patch of the object."""
    origin, patches = context.origin(resource, *path), context.find_patches(*resource.key)
    return origin if origin[0] == "patches" or not patches else patches[-1]


CHECKS: tuple[Rule, ...] = (
    check_selectors,
    check_service_ports,
    check_front_end_ports,
    check_probes,
    check_addresses,
)


def check_patched(context: RuleContext) -> Iterator[Finding]:
    """Apply every check to a cluster with patches; without any, the objects fit together as they are built."""
    for check in CHECKS if context.cluster.patches else ():
        yield from check(context)


RULES: tuple[Rule, ...] = (check_patched,)
