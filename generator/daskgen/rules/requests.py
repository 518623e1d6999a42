"""Rules about requests and limits: what Kubernetes refuses, or schedules nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from daskgen.findings.finding import Finding
from daskgen.kubernetes import quantity
from daskgen.parts.resources import SHORT, STORAGE, Resources
from daskgen.paths import Path, format_path, get
from daskgen.rules import Container, Rule, RuleContext


def find_written(pod: Resources, part: str, resource: str) -> Path:
    """Return the field of a pod that sets one of its `limits` or `requests`, even if by default."""
    other = "requests" if part == "limits" else "limits"
    if resource in getattr(pod, part):
        return (part, resource)
    if resource in pod.gpu:
        return ("gpu",)
    short = SHORT.get(resource)
    is_short = short and getattr(pod, short)
    return (other, resource) if resource in getattr(pod, other) and not is_short else (short or part,)


def find_amount(context: RuleContext, container: Container, part: str, resource: str) -> Path:
    """Return the field of the spec, or the place in a patch, that sets a limit or a request of a container."""
    path = context.origin(container.resource, *container.path, "resources", part, resource)
    if path[0] == "patches" and path[-1] in {resource, "value"}:
        return path
    base = context.find_field(container.resource, *container.path)
    pod = dict(context.cluster.find_pods()).get(base)
    return (*base, *find_written(pod, part, resource)) if pod else path


def check_requests(context: RuleContext) -> Iterator[Finding]:
    """Refuse a request over its limit, and amounts that Kubernetes does not accept."""
    for container in context.containers:
        requests, limits = (get(container.body, ("resources", part)) or {} for part in ("requests", "limits"))
        for name in {**requests, **limits}:
            yield from _check_pair(context, container, name, requests.get(name), limits.get(name))


def _check_pair(
    context: RuleContext, container: Container, name: str, request: str | None, limit: str | None
) -> Iterator[Finding]:
    asked, most = _parse(request), _parse(limit)
    over = asked is not None and most is not None and asked > most
    if over:
        path = find_amount(context, container, "requests", name)
        yield Finding(path, "DG242", f"{format_path(path)}: {request} is over the limit, {limit}", "raise the limit")
    if "/" not in name and not name.startswith("hugepages-"):
        return
    part = "limits" if limit is not None else "requests"
    path = find_amount(context, container, part, name)
    if asked not in (None, most) and not over:
        found = f"requests {request} and limits {limit}" if limit is not None else "has no limit"
        message = f"{format_path(path)}: {name} {found}, but Kubernetes accepts only equal amounts"
        yield Finding(path, "DG243", message, "write it only in limits")
    if "/" in name and most is not None and most.denominator != 1:
        message = f"{format_path(path)}: {limit} is not a whole number, in which {name} is counted"
        yield Finding(path, "DG243", message, "write a whole number")


def _parse(text: object) -> int | Fraction | None:
    try:
        return None if text is None else quantity.parse(str(text))
    except ValueError:
        return None  # the schema reports it


def check_scratch(context: RuleContext) -> Iterator[Finding]:
    """Refuse a limit of ephemeral storage below the size of the scratch volume, which counts towards it."""
    for path, pod in context.cluster.find_pods():
        request, limit = pod.row(STORAGE)
        if pod.scratch and pod.scratch.storage_class:
            continue
        if request and limit and quantity.parse(request) <= quantity.parse(limit) < quantity.parse(pod.room):
            place = (*path, *find_written(pod, "limits", STORAGE))
            message = f"{format_path(place)}: {limit} is less than scratch, {pod.room}, which counts towards it"
            yield Finding(place, "DG242", message, "raise it, or remove scratch")


RULES: tuple[Rule, ...] = (check_requests, check_scratch)
