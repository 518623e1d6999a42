"""Find what prevents the number of workers from following the load or a schedule."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.kubernetes.replicas import read_range
from daskgen.paths import Path, format_path, get
from daskgen.rules import RuleContext

PRELOAD: Path = ("config", "distributed", "scheduler", "preload")

KEDA = "write autoscaler: keda if KEDA is installed"


def check_autoscaler(context: RuleContext) -> Iterator[Finding]:
    """Require something that sets the number of workers if the spec does not."""
    cluster = context.cluster
    scaler, engine = cluster.autoscaler, cluster.engine
    if not engine.autoscaled:
        if scaler.kind != "none":
            message = f"autoscaler: {scaler.kind} scales Deployments; engine {engine.kind} has an autoscaler of its own"
            yield Finding(("autoscaler",), "DG262", message, "leave it out, or set engine: deployments")
        return
    for index, group in enumerate(cluster.workers):
        path: Path = ("workers", index, "replicas")
        if group.replicas.vary and not scaler.scales(group) and not cluster.job:
            message = f"{format_path(path)}: nothing changes the number of workers; a range needs an autoscaler"
            hint = f"{KEDA}, autoscaler: external for one of your own, engine: operator, or one number"
            yield Finding(path, "DG219", message, hint)


def check_schedule(context: RuleContext) -> Iterator[Finding]:
    """Refuse a schedule without something that applies it."""
    cluster = context.cluster
    for index, group in enumerate(cluster.workers):
        path: Path = ("workers", index, "schedule")
        if group.schedule and not (cluster.engine.autoscaled and cluster.autoscaler.keeps_hours):
            message = f"{format_path(path)}: nothing starts and stops workers at these hours"
            hint = KEDA if cluster.engine.autoscaled else f"set engine: deployments, and {KEDA}"
            yield Finding(path, "DG263", message, hint)


def check_one_group(context: RuleContext) -> Iterator[Finding]:
    """Refuse other groups beside an autoscaled one: the scheduler counts the workers of all groups."""
    cluster = context.cluster
    varied = [index for index, group in enumerate(cluster.workers) if group.replicas.vary]
    others = [index for index in range(len(cluster.workers)) if index not in varied[:1]]
    if not (others and cluster.follows_work):
        return
    names = [cluster.workers[index].name for index in (varied[0], others[0])]
    message = (
        f"the scheduler says how many workers the cluster needs, not how many of them in group {names[0]} "
        f"and how many in group {names[1]}"
    )
    hint = f"make {names[1]} a separate cluster, or give {names[0]} a fixed number of replicas"
    yield Finding(("workers", others[0]), "DG264", message, hint)


def check_preload(context: RuleContext) -> Iterator[Finding]:
    """Report scripts that Dask does not load, since the command names others."""
    cluster = context.cluster
    if get(cluster.config, PRELOAD[1:]) and cluster.follows_work:
        message = f"{format_path(PRELOAD)}: the scheduler does not load it beside the script of the autoscaler"
        yield Finding(PRELOAD, "DG265", message, "write scheduler.preload instead")


def check_off(context: RuleContext) -> Iterator[Finding]:
    """Refuse workers whose scheduler is off: without it they exit after a minute, and are restarted."""
    cluster = context.cluster
    if cluster.scheduler.replicas:
        return
    if not cluster.engine.autoscaled:
        message = "scheduler.replicas: engine operator always runs the scheduler"
        yield Finding(("scheduler", "replicas"), "DG266", message, "set engine: deployments, or delete the cluster")
        return
    for index, group in enumerate(cluster.workers):
        if group.replicas.max:
            path: Path = ("workers", index, "replicas")
            message = f"{format_path(path)}: without a scheduler, workers exit and are restarted again and again"
            yield Finding(path, "DG266", message, "write replicas: 0, as for the scheduler")


def check_pinned(context: RuleContext) -> Iterator[Finding]:
    """Refuse patches that fix the number of pods of a Deployment that an autoscaler scales."""
    for resource in context.find_all("Deployment"):
        count = read_range(resource.body)
        path: Path = ("spec", "replicas")
        if count and get(resource.body, path) is not None:
            message = f"the patch sets {get(resource.body, path)} workers each time it is applied; an autoscaler "
            message += f"then sets another number, from {count.least} to {count.most}"
            yield Finding(context.origin(resource, *path), "DG240", message, "remove the patch")


RULES = (check_autoscaler, check_schedule, check_one_group, check_preload, check_off, check_pinned)
