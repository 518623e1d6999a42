"""What applying a fleet does to what runs, told from dry runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daskgen.delivery import Delivery, list_engines, name_engines
from daskgen.kubernetes.dry_run import DryRun
from daskgen.kubernetes.objects import Object, key_of
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.plan import cluster, operator
from daskgen.plan.changes import Change
from daskgen.plan.commands import delete
from daskgen.plan.diffs import find_diffs
from daskgen.plan.effect import (
    CLUSTER,
    GRAVE,
    OPERATOR,
    Aspect,
    Cost,
    Effect,
    Fact,
    Kind,
    Scope,
    Shift,
    Subject,
    Whole,
    happen,
    name_object,
    order,
)
from daskgen.plan.plans import ClusterPlan


def compare(dry_run: DryRun, asked: Totals) -> ClusterPlan | None:
    """Plan for a cluster, or the operator, that asks for so much as it is rendered; None if nothing happens."""
    scope: Whole = Scope.OPERATOR if asked.operators else Scope.CLUSTER
    found = order([*_find_effects(dry_run, asked), *_tell_refusals(dry_run), *_tell_strays(dry_run)])
    if not found:
        return None
    changes = tuple(Change(it.path, it.before, it.after, owner=key, by=it.by) for key, it in dry_run.overrides)
    pruned = {key_of(body): body for body in dry_run.strays if _find_pruners(body)}
    kept = () if dry_run.after else [body for body in dry_run.strays if not _find_pruners(body)]
    diffs = tuple(find_diffs({**pruned, **dry_run.before}, dry_run.after))
    before = _count([*dry_run.before.values(), *pruned.values(), *kept], asked)
    after = asked if dry_run.after else _count(kept, asked)
    return ClusterPlan(dry_run.name, dry_run.namespace, changes, found, before, after, diffs, scope)


def _count(bodies: Sequence[Object], asked: Totals) -> Totals:
    """Count what is asked for by what runs; of the operator, if that is what it is to be."""
    return add_up(bodies)._replace(clusters=1 - asked.operators, operators=asked.operators) if bodies else Totals()


def _find_effects(dry_run: DryRun, asked: Totals) -> Iterator[Effect]:
    if not dry_run.before and dry_run.after:
        whole = OPERATOR if asked.operators else CLUSTER
        yield happen(Kind.ADDED, whole, shift=Shift(Aspect.OBJECTS, 0, asked.objects))
    elif asked.operators:
        yield from operator.compare_objects(dry_run.before, dry_run.after)
    elif dry_run.after:
        yield from cluster.compare_objects(dry_run.name, dry_run.before, dry_run.after)


def _tell_refusals(dry_run: DryRun) -> Iterator[Effect]:
    for message in dict.fromkeys(refusal.message for refusal in dry_run.refusals):
        refused = [refusal for refusal in dry_run.refusals if refusal.message == message]
        subjects = tuple(Subject(Scope.OBJECT, refusal.kind, refusal.name) for refusal in refused)
        yield Effect(Kind.REFUSED, subjects, costs=(Cost(Fact.SAID_BY_SERVER, (message,)),))


def _tell_strays(dry_run: DryRun) -> Iterator[Effect]:
    """Tell of what is not rendered any more: of a cluster that is, or all of one that is in no file."""
    if dry_run.after:
        for body in dry_run.strays:
            yield _tell_stray([body], name_object(body), GRAVE.get(body["kind"]))
    elif dry_run.strays:
        yield _tell_stray(dry_run.strays, CLUSTER, Fact.LOST)


def _tell_stray(bodies: Sequence[Object], subject: Subject, cost: Fact | None) -> Effect:
    pruners = [_find_pruners(body) for body in bodies]
    if all(pruners):
        engines = [engine for engine in list_engines() if any(engine in found for found in pruners)]
        brought = Cost(Fact.BROUGHT_BY, (name_engines(engines),))
        return happen(Kind.DELETED, subject, brought, *([cost] if cost else []))
    return happen(Kind.LEFT_BEHIND, subject, Fact.UNKNOWN_OWNER)._replace(commands=delete(bodies))


def _find_pruners(body: Object) -> list[type[Delivery]]:
    """Find the engines that delete an object which is not rendered any more."""
    return [engine for engine in list_engines() if engine.prunes(body)]
