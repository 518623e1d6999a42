"""Build the Service that opens one port of some pods, and the policy that admits its callers.

Each exposure is a Service of its own: its type holds for all ports of a Service, and the scheduler's has two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes import ports
from daskgen.kubernetes.labels import SCHEDULER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.kubernetes.ports import Port
from daskgen.parts.policies import admit, from_addresses
from daskgen.paths import Path


class ExposedPort(NamedTuple):
    """The pods that an exposure forwards to, and one of their ports."""

    name: str
    """Prefix of the names of the exposure's objects."""
    pods: Mapping[str, str]
    """Labels of the pods."""
    service: str
    """Short name of their Service."""
    port: Port
    protocol: str
    """Protocol of its address."""
    origin: Path
    """Field of the spec with the exposure."""


TO_DASHBOARD = ExposedPort("dashboard", SCHEDULER, "scheduler", ports.DASHBOARD, "http", ("expose", "dashboard"))
TO_SCHEDULER = ExposedPort("scheduler", SCHEDULER, "scheduler", ports.COMM, "tcp", ("expose", "scheduler"))


def open_port(
    target: ExposedPort, kind: str, spec: Mapping[str, Any], annotations: Mapping[str, str] | None = None
) -> Resource:
    """Build a Service for `target` with the fields of `spec`, which may add to its port."""
    port, name = target.port, f"{target.name}-{kind}"
    fields = dict(spec)
    opened = {"name": port.name, "port": port.number, "targetPort": port.name, **fields.pop("port", {})}
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, target.pods, annotations),
        "spec": {**fields, "selector": dict(target.pods), "ports": [opened]},
    }
    return resource(body, f"{name}.yaml", *target.origin)


def admit_sources(target: ExposedPort, kind: str, sources: Sequence[str]) -> Resource:
    """Build the policy that admits `sources` to the port of `target`."""
    name = f"{target.name}-{kind}"
    callers: list[tuple[Path, Path]] = [
        (("spec", "ingress", 0, "from", index), (*target.origin, "sources", index)) for index in range(len(sources))
    ]
    let_in = admit(name, target.pods, from_addresses(sources), [target.port.number])
    return resource(let_in, f"{name}.yaml", *target.origin)._replace(inner=tuple(callers))
