"""Check the resources of containers as the API server does: names, devices, huge pages, requests and limits.

Taken from `ValidateContainerResourceRequirements` in Kubernetes' `pkg/apis/core/validation/validation.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.kubernetes import quantity
from daskgen.kubernetes.schema import Fault

STANDARD = {"cpu", "memory", "ephemeral-storage"}

HUGE = "hugepages-"

QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?)/([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)")


def check_resources(resources: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what the API server refuses in the resources of a container."""
    if unreadable := list(_find_unreadable(resources)):
        yield from unreadable
        return
    limits = resources.get("limits", {})
    for part, name, amount in _list_amounts(resources):
        if fault := _find_fault(part, name, _parse(amount), limits):
            yield Fault(("resources", part, name), *fault)
    yield from _check_huge(resources)


def _list_amounts(resources: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for part in ("requests", "limits"):
        amounts = resources.get(part)
        for name, amount in amounts.items() if isinstance(amounts, dict) else ():
            yield part, name, amount


def _find_fault(part: str, name: str, amount: Any, limits: Mapping[str, Any]) -> tuple[str, str] | None:
    if not _is_known(name):
        return "is not a resource of containers", "write cpu, memory, ephemeral-storage, or domain/name of a device"
    if part == "requests" and name in limits and amount > _parse(limits[name]):
        return f"is more than the limit: {limits[name]}", f"write at most {limits[name]}, or raise the limit"
    if "/" in name and amount % 1:
        return f"must be a whole number, not {float(amount):g}", "a device is not shared"
    if ("/" in name or name.startswith(HUGE)) and part == "requests" and name not in limits:
        return "needs a limit of the same", "write limits too"
    return None


def _is_known(name: str) -> bool:
    if name.startswith(HUGE):
        return _read_page(name) is not None
    if "/" not in name:
        return name in STANDARD
    match = QUALIFIED.fullmatch(name)
    return bool(match) and not name.startswith("requests.") and not _is_native(name)


def _is_native(name: str) -> bool:
    domain = name.partition("/")[0]
    return domain == "kubernetes.io" or domain.endswith(".kubernetes.io")


def _read_page(name: str) -> Any:
    try:
        size = quantity.parse(name.removeprefix(HUGE))
    except ValueError:
        return None
    return size if size > 0 else None


def _check_huge(resources: Mapping[str, Any]) -> Iterator[Fault]:
    huge = [entry for entry in _list_amounts(resources) if entry[1].startswith(HUGE) and _is_known(entry[1])]
    for part, name, amount in huge:
        if _parse(amount) % _read_page(name):
            hint = f"write a multiple of {name.removeprefix(HUGE)}"
            yield Fault(("resources", part, name), f"is not a whole number of pages: {amount}", hint)
    names = {name for _, name, _ in _list_amounts(resources)}
    if huge and not {"cpu", "memory"}.intersection(names):
        yield Fault(("resources",), "has huge pages without cpu or memory", "write cpu and memory too")


def _find_unreadable(resources: Mapping[str, Any]) -> Iterator[Fault]:
    """Find amounts that look like quantities but are not, such as one with a thousand digits."""
    for part, name, amount in _list_amounts(resources):
        try:
            _parse(amount)
        except ValueError:
            yield Fault(("resources", part, name), "is not a Kubernetes quantity", "write such as 500m or 4Gi")


def _parse(amount: Any) -> Any:
    return quantity.parse(str(amount).removeprefix("+"))
