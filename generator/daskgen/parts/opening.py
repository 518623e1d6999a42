"""Build the Service that opens one port of the scheduler, and the policy that admits its callers.

Each exposure is a Service of its own: its type holds for all ports of a Service, and the scheduler's has two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.parts.network import admit, from_addresses
from daskgen.paths import Path


def find_protocol(port: Port) -> str:
    """Return the protocol of a port, with which its name begins."""
    return port.name.partition("-")[0]


def open_port(name: str, port: Port, spec: Mapping[str, Any], annotations: Mapping[str, str] | None = None) -> Resource:
    """Build a Service that leads to `port` of the scheduler; `spec` says how, and may add to its port."""
    fields = dict(spec)
    opened = {"name": port.name, "port": port.number, "targetPort": port.name, **fields.pop("port", {})}
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, SCHEDULER, annotations),
        "spec": {**fields, "selector": dict(SCHEDULER), "ports": [opened]},
    }
    return resource(body, f"{name}.yaml", *_find_field(name))


def admit_sources(name: str, port: Port, sources: Sequence[str]) -> Resource:
    """Build the policy that admits `sources` to `port`."""
    origin = _find_field(name)
    callers: list[tuple[Path, Path]] = [
        (("spec", "ingress", 0, "from", index), (*origin, "sources", index)) for index in range(len(sources))
    ]
    let_in = admit(name, SCHEDULER, from_addresses(sources), [port.number])
    return resource(let_in, f"{name}.yaml", *origin)._replace(inner=tuple(callers))


def _find_field(name: str) -> tuple[str, str]:
    """Return the field that asks for an object: its name begins with `dashboard` or `scheduler`."""
    return "expose", name.partition("-")[0]
