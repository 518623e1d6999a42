"""Rules about PodDisruptionBudgets: whether they select pods, and whether the nodes of these can still be drained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from daskgen.findings.finding import Finding
from daskgen.kubernetes.objects import Resource
from daskgen.kubernetes.policies import matches
from daskgen.kubernetes.replicas import count_pods
from daskgen.rules import Rule, RuleContext, Template
from daskgen.rules.wiring import locate_patch

BUDGET = "PodDisruptionBudget"


def check_budgets(context: RuleContext) -> Iterator[Finding]:
    """Refuse budgets that select no pods or that block every eviction; those that daskgen builds do neither."""
    for budget in context.find_all(BUDGET) if context.cluster.patches else ():
        selected = [template for template in context.templates if _is_selected(budget, template)]
        if selected:
            yield from _check_drain(context, budget, selected)
        else:
            message = f"{BUDGET} {budget.key[1]} selects no pod of the cluster, so it protects none"
            path = locate_patch(context, budget, "spec", "selector")
            yield Finding(path, "DG286", message, "remove it from the patch, or write labels of the pods")


def _check_drain(context: RuleContext, budget: Resource, selected: list[Template]) -> Iterator[Finding]:
    spec, name = budget.body["spec"], f"{BUDGET} {budget.key[1]}"
    count = sum(count_pods(template.resource.body, template.path).most for template in selected)
    if count and count_evictable(spec, count) <= 0:
        field = "minAvailable" if "minAvailable" in spec else "maxUnavailable"
        pods = "the only pod" if count == 1 else f"any of the {count} pods"
        message = f"{name} never lets {pods} it selects be evicted ({field}: {spec.get(field)}): drains of nodes wait"
        path = locate_patch(context, budget, "spec", field)
        yield Finding(
            path, "DG285", message, "write maxUnavailable: 1 instead, or waive DG285 with how its node is drained"
        )
    if spec.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
        message = f"{name} also blocks the eviction of pods that are not ready: drains of nodes wait for pods that fail"
        path = locate_patch(context, budget, "spec", "unhealthyPodEvictionPolicy")
        yield Finding(path, "DG285", message, "keep unhealthyPodEvictionPolicy: AlwaysAllow", "warning")


def count_evictable(spec: Mapping[str, Any], count: int) -> int:
    """Return how many of so many ready pods a budget lets be evicted at a time.

    As Kubernetes' pkg/controller/disruption/disruption.go has it: percentages are rounded up.
    """
    if "minAvailable" in spec:
        return count - _scale(spec["minAvailable"], count)
    return _scale(spec.get("maxUnavailable", 0), count)


def _scale(amount: float | str, count: int) -> int:
    """Return a number of pods; percentages are text, and a number may be written as 1.0, which DG504 refuses."""
    return ceil(count * int(amount.removesuffix("%")) / 100) if isinstance(amount, str) else int(amount)


def check_overlap(context: RuleContext) -> Iterator[Finding]:
    """Refuse pods that two budgets select: Kubernetes evicts none of them."""
    budgets = context.find_all(BUDGET) if context.cluster.patches else []
    for template in context.templates if budgets else ():
        found = [budget for budget in budgets if _is_selected(budget, template)]
        if len(found) > 1:
            names = " and ".join(budget.key[1] for budget in found)
            message = f"the pods of {' '.join(template.resource.key)} have several budgets, {names}: none is evicted"
            path = locate_patch(context, template.resource, *template.path[:-1], "metadata", "labels")
            for budget in found:
                if context.find_patches(*budget.key):
                    path = locate_patch(context, budget, "spec", "selector")
            yield Finding(path, "DG285", message, "select them by one budget only")


def _is_selected(budget: Resource, template: Template) -> bool:
    """Return whether a budget selects pods; without a selector it selects none, with an empty one every pod."""
    selector = budget.body["spec"].get("selector")
    return selector is not None and matches(selector, template.labels)


RULES: tuple[Rule, ...] = (check_budgets, check_overlap)
