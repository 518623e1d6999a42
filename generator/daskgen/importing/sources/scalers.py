"""Read what sets the number of workers of plain Deployments: a HorizontalPodAutoscaler, or a ScaledObject of KEDA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daskgen.autoscaler.keda import TARGET
from daskgen.findings.problem import Problem
from daskgen.importing.draft import Draft
from daskgen.importing.sources.plain import find_group
from daskgen.paths import get
from daskgen.yaml.read import Source

BOUNDS: Mapping[str, tuple[tuple[str, int], tuple[str, int]]] = {
    "HorizontalPodAutoscaler": (("minReplicas", 1), ("maxReplicas", 1)),
    "ScaledObject": (("minReplicaCount", 0), ("maxReplicaCount", 100)),
}
"""Kinds, with the fields of the least and the most pods and their defaults (autoscaling/v2; KEDA 2.20)."""


def take_scalers(drafts: Sequence[Draft], documents: Sequence[Source]) -> Iterator[tuple[Source, Problem]]:
    """Give the groups of drafts the ranges of their scalers, and report each of these."""
    for document in documents:
        target = get(document.value, ("spec", "scaleTargetRef", "name"))
        for draft in drafts:
            group = next((find_group(other) for other in draft.documents if _is_deployment(other, target)), "")
            bounds = _read_bounds(document.value)
            if group in {part.group for part in draft.workers} and bounds:
                draft.ranges[group] = bounds
                yield document, _report(draft, document)


def _is_deployment(document: Source, name: Any) -> bool:
    return bool(document.value["kind"] == "Deployment" and get(document.value, ("metadata", "name")) == name)


def _read_bounds(scaler: Mapping[str, Any]) -> dict[str, int]:
    spec = get(scaler, ("spec",)) or {}
    values = [spec.get(field, default) for field, default in BOUNDS[scaler["kind"]]]
    is_range = all(isinstance(value, int) for value in values) and values[0] < values[1]
    return dict(zip(("min", "max"), values, strict=True)) if is_range else {}


def _report(draft: Draft, document: Source) -> Problem:
    """Choose the autoscaler, and report the scaler: KEDA's is rendered where it asks the scheduler, others are kept."""
    what = f"{document.value['kind']} {get(document.value, ('metadata', 'name')) or ''}".strip()
    urls = [str(get(trigger, ("metadata", "url"))) for trigger in get(document.value, ("spec", "triggers")) or []]
    if any(TARGET in url for url in urls):
        draft.spec["autoscaler"] = "keda"
        message = f"{what} is not imported: autoscaler: keda renders one"
        hint = "delete it once that is applied, if it has another name"
    else:
        draft.spec.setdefault("autoscaler", "external")
        message = f"{what} is not imported: autoscaler: external leaves the number to it"
        hint = "keep it in a file of your own, with the name of the rendered Deployment"
    return Problem(document.at(()), "DG605", message, hint, "warning")
