"""Describe a cluster for the page: its place, sizes, cost, addresses and ways. Small, as a page may hold thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from daskgen.connect import Connection, find_connection
from daskgen.expose import find_login
from daskgen.kubernetes.labels import GROUP
from daskgen.kubernetes.totals import Amounts, Totals, add_up_pod, find_requests
from daskgen.overview.ways import Way, find_parts, find_pods, find_ways
from daskgen.parts.opening import TO_DASHBOARD, TO_SCHEDULER
from daskgen.paths import Path, format_path
from daskgen.render.cluster import RenderedCluster
from daskgen.rules import Template
from daskgen.spec.cluster import Cluster
from daskgen.spec.load import Settings

TEAM = "team"
"""Label that names the team, unless `policy.maxPerTeam` of the fleet names another."""


class Pool(NamedTuple):
    """A group of workers, and what each of its pods requests: thousandths of cores, bytes, and other resources."""

    name: str
    least: int
    most: int
    cores: int = 0
    memory: int = 0
    others: tuple[tuple[str, int], ...] = ()


class Address(NamedTuple):
    """An address outside of Kubernetes."""

    field: str
    """The field of the spec that exposes it."""
    part: str
    kind: str
    url: str
    login: str = ""
    """Kind of its login; "" if it has none."""


class Card(NamedTuple):
    """What the page shows of a cluster."""

    name: str
    file: str
    namespace: str = ""
    kind: str = ""
    engine: str = ""
    platform: str = ""
    profile: str = ""
    team: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    image: str = ""
    dask: str = ""
    python: str = ""
    tls: bool = False
    inside: str = ""
    """Address of the scheduler inside of Kubernetes."""
    pools: tuple[Pool, ...] = ()
    totals: Totals = Totals()
    cost: float | None = None
    """What it costs a month; None if the fleet has no prices."""
    addresses: tuple[Address, ...] = ()
    parts: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()


def describe_cluster(settings: Settings, rendered: RenderedCluster) -> Card:
    """Describe a cluster; little of one whose file has errors."""
    cluster, file = rendered.cluster, rendered.written.file
    if not cluster:
        return Card(rendered.name, file)
    fleet, totals, found = settings.fleet, rendered.totals, find_connection(cluster)
    label = fleet.policy.max_per_team.label if fleet.policy.max_per_team else TEAM
    addresses = dict(_find_addresses(cluster, found))
    templates = find_pods(rendered.resources, cluster.name)
    parts = find_parts(templates)
    return Card(
        cluster.name,
        file,
        cluster.namespace.name,
        cluster.kind,
        cluster.engine.kind,
        cluster.platform,
        cluster.profile or "",
        cluster.labels.get(label, ""),
        tuple(cluster.labels.items()),
        cluster.image.reference,
        ".".join(map(str, cluster.image.dask_version or ())),
        cluster.image.python_version,
        cluster.tls is not None,
        found.scheduler,
        tuple(_find_pools(cluster, templates)),
        totals,
        fleet.prices.charge_month(totals) if fleet.prices else None,
        tuple(addresses.values()),
        tuple(part.title for part in parts),
        find_ways(rendered.resources, parts, addresses.keys()),
    )


def _find_pools(cluster: Cluster, templates: Iterable[Template]) -> Iterator[Pool]:
    asked = _find_requests(templates)
    for group in cluster.workers:
        amounts = asked.get(group.name, {})
        others = ((name, int(amount)) for name, amount in sorted(amounts.items()) if name not in {"cpu", "memory"})
        cores, memory = int(amounts.get("cpu", 0) * 1000), int(amounts.get("memory", 0))
        yield Pool(group.name, group.replicas.min, group.replicas.max, cores, memory, tuple(others))


def _find_requests(templates: Iterable[Template]) -> Mapping[str, Amounts]:
    return {
        template.labels[GROUP]: add_up_pod(template.spec, find_requests)
        for template in templates
        if GROUP in template.labels
    }


def _find_addresses(cluster: Cluster, found: Connection) -> Iterator[tuple[Path, Address]]:
    """Find the addresses outside of Kubernetes, by the fields of the spec that expose them."""
    urls: dict[Path, str] = {TO_DASHBOARD.origin: found.dashboard_outside, TO_SCHEDULER.origin: found.scheduler_outside}
    urls |= {("notebooks", index): notebook.url for index, notebook in enumerate(found.notebooks)}
    exposures = {exposed.origin: exposure for exposure, exposed in cluster.find_exposures()}
    for place, url in urls.items():
        if url:
            origin = next((each for each in exposures if each[: len(place)] == place), place)
            exposure = exposures.get(origin)
            part = "notebook" if place[0] == "notebooks" else str(place[-1])
            login = find_login(exposure) if exposure else None
            kind = exposure.kind if exposure else ""
            yield origin, Address(format_path(origin), part, kind, url, login.kind if login else "")
