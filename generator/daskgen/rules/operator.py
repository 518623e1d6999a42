"""Rules about what the dask-kubernetes operator supports.

Taken from dask-kubernetes 2026.3.0, dask_kubernetes/operator/controller/controller.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daskgen.engine.operator import API, DaskOperator
from daskgen.expose import find_login
from daskgen.findings.finding import Finding
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.stored import store
from daskgen.parts.workers import DEFAULT
from daskgen.paths import Path, format_path, get
from daskgen.rules import RuleContext

ROUTES = ("config", "distributed", "scheduler", "http", "routes")


def is_operated(context: RuleContext) -> bool:
    """Return whether the operator runs the cluster."""
    return isinstance(context.cluster.engine, DaskOperator)


def check_ranges(context: RuleContext) -> Iterator[Finding]:
    """Refuse an autoscaler on another group than the default one (dask/dask-kubernetes#933)."""
    for index, group in enumerate(context.cluster.workers):
        path = ("workers", index, "replicas")
        if is_operated(context) and group.replicas.vary and group.name != DEFAULT:
            message = f"{format_path(path)}: the operator autoscales only the group default"
            yield Finding(path, "DG219", message, "write one number, or remove the group's name")


def check_groups(context: RuleContext) -> Iterator[Finding]:
    """Require a default group, which the operator creates with every cluster, and report how it scales others down."""
    groups = context.cluster.workers
    if not is_operated(context):
        return
    if DEFAULT not in {group.name for group in groups}:
        message = "no group is named default, but the operator creates that with the cluster"
        yield Finding(("workers", 0, "name"), "DG220", message, "remove the name of one group")
    if len(groups) > 1 and not is_autoscaled(context):
        message = (
            "with several groups, the operator may remove workers of another group than the one that is scaled down"
        )
        hint = "make them separate clusters, or waive DG221 if replicas only grow"
        yield Finding(("workers", 1), "DG221", message, hint, "warning")


def is_autoscaled(context: RuleContext) -> bool:
    """Return whether the operator changes the number of workers by itself."""
    if not is_operated(context) or context.cluster.is_template:
        return False
    return any(group.name == DEFAULT and group.replicas.vary for group in context.cluster.workers)


def check_autoscaler(context: RuleContext) -> Iterator[Finding]:
    """Require that an autoscaled group has its cluster to itself.

    To scale the default group down, `retire_workers` asks the scheduler for idle workers of the whole cluster, and
    deletes their Deployments. The number of the group that loses them does not change, so they are not created again
    (dask/dask-kubernetes#914).
    """
    others = [(index, group.name) for index, group in enumerate(context.cluster.workers) if group.name != DEFAULT]
    if not is_autoscaled(context) or not others:
        return
    other, name = others[0]
    message = f"the autoscaler of group {DEFAULT} deletes idle workers of group {name}, which are not created again"
    hint = f"make {name} a separate cluster, or give {DEFAULT} a fixed number of replicas"
    yield Finding(("workers", other), "DG270", message, hint)


def check_job(context: RuleContext) -> Iterator[Finding]:
    """Refuse what a DaskJob does not support: the operator creates its cluster with one group, then deletes it."""
    cluster = context.cluster
    if cluster.kind != "DaskJob":
        if cluster.job:
            yield Finding(("job",), "DG230", "job: nothing runs it without kind: DaskJob", "add kind, or remove job")
        return
    if not cluster.job:
        yield Finding(("kind",), "DG230", "a DaskJob needs a job", "set what it runs: job: {command: [python, …]}")
    if isinstance(cluster.engine, DaskOperator) and cluster.engine.update != "manual":
        message = "engine.update has no effect on a job: it runs once, and edits do not reach it"
        yield Finding(("engine", "update"), "DG230", message, "leave it out")
    if not is_operated(context):
        engine = cluster.engine.kind
        yield Finding(("kind",), "DG230", f"a DaskJob needs engine operator; this one's is {engine}", "set engine")
    for index, group in enumerate(cluster.workers):
        if group.name != DEFAULT:
            message = f"workers.{index}: the operator creates only the group default for a job"
            yield Finding(("workers", index, "name"), "DG230", message, "keep one group, without a name")
        if group.replicas.vary:
            message = f"workers.{index}.replicas: the workers of a job are not autoscaled"
            yield Finding(("workers", index, "replicas"), "DG230", message, "write one number")


def check_reach(context: RuleContext) -> Iterator[Finding]:
    """Refuse what keeps the operator from calling the scheduler by HTTP, at the root of the dashboard's port."""
    if not is_operated(context):
        return
    cluster, path = context.cluster, ("expose", "dashboard")
    endpoint = context.endpoints[path]
    if endpoint.prefix:
        message = f"expose.dashboard.path: the operator does not find the scheduler's API under {endpoint.prefix}"
        yield Finding((*path, "path"), "DG222", message, "give the dashboard a host of its own")
    if endpoint.certificate:
        message = "expose.dashboard.termination: the operator does not use TLS for the scheduler's API"
        yield Finding((*path, "termination"), "DG222", message, "leave it out: TLS then ends at the router")
    routes = get(cluster.config, ROUTES[1:])
    if routes is not None and API not in routes:
        message = f"{format_path(ROUTES)}: the operator stops workers by {API}"
        yield Finding(ROUTES, "DG222", message, "add it to the list")


def check_open_api(context: RuleContext) -> Iterator[Finding]:
    """Report an exposed dashboard: on its port, the operator's API stops workers without a password."""
    dashboard = context.cluster.expose.dashboard
    login = find_login(dashboard)
    if is_operated(context) and dashboard.kind != "none" and not (login and login.closes_api):
        message = "expose.dashboard: everyone who reaches it can also stop workers, at /api/v1/retire_workers"
        hint = "set auth to a login that refuses it, such as oidc, or waive DG312 with the reason why that is safe here"
        yield Finding(("expose", "dashboard"), "DG312", message, hint, "warning")


def check_idle_timeout(context: RuleContext) -> Iterator[Finding]:
    """Refuse an idleTimeout: the operator deletes the idle cluster, and delivery engines create it again."""
    if context.cluster.is_template:
        return
    for resource in context.find_all("DaskCluster"):
        path: Path = ("spec", "idleTimeout")
        if get(resource.body, path):
            message = "the operator deletes the cluster after idleTimeout, and delivery engines create it again"
            yield Finding(context.origin(resource, *path), "DG223", message, "leave it out")


def check_pinned(context: RuleContext) -> Iterator[Finding]:
    """Refuse patches that fix the number of workers of a group that the autoscaler scales."""
    found = context.find_all("DaskCluster", "DaskAutoscaler")
    if len(found) < 2:
        return
    cluster, scaler = found
    path: Path = ("spec", "worker", "replicas")
    pinned = get(cluster.body, path)
    least, most = (get(scaler.body, ("spec", bound)) for bound in ("minimum", "maximum"))
    if pinned != least:
        message = (
            f"the patch sets {pinned} workers, but the autoscaler soon sets another number, from {least} to {most}"
        )
        hint = "remove the patch; write replicas as a number, or as min and max"
        yield Finding(context.origin(cluster, *path), "DG240", message, hint)
    elif least == most:
        message = f"the autoscaler can only set {least} workers"
        origins = [context.origin(scaler, "spec", bound) for bound in ("minimum", "maximum")]
        path = next((origin for origin in origins if origin[0] == "patches"), origins[0])
        yield Finding(path, "DG240", message, f"remove the patch, and write replicas: {least}")


def check_operator(context: RuleContext) -> Iterator[Finding]:
    """Refuse a cluster that the installed operator does not watch, or whose policies do not admit it."""
    engine, operator = context.cluster.engine, context.operator
    if not (isinstance(engine, DaskOperator) and operator.install):
        return
    home, namespace = operator.namespace.name, context.cluster.namespace.name
    if engine.namespace != home and context.cluster.network.isolation:
        message = (
            f"engine.namespace: the operator is installed in {home}, but policies admit the one in {engine.namespace}"
        )
        yield Finding(("engine", "namespace"), "DG224", message, f"write engine: {{kind: operator, namespace: {home}}}")
    if not operator.looks_after(namespace):
        message = f"namespace: the fleet's operator watches only {home}, not {namespace}"
        yield Finding(
            ("namespace",), "DG225", message, f"write namespace: {home}, or operator.scope: cluster in daskgen.yaml"
        )


CONSEQUENCES: Mapping[Path, str] = {
    ("initContainers", "restartPolicy"): "the pod then waits for the sidecar to end, and never starts",
    ("preStop", "sleep"): "an empty handler is left, with which no pod can be created",
    ("postStart", "sleep"): "an empty handler is left, with which no pod can be created",
    **{
        (f"{kind}Probe", "grpc"): "an empty probe is left, with which no pod can be created"
        for kind in ("liveness", "readiness", "startup")
    },
    ("volumes", "image"): "the volume is then empty",
}
"""Consequences of dropped fields, by the list or map that holds the field and its name."""


def check_stored(context: RuleContext) -> Iterator[Finding]:
    """Refuse fields that the API server drops, and fields that it fills in: Git then differs from what is stored."""
    for resource in context.find_all(*CUSTOM):
        stored = store(resource.body)
        title = f"{resource.kind} {resource.key[1]}"
        for path in stored.dropped:
            message = f"the API server silently drops {format_path(path)} of {title}: its definition has no such field"
            consequence = CONSEQUENCES.get(_end(path))
            hint = "remove it, or set engine: deployments, which keeps it"
            yield Finding(
                context.origin(resource, *path),
                "DG226",
                f"{message}; {consequence}" if consequence else message,
                hint,
                key=True,
            )
        for path in stored.filled:
            value = get(stored.body, path)
            message = f"the API server adds {format_path(path)} to {title}, so that Git differs from what it stores"
            yield Finding(context.origin(resource, *path), "DG227", message, f"write {path[-1]}: {value}")


def _end(path: Path) -> Path:
    return tuple(part for part in path if isinstance(part, str))[-2:]


RULES = (
    check_ranges,
    check_groups,
    check_autoscaler,
    check_job,
    check_reach,
    check_open_api,
    check_idle_timeout,
    check_pinned,
    check_operator,
    check_stored,
)
