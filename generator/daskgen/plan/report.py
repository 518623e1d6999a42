"""What an edit does, for people, pull requests and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from textwrap import fill
from typing import Any

from daskgen.kubernetes.totals import Totals
from daskgen.paths import format_path
from daskgen.plan.comment import format_markdown
from daskgen.plan.effects import ClusterPlan
from daskgen.plan.groups import Group, Plan, gather
from daskgen.plan.wording import describe_amounts, describe_effect
from daskgen.words import count, count_overlays, dump_json, lay_lines

SHOWN = 8
"""Changed values that are named of one cluster."""


def format_text(plan: Plan) -> str:
    """A headline, then a paragraph for clusters that are alike: what changed in their specs, and what that does."""
    return "\n\n".join([lay_lines([_write_headline(plan), *plan.notes]), *map(_describe, gather(plan.clusters))])


def format_json(plan: Plan) -> str:
    """One document: {apiVersion, kind, base, live, notes, alike, clusters}.

    `alike` has lists of names, those of clusters to which the same happens, the gravest first. Each of `clusters` is
    {name, namespace, changes, effects, before, after, diffs}:
    changes: [{path, before, after, by}], of the spec; with `live`, of objects, which `by` has set,
    effects: [{kind, what, cost, command}], the gravest first,
    before, after: {clusters, objects, workers, millicores, memory, operators, others: {name: number}}, as in `Totals`,
    diffs: [{kind, name, text}], unified, of the objects that Kubernetes gets.
    """
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Plan",
        "base": plan.base,
        "live": plan.is_live,
        "notes": plan.notes,
        "alike": [it.names for it in gather(plan.clusters)],
        "clusters": [_as_dict(it) for it in plan.clusters],
    }
    return dump_json(document)


FORMATS: Mapping[str, Callable[[Plan], str]] = {
    "text": format_text,
    "markdown": format_markdown,
    "json": format_json,
}
"""Each of them says all there is."""


def _as_dict(it: ClusterPlan) -> dict[str, Any]:
    return {
        **it._asdict(),
        "changes": [{**change._asdict(), "path": format_path(change.path)} for change in it.changes],
        "effects": [{**effect._asdict(), "kind": effect.kind.word} for effect in it.effects],
        "before": _count(it.before),
        "after": _count(it.after),
        "diffs": [diff._asdict() for diff in it.diffs],
    }


def _count(totals: Totals) -> dict[str, Any]:
    return {**totals._asdict(), "others": dict(totals.others)}


def _write_headline(plan: Plan) -> str:
    if not plan.clusters:
        return f"nothing changes against {plan.base}"
    kinds = Counter(it.gravest for it in plan.clusters)
    parts = ", ".join(f"{number} {kind.word}" for kind, number in sorted(kinds.items()))
    operators, clusters = (
        len([it for it in plan.clusters if getattr(it.before, field) or getattr(it.after, field)])
        for field in ("operators", "clusters")
    )
    subject = count_overlays(clusters, operators) if clusters or operators else "delivery"
    return f"{subject} against {plan.base}: {parts}"


def _describe(group: Group) -> str:
    lines = _title(group).split("\n")
    lines += [f"  {text}" for text, _ in group.changes[:SHOWN]]
    if (hidden := len(group.changes) - SHOWN) > 0:
        lines += [f"  … and {hidden} more"]
    for it in group.effects:
        lines.append(f"  {it.kind.word + ':':<18}{describe_effect(it)}")
        lines += [f"    $ {it.command}"] if it.command and len(group.names) == 1 else []
    lines += [f"    $ {it}" for it in group.commands if len(group.names) > 1]
    if group.before != group.after:
        lines.append(f"  {'asked for:':<18}{describe_amounts(group.before, group.after)}")
    return lay_lines(lines)


def _title(group: Group) -> str:
    where = f" (namespace {group.namespaces[0]})" if len(group.namespaces) == 1 else ""
    if len(group.names) == 1:
        return f"{group.names[0]}{where}"
    names = fill(", ".join(group.names), 118, break_on_hyphens=False)
    return f"{count(len(group.names), 'cluster')} alike{where}:\n{names}"
