"""Check Services like the API server, beyond schemas: fields that must fit the type, and addresses.

Taken from `ValidateService` in Kubernetes' `pkg/apis/core/validation/validation.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from daskgen.kubernetes import addresses
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.pods import find_same_names
from daskgen.kubernetes.schema import Fault
from daskgen.paths import Path

SERVICES: Mapping[str, Path] = {
    "Service": ("spec",),
    "DaskCluster": ("spec", "scheduler", "service"),
    "DaskJob": ("spec", "cluster", "spec", "scheduler", "service"),
}
"""Kind to the path of the spec of its Service."""

OUTSIDE = {"LoadBalancer", "NodePort"}

ONLY_LOAD_BALANCER = (
    "allocateLoadBalancerNodePorts",
    "healthCheckNodePort",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
)
"""Fields that a Service of another type may not have."""

HOST = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.?")


def check_service(body: Object) -> Iterator[Fault]:
    """Find what the API server refuses in a Service."""
    spec = body["spec"]
    kind = spec.get("type", "ClusterIP")
    for check in (_check_ports, _check_type, _check_addresses):
        for fault in check(spec, kind):
            yield fault._replace(path=("spec", *fault.path))


def _check_ports(spec: Object, kind: str) -> Iterator[Fault]:
    ports = spec.get("ports", ())
    yield from find_same_names({("ports",): ports})
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        yield Fault(("ports",), "must not be empty", "write at least one port")
    for index, port in enumerate(ports):
        if len(ports) > 1 and "name" not in port:
            yield Fault(("ports", index, "name"), "is missing", "a Service with several ports names each")
        if "nodePort" in port and kind not in OUTSIDE:
            yield Fault(("ports", index, "nodePort"), f"is not for type {kind}", "leave it out, or set type")


def _check_type(spec: Object, kind: str) -> Iterator[Fault]:
    if "externalTrafficPolicy" in spec and kind not in OUTSIDE:
        yield Fault(("externalTrafficPolicy",), f"is not for type {kind}", "leave it out, or set type")
    for field in ONLY_LOAD_BALANCER if kind != "LoadBalancer" else ():
        if spec.get(field) is not None:
            yield Fault((field,), f"is not for type {kind}", "leave it out, or write type: LoadBalancer")
    if kind == "LoadBalancer" and spec.get("healthCheckNodePort") and spec.get("externalTrafficPolicy") != "Local":
        yield Fault(("healthCheckNodePort",), "needs externalTrafficPolicy Local", "leave it out, or set both")
    if kind == "ExternalName" and not HOST.fullmatch(spec.get("externalName") or ""):
        yield Fault(("externalName",), "must be a host name with type ExternalName", "such as db.example.com")
    if spec.get("sessionAffinityConfig") and spec.get("sessionAffinity") != "ClientIP":
        yield Fault(("sessionAffinityConfig",), "needs sessionAffinity ClientIP", "leave it out, or set both")


def _check_addresses(spec: Object, _: str) -> Iterator[Fault]:
    if spec.get("clusterIP") not in {None, "", "None"}:
        hint = "leave it out: which addresses are free is known only in the cluster"
        yield Fault(("clusterIP",), f"must not be the fixed address {spec['clusterIP']}", hint)
    if spec.get("clusterIPs") and spec.get("clusterIP") != spec["clusterIPs"][0]:
        yield Fault(("clusterIPs",), "must begin with clusterIP", "leave it out")
    for index, text in enumerate(spec.get("externalIPs", ())):
        if fault := _find_special(text):
            yield Fault(("externalIPs", index), fault, "write an address that routes to the nodes")
    for index, text in enumerate(spec.get("loadBalancerSourceRanges", ())):
        if not addresses.is_range(text.strip()):
            yield Fault(("loadBalancerSourceRanges", index), f"must not be {text}", addresses.HINT)
    yield from _find_twice(("ipFamilies",), spec.get("ipFamilies"))


def _find_special(text: str) -> str:
    """Return why a Service cannot have an address; "" if it can."""
    if not addresses.is_address(text):
        return f"must be an IP address, not {text}"
    address = ip_address(text)
    special = address.is_unspecified or address.is_loopback or address.is_link_local or address.is_multicast
    return f"must not be {text}, which other machines cannot reach" if special else ""


def _find_twice(path: Path, values: Any) -> Iterator[Fault]:
    """Find duplicates in a list of scalars."""
    for index, value in enumerate(values or ()):
        if value in values[:index]:
            yield Fault((*path, index), f"repeats {value}", "leave it out")
