"""Rules about fields that must be consistent with each other."""

from __future__ import annotations

from collections.abc import Iterator

from daskgen.expose import find_login
from daskgen.findings.finding import Finding
from daskgen.kubernetes.kinds import find_kind
from daskgen.parts.installing import FOLDER, LOCKED
from daskgen.parts.installing import NAME as PACKAGES
from daskgen.rules import Rule, RuleContext, find_environments

OUR_VARIABLES = {
    *("CLUSTER", "DASHBOARD_PREFIX", "DASK_CONFIG", "DASK_SCHEDULER_ADDRESS", "DASK_TEMPORARY_DIRECTORY"),
    *("DASK_WORKER_NAME", "JUPYTER_CONFIG_PATH", "JUPYTER_PASSWORD_HASH", "JUPYTER_TOKEN"),
    *("MEMORY_LIMIT", "THREADS"),
}
"""Variables that a pod's command needs."""


def check_names(context: RuleContext) -> Iterator[Finding]:
    """Refuse names that are too long for objects, including the suffixes that Kubernetes adds for pods."""
    for resource in context.resources:
        kind, short = resource.key
        name = f"{context.cluster.name}-{short}{resource.suffix}"
        over = len(name) - find_kind(kind).longest_name
        if over > 0:
            message = f"the name {name} is longer than Kubernetes allows, by {over}"
            yield Finding((*resource.origin, "name"), "DG204", message, "shorten the cluster's or the group's name")


def check_groups(context: RuleContext) -> Iterator[Finding]:
    """Refuse two groups of workers of the same name."""
    seen: dict[str, int] = {}
    for index, group in enumerate(context.cluster.workers):
        if group.name in seen:
            message = f"workers.{index}.name: {group.name} is the name of workers.{seen[group.name]} too"
            yield Finding(("workers", index, "name"), "DG207", message, "give each group a name of its own")
        seen.setdefault(group.name, index)


def check_variables(context: RuleContext) -> Iterator[Finding]:
    """Refuse variables that daskgen sets itself, as commands need them."""
    for path, environment in find_environments(context):
        for name in sorted(OUR_VARIABLES.intersection(environment)):
            yield Finding((*path, name), "DG217", f"{name} is set by daskgen and may not be set here", "leave it out")


def check_volumes(context: RuleContext) -> Iterator[Finding]:
    """Refuse volumes and mounts that every pod has already."""
    for path, pod in context.cluster.find_pods():
        names, paths = set(pod.own_mounts), {*pod.own_mounts.values(), "/tmp"}  # noqa: S108
        if context.cluster.packages and context.cluster.packages.at_start:
            names.add(PACKAGES)
            paths.update((FOLDER, LOCKED))
        for index, volume in enumerate(pod.volumes):
            place = (*path, "volumes", index)
            if volume.name in names:
                yield Finding((*place, "name"), "DG216", f"there is a volume {volume.name} already", "rename it")
            names.add(volume.name)
            for inner, mount in volume.list_mounts():
                if mount.mount_path in paths:
                    message = f"something is mounted at {mount.mount_path} already"
                    yield Finding((*place, *inner, "mountPath"), "DG216", message, "choose another folder")
                paths.add(mount.mount_path)


def check_platform(context: RuleContext) -> Iterator[Finding]:
    """Refuse what the cluster's platform does not support."""
    cluster = context.cluster
    for exposure, exposed in cluster.find_exposures():
        if cluster.platform not in exposure.platforms:
            message = f"{exposure.kind} needs platform {exposure.platforms[0]}; this cluster's is {cluster.platform}"
            yield Finding((*exposed.origin, "kind"), "DG214", message, "choose another kind, or set platform")
    if (login := find_login(cluster.expose.dashboard)) and cluster.platform not in login.platforms:
        message = f"login {login.kind} needs platform {login.platforms[0]}; this cluster's is {cluster.platform}"
        yield Finding(("expose", "dashboard", "auth", "kind"), "DG214", message, "choose another login")
    for index, notebook in enumerate(cluster.notebooks):
        if cluster.platform not in notebook.platforms:
            message = f"notebooks.{index}: {notebook.kind} needs platform {notebook.platforms[0]}"
            yield Finding(("notebooks", index, "kind"), "DG214", message, f"set platform: {notebook.platforms[0]}")
    if cluster.namespace.rhods and cluster.platform != "openshift":
        message = "namespace.rhods: OpenShift AI needs platform openshift"
        yield Finding(("namespace", "rhods"), "DG214", message, "set platform: openshift")


def check_namespace(context: RuleContext) -> Iterator[Finding]:
    """Refuse options of a namespace that daskgen does not render."""
    namespace = context.cluster.namespace
    if namespace.create:
        return
    for name in ("rhods", "labels", "annotations", "pod_security", "quota", "limit_range"):
        if getattr(namespace, name):
            field = str(type(namespace).model_fields[name].alias)
            message = f"namespace.{field} has no effect without create"
            yield Finding(("namespace", field), "DG213", message, "set create: true, or leave it out")


RULES: tuple[Rule, ...] = (
    check_names,
    check_groups,
    check_variables,
    check_volumes,
    check_platform,
    check_namespace,
)
