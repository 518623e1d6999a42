"""What an edit does, for people, pull requests and programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from daskgen.paths import format_path
from daskgen.plan.effect import Effect
from daskgen.plan.effects import Change, ClusterPlan
from daskgen.quantity import format_bytes
from daskgen.report import count, count_overlays, show_value
from daskgen.review import Totals

SHOWN = 8
"""Changed values that are named of one cluster."""


def format_text(plans: Sequence[ClusterPlan], base: str) -> str:
    """A headline, then a paragraph for each cluster: what changed in its spec, and what that does."""
    return "\n\n".join([_write_headline(plans, base), *(_describe(it) for it in plans)])


def format_markdown(plans: Sequence[ClusterPlan], base: str) -> str:
    """A headline, and a table of clusters: the comment of a pull request."""
    lines = [f"**{_write_headline(plans, base)}**"]
    if plans:
        lines += ["", "| cluster | what happens | why | asked for |", "|---|---|---|---|"]
    return "\n".join([*lines, *(_make_row(it) for it in plans)])


def format_json(plans: Sequence[ClusterPlan], base: str) -> str:
    """One document: {apiVersion, kind, base, clusters: [{name, namespace, changes, effects, before, after}]}."""
    clusters = [
        {
            **it._asdict(),
            "changes": [{**change._asdict(), "path": format_path(change.path)} for change in it.changes],
            "effects": [{**effect._asdict(), "kind": effect.kind.word} for effect in it.effects],
            "before": it.before._asdict(),
            "after": it.after._asdict(),
        }
        for it in plans
    ]
    return json.dumps({"apiVersion": "daskgen/v1", "kind": "Plan", "base": base, "clusters": clusters}, indent=2)


FORMATS: Mapping[str, Callable[[Sequence[ClusterPlan], str], str]] = {
    "text": format_text,
    "markdown": format_markdown,
    "json": format_json,
}


def _write_headline(plans: Sequence[ClusterPlan], base: str) -> str:
    if not plans:
        return f"nothing changes against {base}"
    kinds = Counter(it.gravest for it in plans)
    parts = ", ".join(f"{number} {kind.word}" for kind, number in sorted(kinds.items()))
    operators, clusters = (
        len([it for it in plans if getattr(it.before, field) or getattr(it.after, field)])
        for field in ("operators", "clusters")
    )
    subject = count_overlays(clusters, operators) if clusters or operators else "delivery"
    return f"{subject} against {base}: {parts}"


def _describe(plan: ClusterPlan) -> str:
    lines = [f"{plan.name} (namespace {plan.namespace})"]
    lines += [f"  {_describe_change(it)}" for it in plan.changes[:SHOWN]]
    if hidden := len(plan.changes) - SHOWN:
        lines += [f"  … and {hidden} more"] if hidden > 0 else []
    for it in plan.effects:
        lines.append(f"  {it.kind.word + ':':<18}{_describe_effect(it)}")
        lines += [f"    $ {it.command}"] if it.command else []
    if plan.before != plan.after:
        lines.append(f"  {'asked for:':<18}{_describe_totals(plan.before, plan.after)}")
    return "\n".join(lines)


def _describe_change(it: Change) -> str:
    return f"{format_path(it.path)}: {show_value(it.before)} → {show_value(it.after)}"


def _describe_effect(it: Effect) -> str:
    return it.what + (f"; {it.cost}" if it.cost else "")


def _describe_totals(before: Totals, after: Totals) -> str:
    rows = [
        (f"{before.workers}", count(after.workers, "worker")),
        (f"{before.millicores / 1000:g}", count(after.millicores / 1000, "core")),
        (format_bytes(before.memory), f"{format_bytes(after.memory)} of memory"),
    ]
    old = (before.workers, before.millicores, before.memory)
    new = (after.workers, after.millicores, after.memory)
    changed = [f"{here} → {there}" for (here, there), a, b in zip(rows, old, new, strict=True) if a != b]
    return ", ".join(changed) or "the same"


def _make_row(plan: ClusterPlan) -> str:
    effects = [
        f"**{it.kind.word}** {_describe_effect(it)}" + (f"<br>`{it.command}`" if it.command else "")
        for it in plan.effects
    ]
    changes = [f"`{_describe_change(it)}`" for it in plan.changes[:SHOWN]]
    cells = [plan.name, "<br>".join(effects), "<br>".join(changes), _describe_totals(plan.before, plan.after)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
