"""All that an edit does, in a sentence or in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daskgen.plan.effect import Kind, Scope
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.say.effects import say_kind
from daskgen.words import count, count_overlays, enumerate_all


class Phrase(NamedTuple):
    """What is said of clusters, `{}`, of which the gravest happens to the whole, or to parts."""

    whole: str
    parts: str


LOSING = "(what runs there is lost)"

PHRASES: Mapping[Kind, Phrase] = {
    Kind.DELETED: Phrase(f"deletes {{}} {LOSING}", "deletes parts of {}"),
    Kind.MOVED: Phrase(*["moves {} elsewhere, where it starts empty"] * 2),
    Kind.RENAMED: Phrase(*["starts {} empty, under another name than what runs"] * 2),
    Kind.PENDING: Phrase(*["may complete the rename of {}, which starts empty"] * 2),
    Kind.RECREATED: Phrase(f"recreates {{}} {LOSING}", "recreates parts of {}"),
    Kind.RESTARTED: Phrase("restarts {}", f"restarts {{}} {LOSING}"),
    Kind.ROLLED: Phrase(*["replaces the workers of {} a few at a time"] * 2),
    Kind.REFUSED: Phrase("is refused by Kubernetes for {}", "is refused by Kubernetes for parts of {}"),
    Kind.IGNORED: Phrase(*["does not reach all pods of {} until somebody acts"] * 2),
    Kind.LEFT_BEHIND: Phrase("leaves {} behind", "leaves parts of {} behind"),
    Kind.SCALED: Phrase("scales {}", "scales {}"),
    Kind.REMOVED: Phrase(*["takes objects away from {}"] * 2),
    Kind.UPDATED: Phrase("updates {} in place", "updates {} in place"),
    Kind.ADDED: Phrase("adds {}", "adds to {}"),
}

PARTLY = {kind for kind, phrase in PHRASES.items() if "parts" in phrase.parts or kind is Kind.ADDED}
"""What is another thing for a part of a cluster than for all of it."""

NAMED = 3
"""Up to so many clusters are named in a sentence; of more, their number is."""


def write_headline(subject: str, plans: Sequence[ClusterPlan]) -> str:
    """Write all that `subject`, such as a merge, does, in a sentence: the gravest first, every cluster once."""
    told: dict[tuple[Kind, bool], list[ClusterPlan]] = defaultdict(list)
    for plan in plans:
        told[plan.gravest, plan.is_whole or plan.gravest not in DISTINCT].append(plan)
    order = sorted(told, key=lambda key: (key[0], not key[1]))
    return f"{subject} {enumerate_all(_get_phrase(*key).format(_name(told[key])) for key in order)}"


DISTINCT = {kind for kind, phrase in PHRASES.items() if phrase.whole != phrase.parts}


def _get_phrase(kind: Kind, is_whole: bool) -> str:
    return PHRASES[kind].whole if is_whole else PHRASES[kind].parts


def _name(plans: Sequence[ClusterPlan]) -> str:
    clusters = [plan.name for plan in plans if plan.scope is Scope.CLUSTER]
    others = {Scope.OPERATOR: "the operator", Scope.DELIVERY: "delivery"}
    told = [_name_clusters(clusters)] if clusters else []
    return enumerate_all([*told, *(words for scope, words in others.items() if any(it.scope is scope for it in plans))])


def _name_clusters(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return count(len(names), "cluster")
    return f"cluster{'s' * (len(names) > 1)} {enumerate_all(names)}"


def count_effects(plan: Plan) -> str:
    """Count clusters by the worst that happens to them, or to parts of them: 1 deleted, 1 with parts added."""
    if not plan.clusters:
        return f"nothing changes against {plan.base}"
    kinds = Counter((it.gravest, not it.is_whole and it.gravest in PARTLY) for it in plan.clusters)
    parts = ", ".join(
        f"{number} {'with parts ' if is_partly else ''}{say_kind(kind)}"
        for (kind, is_partly), number in sorted(kinds.items())
    )
    operators, clusters = (
        len([it for it in plan.clusters if it.scope is scope]) for scope in (Scope.OPERATOR, Scope.CLUSTER)
    )
    subject = count_overlays(clusters, operators) if clusters or operators else "delivery"
    return f"{subject} against {plan.base}: {parts}"
