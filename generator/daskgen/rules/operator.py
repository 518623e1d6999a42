"""Rules about what the dask-kubernetes operator can do, and what it cannot.

Taken from dask-kubernetes 2026.3.0, dask_kubernetes/operator/controller/controller.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daskgen.engine.operator import API, DaskOperator
from daskgen.expose import Site
from daskgen.findings.finding import Finding
from daskgen.kubernetes.stored import store
from daskgen.parts.workers import DEFAULT
from daskgen.paths import Path, format_path, get
from daskgen.rules import Subject

ROUTES = ("config", "distributed", "scheduler", "http", "routes")


def is_operated(subject: Subject) -> bool:
    """Return whether the operator runs the cluster."""
    return isinstance(subject.cluster.engine, DaskOperator)


def check_ranges(subject: Subject) -> Iterator[Finding]:
    """Only the operator follows the work, and only with the default group (dask/dask-kubernetes#933)."""
    for index, group in enumerate(subject.cluster.workers):
        path = ("workers", index, "replicas")
        if not group.replicas.vary:
            continue
        if not is_operated(subject):
            engine = subject.cluster.engine.kind
            message = f"{format_path(path)}: a range needs engine operator; this cluster's is {engine}"
            yield Finding(path, "DG219", message, "write one number, or set engine: operator")
        elif group.name != DEFAULT:
            message = f"{format_path(path)}: the operator follows the work with the group default alone"
            yield Finding(path, "DG219", message, "write one number, or leave the group's name out")


def check_groups(subject: Subject) -> Iterator[Finding]:
    """The operator makes a default group with every cluster, and scales others down as if there were none."""
    groups = subject.cluster.workers
    if not is_operated(subject):
        return
    if DEFAULT not in {group.name for group in groups}:
        message = "no group is named default, which the operator makes with the cluster"
        yield Finding(("workers", 0, "name"), "DG220", message, "leave out the name of one group")
    if len(groups) > 1 and not is_autoscaled(subject):
        message = "with several groups, the operator scales down any of them, whichever is meant"
        hint = "make them clusters of their own, or waive DG221 where replicas only ever grow"
        yield Finding(("workers", 1), "DG221", message, hint, "warning")


def is_autoscaled(subject: Subject) -> bool:
    """Return whether the operator changes the number of workers by itself."""
    return is_operated(subject) and any(
        group.name == DEFAULT and group.replicas.vary for group in subject.cluster.workers
    )


def check_autoscaler(subject: Subject) -> Iterator[Finding]:
    """Require that an autoscaled group has its cluster to itself.

    To scale the default group down, `retire_workers` asks the scheduler for idle workers of the whole cluster, and
    deletes their Deployments. The number of the group that loses them does not change, so that nothing creates them
    again (dask/dask-kubernetes#914).
    """
    others = [(index, group.name) for index, group in enumerate(subject.cluster.workers) if group.name != DEFAULT]
    if not is_autoscaled(subject) or not others:
        return
    other, name = others[0]
    message = f"the autoscaler of group {DEFAULT} deletes idle workers of group {name}, which are not created again"
    hint = f"make {name} a cluster of its own, or give {DEFAULT} one number of replicas"
    yield Finding(("workers", other), "DG270", message, hint)


def check_job(subject: Subject) -> Iterator[Finding]:
    """A job is one object, of which the operator makes a cluster with one group, and takes it away in the end."""
    cluster = subject.cluster
    if cluster.kind != "DaskJob":
        if cluster.job:
            yield Finding(("job",), "DG230", "job: nothing runs it without kind: DaskJob", "add kind, or take job out")
        return
    if not cluster.job:
        yield Finding(("kind",), "DG230", "a DaskJob needs a job", "say what it runs: job: {command: [python, …]}")
    if isinstance(cluster.engine, DaskOperator) and cluster.engine.update != "manual":
        message = "engine.update: a job runs once; nothing brings an edit to it"
        yield Finding(("engine", "update"), "DG230", message, "leave it out")
    if not is_operated(subject):
        engine = cluster.engine.kind
        yield Finding(("kind",), "DG230", f"a DaskJob needs engine operator; this one's is {engine}", "set engine")
    for index, group in enumerate(cluster.workers):
        if group.name != DEFAULT:
            message = f"workers.{index}: the operator makes the group default for a job, and no other"
            yield Finding(("workers", index, "name"), "DG230", message, "have one group, without a name")
        if group.replicas.vary:
            message = f"workers.{index}.replicas: nobody follows the work of a job"
            yield Finding(("workers", index, "replicas"), "DG230", message, "write one number")


def check_reach(subject: Subject) -> Iterator[Finding]:
    """The operator asks the scheduler in plain HTTP, at the root of the dashboard's port."""
    if not is_operated(subject):
        return
    cluster, path = subject.cluster, ("expose", "dashboard")
    endpoint = cluster.expose.dashboard.endpoint(Site(cluster.name, cluster.network.isolation))
    if endpoint.prefix:
        message = f"expose.dashboard.path: under {endpoint.prefix} the operator does not find the scheduler's API"
        yield Finding((*path, "path"), "DG222", message, "give the dashboard a host of its own")
    if endpoint.certificate:
        message = "expose.dashboard.termination: the operator speaks no TLS with the scheduler's API"
        yield Finding((*path, "termination"), "DG222", message, "leave it out: TLS then ends at the router")
    routes = get(cluster.config, ROUTES[1:])
    if routes is not None and API not in routes:
        message = f"{format_path(ROUTES)}: the operator stops workers by {API}"
        yield Finding(ROUTES, "DG222", message, "add it to the list")


def check_open_api(subject: Subject) -> Iterator[Finding]:
    """The operator's way of stopping workers is on the dashboard's port, and asks for no password."""
    if is_operated(subject) and subject.cluster.expose.dashboard.kind != "none":
        message = "expose.dashboard: everyone who reaches it can also stop workers, at /api/v1/retire_workers"
        hint = "put a proxy that refuses /api in front, or waive DG312 with the reason why that is safe here"
        yield Finding(("expose", "dashboard"), "DG312", message, hint, "warning")


def check_idle_timeout(subject: Subject) -> Iterator[Finding]:
    """Refuse an idleTimeout: the operator deletes the idle cluster, and delivery engines create it again."""
    for resource in subject.resources:
        path: Path = ("spec", "idleTimeout")
        if resource.key[0] == "DaskCluster" and get(resource.body, path):
            message = "idleTimeout makes the operator delete the cluster, which delivery engines then create again"
            yield Finding(subject.origin(resource, *path), "DG223", message, "leave it out")


def check_pinned(subject: Subject) -> Iterator[Finding]:
    """Refuse patches that fix the number of workers of a group that the autoscaler scales."""
    found = {resource.key[0]: resource for resource in subject.resources}
    cluster, scaler = found.get("DaskCluster"), found.get("DaskAutoscaler")
    if not (cluster and scaler):
        return
    path: Path = ("spec", "worker", "replicas")
    pinned = get(cluster.body, path)
    least, most = (get(scaler.body, ("spec", bound)) for bound in ("minimum", "maximum"))
    if pinned != least:
        message = (
            f"{pinned} workers are requested at first, but the autoscaler sets its own number, from {least} to {most}"
        )
        hint = "take the patch out; write replicas as a number, or as min and max"
        yield Finding(subject.origin(cluster, *path), "DG240", message, hint)
    elif least == most:
        message = f"the autoscaler can have {least} workers and no other number"
        origins = [subject.origin(scaler, "spec", bound) for bound in ("minimum", "maximum")]
        path = next((origin for origin in origins if origin[0] == "patches"), origins[0])
        yield Finding(path, "DG240", message, f"take the patch out, and write replicas: {least}")


def check_operator(subject: Subject) -> Iterator[Finding]:
    """Refuse a cluster that the installed operator does not watch, or whose policies do not admit it."""
    engine, operator = subject.cluster.engine, subject.operator
    if not (isinstance(engine, DaskOperator) and operator.install):
        return
    home, namespace = operator.namespace.name, subject.cluster.namespace.name
    if engine.namespace != home and subject.cluster.network.isolation:
        message = f"engine.namespace: the fleet installs the operator in {home}, and {engine.namespace} is let in"
        yield Finding(("engine", "namespace"), "DG224", message, f"write engine: {{kind: operator, namespace: {home}}}")
    if not operator.looks_after(namespace):
        message = f"namespace: the fleet's operator looks after clusters in {home} alone, not in {namespace}"
        yield Finding(
            ("namespace",), "DG225", message, f"write namespace: {home}, or operator.scope: cluster in daskgen.yaml"
        )


CONSEQUENCES: Mapping[Path, str] = {
    ("initContainers", "restartPolicy"): "the pod then waits for the sidecar's end, and never starts",
    ("preStop", "sleep"): "what is left is no handler, and no pod is made",
    ("postStart", "sleep"): "what is left is no handler, and no pod is made",
    **{
        (f"{kind}Probe", "grpc"): "what is left is no probe, and no pod is made"
        for kind in ("liveness", "readiness", "startup")
    },
    ("volumes", "image"): "the volume is then an empty one",
}
"""Consequences of dropped fields, by the list or map that holds the field and its name."""


def check_stored(subject: Subject) -> Iterator[Finding]:
    """Refuse fields that the API server drops, and fields that it fills in: Git then differs from what is stored."""
    for resource in subject.resources:
        stored = store(resource.body)
        title = f"{resource.key[0]} {resource.key[1]}"
        for path in stored.dropped:
            message = f"{format_path(path)} of {title} is dropped silently: its definition has no such field"
            consequence = CONSEQUENCES.get(_end(path))
            hint = "take it out, or set engine: deployments, which keeps it"
            yield Finding(
                subject.origin(resource, *path),
                "DG226",
                f"{message}; {consequence}" if consequence else message,
                hint,
                key=True,
            )
        for path in stored.filled:
            value = get(stored.body, path)
            message = (
                f"{format_path(path)} of {title} is filled in, and what is in Git then differs from what is stored"
            )
            yield Finding(subject.origin(resource, *path), "DG227", message, f"write {path[-1]}: {value}")


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
