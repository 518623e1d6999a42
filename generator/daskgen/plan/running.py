"""What applying a fleet does to what runs, told from dry runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Object, key_of
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.kubernetes.trial import Trial
from daskgen.paths import get
from daskgen.plan import custom, effects, operator
from daskgen.plan.diffs import find_diffs
from daskgen.plan.effect import GRAVE, LOST, Effect, Kind
from daskgen.plan.effects import Change, ClusterPlan, describe

PRUNERS = {
    "Flux": ("metadata", "labels", "kustomize.toolkit.fluxcd.io/name"),
    "Argo CD": ("metadata", "annotations", "argocd.argoproj.io/tracking-id"),
}
"""Who deletes what has gone from Git, and the mark of what they have brought.
https://fluxcd.io/flux/components/kustomize/kustomizations/,
https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/"""

NAMED = 3
"""Objects that are named of those that are refused for one reason."""


def compare(trial: Trial, asked: Totals) -> ClusterPlan | None:
    """The plan for a cluster, or the operator, that asks for so much as it is rendered; None if nothing happens."""
    found = sorted([*_find_effects(trial, asked), *_tell_refusals(trial), *_tell_strays(trial)])
    if not found:
        return None
    changes = tuple(Change((" ".join(key), *it.path), it.before, it.after, it.by) for key, it in trial.overrides)
    pruned = {key_of(it): it for it in trial.strays if _find_pruner(it)}
    kept = () if trial.after else [it for it in trial.strays if not _find_pruner(it)]
    diffs = tuple(find_diffs({**pruned, **trial.before}, trial.after))
    before = _count([*trial.before.values(), *pruned.values(), *kept], asked)
    after = asked if trial.after else _count(kept, asked)
    return ClusterPlan(trial.name, trial.namespace, changes, tuple(found), before, after, diffs)


def _count(bodies: Sequence[Object], asked: Totals) -> Totals:
    """What is asked for by what runs; of the operator, if that is what it is to be."""
    return add_up(bodies)._replace(clusters=1 - asked.operators, operators=asked.operators) if bodies else Totals()


def _find_effects(trial: Trial, asked: Totals) -> Iterator[Effect]:
    whole = "the operator" if asked.operators else "the cluster"
    if not trial.before and trial.after:
        yield Effect(Kind.ADDED, f"{whole}, {asked.objects} objects")
    elif asked.operators:
        yield from operator.compare_objects(trial.before, trial.after)
    elif trial.after:
        yield from effects.compare_objects(trial.name, trial.before, trial.after)


def _tell_refusals(trial: Trial) -> Iterator[Effect]:
    for message in dict.fromkeys(it.message for it in trial.refusals):
        titles = [f"{it.kind} {it.name}" for it in trial.refusals if it.message == message]
        more = f" and {len(titles) - NAMED} more objects" if len(titles) > NAMED else ""
        yield Effect(Kind.REFUSED, f"{', '.join(titles[:NAMED])}{more}", message)


def _tell_strays(trial: Trial) -> Iterator[Effect]:
    """What is not rendered any more: of a cluster that is, or all of one that is in no file."""
    if trial.after:
        for it in trial.strays:
            yield _tell_stray([it], describe(it), GRAVE.get(it["kind"], ""))
    elif trial.strays:
        yield _tell_stray(trial.strays, "the cluster", LOST)


def _tell_stray(bodies: Sequence[Object], what: str, cost: str) -> Effect:
    pruners = {_find_pruner(it) for it in bodies}
    if "" not in pruners:
        by = f"{' and '.join(sorted(pruners))} brought it and may prune it"
        return Effect(Kind.DELETED, what, "; ".join(filter(None, [by, cost])))
    return Effect(Kind.LEFT_BEHIND, what, "is in no file any more, and nobody is known to prune it", _delete(bodies))


def _find_pruner(body: Object) -> str:
    """Who deletes an object; "" if nobody does. Argo CD leaves what has an owner."""
    for who, mark in PRUNERS.items():
        if get(body, mark) is not None and not (who == "Argo CD" and body["metadata"].get("ownerReferences")):
            return who
    return ""


def _delete(bodies: Iterable[Object]) -> str:
    """How to delete them; custom resources first, with all that was made of them."""
    found = list(bodies)
    customs = [it for it in found if it["kind"] in CUSTOM]
    others = [f"{it['kind'].lower()}/{it['metadata']['name']}" for it in found if it["kind"] not in CUSTOM]
    namespace = found[0]["metadata"]["namespace"]
    commands = [custom.delete(customs)] if customs else []
    commands += [f"kubectl delete --namespace {namespace} --ignore-not-found {' '.join(others)}"] if others else []
    return " && ".join(commands)
