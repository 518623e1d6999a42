"""Write a plan as JSON."""

from __future__ import annotations

from typing import Any

from daskgen.kubernetes.totals import Totals
from daskgen.paths import format_path
from daskgen.plan.alike import gather
from daskgen.plan.changes import Change
from daskgen.plan.effect import Effect, EffectTarget
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_costs, say_kind, say_what
from daskgen.spec.prices import Prices
from daskgen.words import dump_json


def format_json(plan: Plan) -> str:
    """Write one document: {apiVersion, kind, base, live, notes, currency, approval, alike, clusters}.

    `currency` is that of `prices` in daskgen.yaml, and `approval` the label that the edit needs, or null.
    `alike` has lists of the names of clusters with equal plans, the gravest first. Each of `clusters` is
    {name, namespace, scope, changes, effects, before, after, diffs}:
    scope: cluster, operator or delivery,
    changes: [{path, before, after, element, object, by}], of the spec; with `live`, of an `object`, set by the manager
    `by`; `element` is the name of the element that is added to the list at `path`, or removed from it,
    effects: [{kind, what, cost, command, whole, subjects, facts}], the gravest first; `what`, `cost` and `command` are
    text, `subjects` [{scope, kind, name, namespace, place}] and `facts` are names that programs can rely on,
    before, after: {clusters, objects, workers, millicores, memory, operators, others: {name: number}, cost}, as in
    `Totals`; `cost` is that of a month, or null without prices,
    diffs: [{kind, name, text}], unified diffs of the rendered objects.
    """
    prices = plan.prices
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Plan",
        "base": plan.base,
        "live": plan.is_live,
        "notes": plan.notes,
        "currency": prices.currency if prices else None,
        "approval": plan.approval.label if plan.approval else None,
        "alike": [alike.names for alike in gather(plan.clusters)],
        "clusters": [_describe(cluster, prices) for cluster in plan.clusters],
    }
    return dump_json(document)


def _describe(plan: ClusterPlan, prices: Prices | None) -> dict[str, Any]:
    return {
        "name": plan.name,
        "namespace": plan.namespace,
        "scope": plan.scope.name.lower(),
        "changes": [_describe_change(change) for change in plan.changes],
        "effects": [_describe_effect(effect) for effect in plan.effects],
        "before": _count(plan.before, prices),
        "after": _count(plan.after, prices),
        "diffs": [diff._asdict() for diff in plan.diffs],
    }


def _describe_change(change: Change) -> dict[str, Any]:
    return {
        "path": format_path(change.path),
        "before": change.before,
        "after": change.after,
        "element": change.element,
        "object": " ".join(change.owner or ()),
        "by": change.by,
    }


def _describe_effect(effect: Effect) -> dict[str, Any]:
    return {
        "kind": say_kind(effect.kind),
        "what": say_what(effect),
        "cost": say_costs(effect),
        "command": say_commands(effect.commands),
        "whole": effect.is_whole,
        "subjects": [_describe_target(target) for target in effect.targets],
        "facts": [cost.fact.name.lower() for cost in effect.costs],
    }


def _describe_target(target: EffectTarget) -> dict[str, str]:
    return {**target._asdict(), "scope": target.scope.name.lower()}


def _count(totals: Totals, prices: Prices | None) -> dict[str, Any]:
    counted = {key: value for key, value in totals._asdict().items() if key != "placed"}
    return {**counted, "others": dict(totals.others), "cost": prices.charge_month(totals) if prices else None}
