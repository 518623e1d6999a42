"""Rules about a JupyterHub whose users create clusters of their own."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.engine.operator import DaskOperator
from daskgen.findings.finding import Finding
from daskgen.notebook.jupyterhub import JupyterHub
from daskgen.paths import Path
from daskgen.rules import Rule, RuleContext
from daskgen.spec.cluster import Cluster

CODE = "DG384"


def check_hub(context: RuleContext) -> Iterator[Finding]:
    """Refuse what `KubeCluster` cannot create, and a hub that is not described."""
    cluster = context.cluster
    if not cluster.is_template:
        yield from _find_idle(cluster, context)
        yield from _find_shared(cluster)
        return
    if not isinstance(cluster.engine, DaskOperator):
        message = f"KubeCluster needs engine operator; this one's is {cluster.engine.kind}"
        yield Finding(("kind",), CODE, message, "set engine: operator")
    hubs = [index for index, each in enumerate(cluster.notebooks) if isinstance(each, JupyterHub)]
    if len(hubs) != 1 or len(cluster.notebooks) != 1:
        message = "the users of one JupyterHub create these clusters, and no other notebook uses them"
        yield Finding(("notebooks",) if cluster.notebooks else ("kind",), CODE, message, "write one of kind jupyterhub")
    for path, message, hint in _find_faults(cluster):
        yield Finding(path, CODE, message, hint)


def _find_faults(cluster: Cluster) -> Iterator[tuple[Path, str, str]]:
    """Find what the clusters of users cannot have: place, message and hint."""
    if cluster.tls:
        yield ("tls",), "tls: KubeCluster connects without TLS", "leave it out"
    if len(cluster.workers) > 1:
        yield ("workers", 1), "workers.1: KubeCluster creates one group of workers", "keep one group, without a name"
    if cluster.scheduler.address:
        yield ("scheduler", "address"), "scheduler.address: each cluster has its own scheduler", "leave it out"
    if isinstance(cluster.engine, DaskOperator) and cluster.engine.update != "manual":
        message = "engine.update has no effect on clusters of users: an edit reaches the next one that they create"
        yield ("engine", "update"), message, "leave it out"
    for part, exposure in (("dashboard", cluster.expose.dashboard), ("scheduler", cluster.expose.scheduler)):
        if exposure.kind != "none":
            message = f"expose.{part}: there is one for each user; they reach theirs through their server"
            yield ("expose", part), message, "leave it out"
    for index, each in enumerate(cluster.notebooks):
        if isinstance(each, JupyterHub) and each.namespace in (None, cluster.namespace.name):
            message = f"notebooks.{index}.namespace: users may list the pods beside their clusters, and so read the "
            message += "tokens of other users' servers there"
            path: Path = ("notebooks", index, "namespace") if each.namespace else ("notebooks", index)
            yield path, message, "give the hub a namespace of its own"


def _find_idle(cluster: Cluster, context: RuleContext) -> Iterator[Finding]:
    said = context.said.get("engine")
    if isinstance(said, dict) and "idleTimeout" in said:
        message = "engine.idleTimeout: only clusters that users of a hub create are deleted when they are idle"
        yield Finding(("engine", "idleTimeout"), CODE, message, "leave it out")


def _find_shared(cluster: Cluster) -> Iterator[Finding]:
    for index, each in enumerate(cluster.notebooks):
        if isinstance(each, JupyterHub) and each.shared:
            message = f"notebooks.{index}.shared: users of this hub share this cluster, and create none"
            yield Finding(("notebooks", index, "shared"), CODE, message, "leave it out, or set kind: JupyterHub")


def check_limits(context: RuleContext) -> Iterator[Finding]:
    """Report a namespace in which the users together may take all that the nodes have."""
    cluster = context.cluster
    if cluster.is_template and cluster.namespace.create and not cluster.namespace.quota:
        workers = max(group.replicas.max for group in cluster.workers)
        message = f"namespace.quota: each user may have {workers} workers, and nothing limits all users together"
        hint = "write, for example, quota: {requests.cpu: 40, requests.memory: 160Gi, pods: 100}"
        yield Finding(("namespace",), "DG385", message, hint, "warning")


RULES: tuple[Rule, ...] = (check_hub, check_limits)
