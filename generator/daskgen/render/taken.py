"""Find node ports that a Service requests while another, in an overlay on disk, still has them.

The API server refuses such a Service, and delivery engines prune the other only after all is applied: neither happens.
This finds it as the files on disk are those of the commit before; `daskgen plan` compares commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from daskgen.delivery import GITOPS
from daskgen.findings.problem import Problem, Severity
from daskgen.kubernetes.claims import NODE_PORT, find_claims
from daskgen.layers.reading import Read, find_file, find_namespace, read_overlay
from daskgen.outside.disk import find_made, read_text
from daskgen.render.guards import KUSTOMIZATION, OVERLAYS
from daskgen.render.tree import RenderedFleet
from daskgen.spec.load import LoadedFleet

WORD = "nodePort"
"""Overlays without this word are not parsed."""


class Service(NamedTuple):
    """The Service that has, or requests, a node port."""

    cluster: str
    namespace: str
    name: str
    """Short name, without the cluster's."""


def find_problems(fleet: LoadedFleet, root: Path, rendered: RenderedFleet) -> Iterator[Problem]:
    """Find each Service that requests a node port which another has on disk. Only reads."""
    asking = {path.split("/")[1] for path, text in rendered.tree.items() if path.startswith(OVERLAYS) and WORD in text}
    wanted = _find_services(rendered.tree.get, sorted(asking & {*rendered.clusters}))
    held = _find_services(partial(read_text, root), _find_holding(root)) if wanted else {}
    severity: Severity = "error" if fleet.fleet.delivery else "warning"
    for port, service in sorted(wanted.items()):
        holder = held.get(port, service)
        if holder != service:
            yield _report(fleet, rendered, port, service, holder, severity)


def _report(
    fleet: LoadedFleet, rendered: RenderedFleet, port: str, service: Service, holder: Service, severity: Severity
) -> Problem:
    file = find_file(rendered.tree[f"{OVERLAYS}/{service.cluster}/{KUSTOMIZATION}"])
    message = (
        f"the Service {service.name} requests node port {port}, which {holder.name} of {holder.cluster} in namespace "
        f"{holder.namespace} still has: Kubernetes refuses it until the other is gone, which delivery engines delete "
        "only once all is applied"
    )
    hint = (
        f"write another port; or first take the port away from {holder.cluster} (`expose`), in a commit of its own, "
        "and make this change once that is applied"
    )
    return Problem(fleet.at(file, ("expose",)), "DG260", message, hint, severity)


def _find_holding(root: Path) -> list[str]:
    """Find the overlays on disk with a node port."""
    return [
        name
        for name in find_made(root, OVERLAYS, {GITOPS})
        if any(WORD in path.read_text("utf-8", "replace") for path in (root / OVERLAYS / name).glob("*.yaml"))
    ]


def _find_services(text: Read, names: Sequence[str]) -> dict[str, Service]:
    """Find the Services of some overlays, by node port."""
    found = {}
    for name in names:
        namespace = find_namespace(text(f"{OVERLAYS}/{name}/{KUSTOMIZATION}") or "")
        for claim in find_claims(read_overlay(text, f"{OVERLAYS}/{name}")):
            if claim.unique == NODE_PORT:
                found[claim.value] = Service(name, namespace, claim.name)
    return found
