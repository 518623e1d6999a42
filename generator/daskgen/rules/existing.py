"""Rules about workers that join a scheduler that is not part of the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext

Needed = tuple[Path, str, str]
"""A field that needs a scheduler, why, and what to do."""

WITH_ADDRESS = ("address", "peers")
"""Fields of the scheduler that go together with an address."""


def check_existing(context: RuleContext) -> Iterator[Finding]:
    """Refuse fields that need a scheduler where none is rendered."""
    if not context.cluster.scheduler.address:
        return
    for path, message, hint in (*_find_fields(context), *_find_kinds(context)):
        yield Finding(path, "DG278", f"{format_path(path)}: {message}", hint)


def _find_fields(context: RuleContext) -> Iterator[Needed]:
    """Find fields of the scheduler, which have no effect, and exposures of it."""
    cluster = context.cluster
    for name in sorted(cluster.scheduler.model_fields_set):
        field = str(type(cluster.scheduler).model_fields[name].alias)
        if field not in WITH_ADDRESS:
            yield ("scheduler", field), "has no effect, because workers join the scheduler of scheduler.address", LEAVE
    for name, exposure in (("dashboard", cluster.expose.dashboard), ("scheduler", cluster.expose.scheduler)):
        if exposure.kind != "none":
            yield ("expose", name), "there is no scheduler to expose", "expose it where it is created"


LEAVE = "leave it out, or leave scheduler.address out"


def _find_kinds(context: RuleContext) -> Iterator[Needed]:
    """Find what cannot be without a scheduler of its own."""
    cluster = context.cluster
    if cluster.engine.kind == "operator":
        hint = "write engine: deployments"
        yield ("engine",), "the operator creates a scheduler with every cluster", hint
    if cluster.monitored:
        yield ("monitoring",), "alerts and the dashboard read the scheduler's metrics", "monitor it where it is created"
    if cluster.job:
        yield ("job",), "the operator runs jobs, and creates a scheduler for each", LEAVE
    if cluster.tls:
        yield ("tls",), "certificates are those of the scheduler, which is elsewhere", LEAVE
    if cluster.notebooks:
        yield ("notebooks",), "notebooks connect to the scheduler, which is elsewhere", LEAVE
    if cluster.follows_work:
        hint = "write numbers of replicas, or autoscaler: external"
        yield ("autoscaler",), "it asks the scheduler of the cluster for the number of workers", hint
    if cluster.network.clients is not None:
        yield ("network", "clients"), "clients connect to the scheduler, which is elsewhere", LEAVE


def check_peers(context: RuleContext) -> Iterator[Finding]:
    """Refuse policies under which workers do not reach their scheduler, nor it them."""
    cluster = context.cluster
    existing = cluster.scheduler.find_existing(cluster.namespace.name)
    if existing and cluster.network.isolation and not existing.peers:
        message = f"scheduler.address: policies know addresses and pods, and not the name {existing.host}"
        hint = "write peers: [{cidr: RANGE}] beside it, with the scheduler's address, or its namespace and podLabels"
        yield Finding(("scheduler", "address"), "DG278", message, hint)


RULES: tuple[Rule, ...] = (check_existing, check_peers)
