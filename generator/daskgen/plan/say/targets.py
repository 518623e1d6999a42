"""Name the targets of effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from daskgen.plan.effect import EffectTarget, Scope

NAMES: Mapping[Scope, str] = {
    Scope.CLUSTER: "the cluster",
    Scope.OPERATOR: "the operator",
    Scope.DELIVERY: "delivery by",
    Scope.HANDOVER: "its delivery",
    Scope.DEFINITIONS: "the definitions of its resources",
    Scope.SCHEDULER: "scheduler",
    Scope.LOGIN: "the dashboard's login",
    Scope.WORKERS: "workers",
    Scope.CONFIGURATION: "configuration",
    Scope.METADATA: "labels and annotations",
    Scope.GROUP: "groups",
    Scope.OBJECT: "",
}

NAMED = 3
"""Maximum number of targets of one effect that are named."""


def name_target(target: EffectTarget) -> str:
    """Name a target, with its namespace and Kubernetes cluster if they are not those of the plan."""
    words = [NAMES[target.scope], target.kind, target.name]
    words += [f"in namespace {target.namespace}"] if target.namespace else []
    words += [f"on {target.place}"] if target.place else []
    return " ".join(filter(None, words))


def name_targets(targets: Sequence[EffectTarget]) -> str:
    """Name several targets, and count those that are left out."""
    names = [name_target(target) for target in targets]
    hidden = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {hidden} more objects" if hidden > 0 else "")
