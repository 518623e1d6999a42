"""Limit what a namespace may hold: its ResourceQuota and its LimitRange."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from daskgen.findings.problem import suggest
from daskgen.kubernetes import quantity
from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import metadata
from daskgen.model import refuse_parts
from daskgen.parts.native import Native

if TYPE_CHECKING:
    from daskgen.kubernetes.types import LimitRange, ResourceQuota

COUNTED = (
    *("cpu", "memory", "ephemeral-storage"),
    *(f"{side}.{name}" for side in ("requests", "limits") for name in ("cpu", "memory", "ephemeral-storage")),
    *("requests.storage", "pods", "persistentvolumeclaims", "services", "services.nodeports"),
    *("services.loadbalancers", "configmaps", "secrets", "resourcequotas", "replicationcontrollers"),
)
"""Resources that a quota counts: https://kubernetes.io/docs/concepts/policy/resource-quotas/"""

OTHERS = re.compile(
    r"count/[a-z]+(\.[a-z0-9.-]+)?|requests\.[a-z0-9.-]+/[A-Za-z0-9._-]+|[a-z0-9.-]+/(requests\.storage|persistentvolumeclaims)"
)
"""Counts of any kind, extended resources, which are counted by their requests, and volumes of a StorageClass."""


def _check_quota(quota: dict[str, Any]) -> dict[str, Any]:
    faults = [fault for name, amount in quota.items() for fault in _find_faults(name, amount)]
    if faults:
        raise refuse_parts(faults)
    return {name: str(amount) for name, amount in quota.items()}


def _find_faults(name: str, amount: Any) -> list[tuple[tuple[str], str, str, bool]]:
    if name not in COUNTED and not OTHERS.fullmatch(name):
        extended = re.fullmatch(r"[a-z0-9.-]+/[A-Za-z0-9._-]+", name)
        hint = f"did you mean requests.{name}?" if extended else suggest(name, COUNTED, "for example requests.cpu")
        return [((name,), "is no resource that a quota counts", hint, True)]
    try:
        if isinstance(amount, bool) or quantity.parse(str(amount)) < 0:
            raise ValueError
    except ValueError:
        hint = quantity.suggest(str(amount)) or "for example 20 or 64Gi"
        return [((name,), f"{amount} is not a Kubernetes quantity", hint, False)]
    return []


Quota = Annotated[dict[str, int | float | str], AfterValidator(_check_quota)]

LimitRangeItem = Annotated[dict[str, Any], Native("LimitRangeItem", "limitrange-v1")]


def build_quota(quota: Mapping[str, Any]) -> ResourceQuota:
    """Build the ResourceQuota."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata("quota", CLUSTER),
        "spec": {"hard": {name: str(amount) for name, amount in quota.items()}},
    }


def build_limit_range(limits: Sequence[Any]) -> LimitRange:
    """Build the LimitRange."""
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata("limits", CLUSTER),
        "spec": {"limits": list(limits)},
    }
