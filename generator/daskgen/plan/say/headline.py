"""Summarize a plan in one sentence, or in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daskgen.plan.effect import Kind, Scope
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.say.effects import say_kind
from daskgen.words import count, count_overlays, enumerate_all


class Phrase(NamedTuple):
    """A phrase about clusters, `{}`, whose gravest effect is on the whole cluster, or on parts of it."""

    whole: str
    parts: str


LOSING = "(computations and data in memory are lost)"

PHRASES: Mapping[Kind, Phrase] = {
    Kind.DELETED: Phrase(f"deletes {{}} {LOSING}", "deletes parts of {}"),
    Kind.MOVED: Phrase(*["moves {} without data in memory"] * 2),
    Kind.RENAMED: Phrase(*["renames {} without data in memory"] * 2),
    Kind.PENDING: Phrase(*["may complete the rename of {} without data in memory"] * 2),
    Kind.RECREATED: Phrase(f"recreates {{}} {LOSING}", "recreates parts of {}"),
    Kind.RESTARTED: Phrase("restarts {}", f"restarts {{}} {LOSING}"),
    Kind.ROLLED: Phrase(*["replaces the workers of {} a few at a time"] * 2),
    Kind.REFUSED: Phrase("is refused by Kubernetes for {}", "is refused by Kubernetes for parts of {}"),
    Kind.IGNORED: Phrase(*["does not reach all pods of {} until commands are run by hand"] * 2),
    Kind.LEFT_BEHIND: Phrase("leaves {} behind", "leaves parts of {} behind"),
    Kind.SCALED: Phrase("scales {}", "scales {}"),
    Kind.REMOVED: Phrase(*["removes objects from {}"] * 2),
    Kind.UPDATED: Phrase("updates {} in place", "updates {} in place"),
    Kind.ADDED: Phrase("adds {}", "adds to {}"),
}

PARTLY = {kind for kind, phrase in PHRASES.items() if "parts" in phrase.parts or kind is Kind.ADDED}
"""Kinds that are counted apart where they concern only parts of a cluster."""

NAMED = 3
"""Maximum number of clusters that a sentence names; more are counted."""


def write_headline(subject: str, plans: Sequence[ClusterPlan]) -> str:
    """Write in one sentence what `subject`, such as a merge, does: the gravest first, every cluster once."""
    told: dict[tuple[Kind, bool], list[ClusterPlan]] = defaultdict(list)
    for plan in plans:
        told[plan.gravest, plan.is_whole or plan.gravest not in DISTINCT].append(plan)
    order = sorted(told, key=lambda key: (key[0], not key[1]))
    return f"{subject} {enumerate_all(_get_phrase(*key).format(_name(told[key])) for key in order)}"


DISTINCT = {kind for kind, phrase in PHRASES.items() if phrase.whole != phrase.parts}
"""Kinds with different phrases for whole clusters and for parts."""


def _get_phrase(kind: Kind, is_whole: bool) -> str:
    return PHRASES[kind].whole if is_whole else PHRASES[kind].parts


def _name(plans: Sequence[ClusterPlan]) -> str:
    clusters = [plan.name for plan in plans if plan.scope is Scope.CLUSTER]
    others = {Scope.OPERATOR: "the operator", Scope.DELIVERY: "delivery"}
    told = [_name_clusters(clusters)] if clusters else []
    found = {plan.scope for plan in plans}
    return enumerate_all([*told, *(words for scope, words in others.items() if scope in found)])


def _name_clusters(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return count(len(names), "cluster")
    return f"cluster{'s' * (len(names) > 1)} {enumerate_all(names)}"


def count_effects(plan: Plan) -> str:
    """Count clusters by the gravest effect on them, or on parts of them: 1 deleted, 1 with parts added."""
    if not plan.clusters:
        return f"nothing changes against {plan.base}"
    kinds = Counter((one.gravest, not one.is_whole and one.gravest in PARTLY) for one in plan.clusters)
    parts = ", ".join(
        f"{number} {'with parts ' if is_partly else ''}{say_kind(kind)}"
        for (kind, is_partly), number in sorted(kinds.items())
    )
    operators, clusters = (
        len([one for one in plan.clusters if one.scope is scope]) for scope in (Scope.OPERATOR, Scope.CLUSTER)
    )
    subject = count_overlays(clusters, operators) if clusters or operators else "delivery"
    return f"{subject} against {plan.base}: {parts}"
