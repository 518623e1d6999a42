"""Rules about namespaces that one cluster of the fleet creates and several use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.findings.problem import Problem, Severity
from daskgen.kubernetes import quantity
from daskgen.kubernetes.objects import Resource
from daskgen.kubernetes.pod_security import LEVELS, Level, find_level
from daskgen.kubernetes.totals import Amounts
from daskgen.kubernetes.usage import Range, Sized, count_usage, list_sized
from daskgen.paths import Path, get
from daskgen.rules import find_templates
from daskgen.rules.fleet import Locate
from daskgen.spec.cluster import Cluster
from daskgen.words import name_some

SHORT: Mapping[str, str] = {name: f"requests.{name}" for name in ("cpu", "memory", "ephemeral-storage")}
"""Names that a quota may use for requests."""

JUDGED = ("requests.", "limits.")

COUNTED = ("pods", "persistentvolumeclaims", "services")
"""Resources of a quota, besides requests and limits, that are known without asking Kubernetes."""

FEW = 8


class Raised(NamedTuple):
    """A part of a cluster that needs a lower level of Pod Security than restricted, and its place in the spec."""

    path: Path
    title: str
    level: Level


class Tenant(NamedTuple):
    """A cluster, as a user of its namespace."""

    name: str
    file: str
    namespace: str
    usage: Range
    sized: tuple[Sized, ...]
    raised: tuple[Raised, ...]
    enforced: Level | None = None
    """The level that the namespace enforces, if the cluster creates it; and its limits."""
    quota: Mapping[str, Any] = {}
    limits: Sequence[Mapping[str, Any]] = ()


def describe_tenant(cluster: Cluster, file: str, resources: Sequence[Resource]) -> Tenant:
    """Describe a cluster as a user of its namespace; `resources` are its objects."""
    raised = (*_find_raised_volumes(cluster), *_find_raised_pods(cluster, resources))
    sized = tuple(list_sized(resource.body for resource in resources))
    tenant = Tenant(cluster.name, file, cluster.namespace.name, count_usage(resources), sized, raised)
    if not cluster.namespace.create:
        return tenant
    bodies = {resource.key[0]: resource.body for resource in resources}
    return tenant._replace(
        enforced=cluster.namespace.enforced(cluster.least_level),
        quota=get(bodies.get("ResourceQuota"), ("spec", "hard")) or {},
        limits=get(bodies.get("LimitRange"), ("spec", "limits")) or [],
    )


def _find_raised_volumes(cluster: Cluster) -> Iterator[Raised]:
    for path, volume in cluster.find_volumes():
        if volume.is_stated:
            source = next(iter(volume.source()))
            yield Raised((*path, source), source, volume.level)


def _find_raised_pods(cluster: Cluster, resources: Sequence[Resource]) -> Iterator[Raised]:
    """Find pods that need a lower level for more than their volumes, which a waiver of DG310 allows the spec."""
    stated = [volume.volume() for _, volume in cluster.find_volumes() if volume.is_stated]
    for index, waiver in enumerate(cluster.waive):
        for template in find_templates(resources, cluster.name) if waiver.rule == LOOSENED else ():
            volumes = [volume for volume in template.spec.get("volumes") or () if volume not in stated]
            spec = {**template.spec, "volumes": volumes}
            level = find_level(spec, template.annotations, template.list_containers())
            if level != "restricted":
                yield Raised(("waive", index), f"the pods of {' '.join(template.resource.key)}", level)


LOOSENED = "DG310"


def check_namespaces(tenants: Iterable[Tenant], locate: Locate) -> Iterator[Problem]:
    """Find clusters that do not fit into a namespace which one of the fleet creates."""
    known = list(tenants)
    by_namespace: dict[str, list[Tenant]] = defaultdict(list)
    for tenant in known:
        by_namespace[tenant.namespace].append(tenant)
    for creator in known:
        if creator.enforced:
            users = by_namespace[creator.namespace]
            yield from _check_quota(creator, users, locate)
            for user in users:
                yield from _check_required(creator, user, locate)
                yield from _check_limits(creator, user, locate)
                yield from _check_level(creator, creator.enforced, user, locate)


def _check_quota(creator: Tenant, users: Sequence[Tenant], locate: Locate) -> Iterator[Problem]:
    for name, text in creator.quota.items():
        resource = SHORT.get(name, name)
        if resource in COUNTED or resource.startswith(JUDGED):
            least, most = (sum(user.usage[side].get(resource, 0) for user in users) for side in (0, 1))
            allowed = quantity.parse(str(text))
            if most > allowed:
                at = locate(creator.file, ("namespace", "quota", name))
                wanted, side = (least, 0) if least > allowed else (most, 1)
                amounts = ((user.name, user.usage[side].get(resource, 0)) for user in users)
                parts = [f"{cluster} {_show(resource, amount)}" for cluster, amount in amounts if amount]
                message = f"{name}: clusters in namespace {creator.namespace} {VERBS[side]} {_show(resource, wanted)}"
                hint = f"raise it, or request less: {name_some(parts, FEW)}"
                yield Problem(at, "DG258", f"{message}, and the quota has {text}", hint, SEVERITIES[side])


VERBS = ("use", "may use, with most workers and while edits roll out,")
SEVERITIES: tuple[Severity, Severity] = ("error", "warning")
"""Severities of findings about the minimum and the maximum that clusters use."""


def _check_required(creator: Tenant, user: Tenant, locate: Locate) -> Iterator[Problem]:
    """Find containers without an amount that a quota requires of every container."""
    defaults = {name for limit in creator.limits for key in DEFAULTING for name in limit.get(key) or ()}
    for name in creator.quota:
        side, _, resource = SHORT.get(name, name).partition(".")
        if side in ("requests", "limits") and resource in REQUIRED - defaults:
            for sized in user.sized:
                if sized.type == "Container" and resource not in getattr(sized, side):
                    at = locate(creator.file, ("namespace", "quota", name))
                    message = f"{name}: {sized.title} of cluster {user.name} sets none, which the quota requires"
                    yield Problem(at, "DG258", message, f"write resources.{side}.{resource} for the container")


REQUIRED = {"cpu", "memory"}
"""Resources that every container has to set where a quota has them."""

DEFAULTING = ("default", "defaultRequest", "max")
"""Fields of a LimitRange from which a container gets what it does not set."""


def _show(resource: str, amount: Any) -> str:
    is_size = any(word in resource for word in ("memory", "storage", "hugepages"))
    return quantity.format_bytes(amount) if is_size else f"{float(amount):g}"


def _check_limits(creator: Tenant, user: Tenant, locate: Locate) -> Iterator[Problem]:
    for index, limit in enumerate(creator.limits):
        for sized in user.sized:
            if sized.type == limit.get("type"):
                for side, words in _find_excess(limit, sized):
                    at = locate(creator.file, ("namespace", "limitRange", index, side))
                    message = f"{sized.title} of cluster {user.name} has {words}, which the API server refuses"
                    yield Problem(at, "DG259", message, "change the limit, or what the cluster requests")


def _find_excess(limit: Mapping[str, Any], sized: Sized) -> Iterator[tuple[str, str]]:
    for name, text in (limit.get("max") or {}).items():
        if name not in sized.limits and sized.type == "Pod":
            yield "max", f"no limit of {name}"  # A container without a limit gets the maximum.
        elif _get(sized.limits, name) > quantity.parse(str(text)):
            yield "max", f"{_show(name, _get(sized.limits, name))} of {name}, more than {text}"
    for name, text in (limit.get("min") or {}).items():
        if name in sized.requests and sized.requests[name] < quantity.parse(str(text)):
            yield "min", f"{_show(name, sized.requests[name])} of {name}, less than {text}"


def _get(amounts: Amounts, name: str) -> Any:
    return amounts.get(name, 0)


def _check_level(creator: Tenant, enforced: Level, user: Tenant, locate: Locate) -> Iterator[Problem]:
    for raised in user.raised:
        if LEVELS.index(enforced) > LEVELS.index(raised.level):
            at = locate(user.file, raised.path)
            message = f"namespace {creator.namespace} enforces Pod Security {enforced}, which refuses {raised.title}"
            hint = f"write podSecurity: {{level: {raised.level}, reason: ...}} in the namespace of {creator.file}"
            yield Problem(at, "DG323", message, hint)
