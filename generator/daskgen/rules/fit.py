"""Rules about fields that have to fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from daskgen.findings.finding import Finding
from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import find_kind
from daskgen.parts.config import DEFAULTS, merge
from daskgen.parts.environment import Environment
from daskgen.parts.pods import Pod
from daskgen.parts.storage import OURS
from daskgen.paths import Path, format_path, get, has
from daskgen.rules import Subject

NANNY = 90 << 20
"""Bytes of a container that its worker leaves alone: the nanny holds 61 MiB itself (distributed 2026.8.0), and looks at
the worker ten times a second, in which it may grow."""

OUR_VARIABLES = {
    *("CLUSTER", "DASHBOARD_PREFIX", "DASK_CONFIG", "DASK_SCHEDULER_ADDRESS", "DASK_TEMPORARY_DIRECTORY"),
    *("DASK_WORKER_NAME", "MEMORY_LIMIT", "THREADS"),
}
"""Variables that a pod's command rests on."""


def check_names(subject: Subject) -> Iterator[Finding]:
    """Names that objects get must fit, with what Kubernetes adds for their pods."""
    for resource in subject.resources:
        kind, short = resource.key
        name = f"{subject.cluster.name}-{short}{resource.suffix}"
        over = len(name) - find_kind(kind).longest_name
        if over > 0:
            message = f"the name {name} is longer than Kubernetes allows, by {over}"
            yield Finding((*resource.origin, "name"), "DG204", message, "shorten the cluster's or the group's name")


def check_groups(subject: Subject) -> Iterator[Finding]:
    """Groups of workers are told apart by name."""
    seen: dict[str, int] = {}
    for index, group in enumerate(subject.cluster.workers):
        if group.name in seen:
            message = f"workers.{index}.name: {group.name} is the name of workers.{seen[group.name]} too"
            yield Finding(("workers", index, "name"), "DG207", message, "give each group a name of its own")
        seen.setdefault(group.name, index)


def check_threads(subject: Subject) -> Iterator[Finding]:
    """Dask counts threads in whole numbers."""
    for index, group in enumerate(subject.cluster.workers):
        if group.threads is None and quantity.parse(group.cpu) % 1:
            message = f"workers.{index}.cpu: {group.cpu} gives no whole number of threads"
            yield Finding(("workers", index, "cpu"), "DG205", message, "set threads, or whole cores")


def check_spill(subject: Subject) -> Iterator[Finding]:
    """What is spilled has to fit into the scratch volume; a pod that fills it is evicted."""
    for index, group in enumerate(subject.cluster.workers):
        if group.spill and quantity.parse(group.spill) > quantity.parse(group.scratch):
            message = f"workers.{index}.spill: {group.spill} is more than scratch has, {group.scratch}"
            yield Finding(("workers", index, "spill"), "DG206", message, "raise scratch, or leave spill out")
    path = ("config", "distributed", "worker", "memory")
    memory = get(subject.cluster.config, path[1:])
    for key in [key for key in ("max-spill", "max_spill") if has(memory, key)]:
        message = f"{format_path((*path, key))} has no effect: each group of workers sets its own"
        yield Finding((*path, key), "DG206", message, "set workers.N.spill instead")


def check_grace(subject: Subject) -> Iterator[Finding]:
    """A worker must be able to hand over all it holds before it is killed."""
    for index, group in enumerate(subject.cluster.workers):
        if group.hand_over_time > group.grace:
            message = f"workers.{index}.gracePeriod: {group.memory} may take {group.hand_over_time} s to hand over"
            yield Finding(
                ("workers", index, "gracePeriod"),
                "DG218",
                message,
                f"raise gracePeriod, which is {group.grace_period}, or leave it out",
                "warning",
            )


def check_nanny(subject: Subject) -> Iterator[Finding]:
    """A worker has to be stopped before it and its nanny have filled the container."""
    terminate = get(merge(DEFAULTS, subject.cluster.config), ("distributed", "worker", "memory", "terminate"))
    if not isinstance(terminate, float):
        return
    share = Fraction(str(terminate))
    for index, group in enumerate(subject.cluster.workers):
        room = int(quantity.parse(group.memory) * (1 - share))
        if share < 1 and room < NANNY:
            message = f"workers.{index}.memory: {group.memory} leaves {room >> 20} MiB for the worker's nanny"
            hint = f"give it {ceil(NANNY / (1 - share)) >> 20}Mi or more"
            yield Finding(("workers", index, "memory"), "DG212", message, hint, "warning")


def pods(subject: Subject) -> Iterator[tuple[Path, Pod]]:
    """Every pod's options, and where they stand."""
    yield ("scheduler",), subject.cluster.scheduler
    for index, group in enumerate(subject.cluster.workers):
        yield ("workers", index), group
    if subject.cluster.job:
        yield ("job",), subject.cluster.job


def environments(subject: Subject) -> Iterator[tuple[Path, Environment]]:
    """The variables of all pods and of each, and where they stand."""
    yield ("env",), subject.cluster.env
    for path, pod in pods(subject):
        yield (*path, "env"), pod.env


def check_variables(subject: Subject) -> Iterator[Finding]:
    """Variables that the commands rest on are not to be set."""
    for path, environment in environments(subject):
        for name in sorted(OUR_VARIABLES.intersection(environment)):
            yield Finding((*path, name), "DG217", f"{name} is set by daskgen and may not be set here", "leave it out")


def check_volumes(subject: Subject) -> Iterator[Finding]:
    """Volumes and mounts must be others than those every pod has."""
    for path, pod in pods(subject):
        names, paths = set(OURS), {*OURS.values(), "/tmp"}  # noqa: S108
        for index, volume in enumerate(pod.volumes):
            place = (*path, "volumes", index)
            if volume.name in names:
                yield Finding((*place, "name"), "DG216", f"there is a volume {volume.name} already", "rename it")
            if volume.mount_path in paths:
                message = f"something is mounted at {volume.mount_path} already"
                yield Finding((*place, "mountPath"), "DG216", message, "choose another folder")
            names.add(volume.name)
            paths.add(volume.mount_path)


def check_platform(subject: Subject) -> Iterator[Finding]:
    """Some things exist on one platform only."""
    cluster = subject.cluster
    for name, exposure in (("dashboard", cluster.expose.dashboard), ("scheduler", cluster.expose.scheduler)):
        if cluster.platform not in exposure.platforms:
            message = f"{exposure.kind} needs platform {exposure.platforms[0]}; this cluster's is {cluster.platform}"
            yield Finding(("expose", name, "kind"), "DG214", message, "choose another kind, or set platform")
    if cluster.namespace.rhods and cluster.platform != "openshift":
        message = "namespace.rhods: OpenShift AI needs platform openshift"
        yield Finding(("namespace", "rhods"), "DG214", message, "set platform: openshift")


def check_namespace(subject: Subject) -> Iterator[Finding]:
    """What describes a namespace needs the namespace to be rendered."""
    namespace = subject.cluster.namespace
    if namespace.create:
        return
    for field in ("rhods", "labels", "annotations"):
        if getattr(namespace, field):
            message = f"namespace.{field} has no effect without create"
            yield Finding(("namespace", field), "DG213", message, "set create: true, or leave it out")


RULES = (
    check_names,
    check_groups,
    check_threads,
    check_spill,
    check_grace,
    check_nanny,
    check_variables,
    check_volumes,
    check_platform,
    check_namespace,
)
