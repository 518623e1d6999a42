"""Plan what applying a fleet does to running objects, from dry runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daskgen.delivery import Delivery, list_engines, name_engines
from daskgen.kubernetes.dry_run import DryRun
from daskgen.kubernetes.objects import Object, key_of
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.plan import cluster, operator
from daskgen.plan.changes import Change
from daskgen.plan.commands import delete
from daskgen.plan.diffs import diff_objects
from daskgen.plan.effect import (
    CLUSTER,
    GRAVE,
    OPERATOR,
    Aspect,
    Effect,
    EffectTarget,
    Kind,
    Scope,
    Shift,
    Whole,
    happen,
    name_object,
    order,
)
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.plans import ClusterPlan


def plan_dry_run(dry_run: DryRun, asked: Totals) -> ClusterPlan | None:
    """Plan a dry run of a cluster or the operator that requests `asked` as rendered; None if nothing happens."""
    scope: Whole = Scope.OPERATOR if asked.operators else Scope.CLUSTER
    found = order([*_find_effects(dry_run, asked), *_report_refusals(dry_run), *_report_strays(dry_run)])
    if not found:
        return None
    changes = tuple(
        Change(override.path, override.before, override.after, owner=key, by=override.by)
        for key, override in dry_run.overrides
    )
    pruned = {key_of(body): body for body in dry_run.strays if _find_pruners(body)}
    kept = () if dry_run.after else [body for body in dry_run.strays if not _find_pruners(body)]
    diffs = tuple(diff_objects({**pruned, **dry_run.before}, dry_run.after))
    before = _count([*dry_run.before.values(), *pruned.values(), *kept], asked)
    is_whole = dry_run.after and not dry_run.refusals
    after = asked if is_whole else _count([*dry_run.after.values(), *kept], asked)
    return ClusterPlan(dry_run.name, dry_run.namespace, changes, found, before, after, diffs, scope)


def _count(bodies: Sequence[Object], asked: Totals) -> Totals:
    """Count the requests of running objects; as an operator, if `asked` is that of an operator."""
    return add_up(bodies)._replace(clusters=1 - asked.operators, operators=asked.operators) if bodies else Totals()


def _find_effects(dry_run: DryRun, asked: Totals) -> Iterator[Effect]:
    if not dry_run.before and dry_run.after:
        whole = OPERATOR if asked.operators else CLUSTER
        yield happen(Kind.ADDED, whole, shift=Shift(Aspect.OBJECTS, 0, asked.objects))
    elif asked.operators:
        yield from operator.find_object_effects(dry_run.before, dry_run.after)
    elif dry_run.after:
        yield from cluster.find_object_effects(dry_run.name, dry_run.before, dry_run.after)


def _report_refusals(dry_run: DryRun) -> Iterator[Effect]:
    for message in dict.fromkeys(refusal.message for refusal in dry_run.refusals):
        refused = [refusal for refusal in dry_run.refusals if refusal.message == message]
        targets = tuple(EffectTarget(Scope.OBJECT, refusal.kind, refusal.name) for refusal in refused)
        yield Effect(Kind.REFUSED, targets, costs=(Cost(Fact.SAID_BY_SERVER, (message,)),))


def _report_strays(dry_run: DryRun) -> Iterator[Effect]:
    """Report running objects that are not rendered: of a rendered cluster, or all of one that has no file."""
    if dry_run.after:
        for body in dry_run.strays:
            yield _report_stray([body], name_object(body), GRAVE.get(body["kind"]))
    elif dry_run.strays:
        yield _report_stray(dry_run.strays, CLUSTER, Fact.LOST)


def _report_stray(bodies: Sequence[Object], target: EffectTarget, cost: Fact | None) -> Effect:
    pruners = [_find_pruners(body) for body in bodies]
    if all(pruners):
        engines = [engine for engine in list_engines() if any(engine in found for found in pruners)]
        brought = Cost(Fact.BROUGHT_BY, (name_engines(engines),))
        return happen(Kind.DELETED, target, brought, *([cost] if cost else []))
    return happen(Kind.LEFT_BEHIND, target, Fact.UNKNOWN_OWNER)._replace(commands=delete(bodies))


def _find_pruners(body: Object) -> list[type[Delivery]]:
    """Find the engines that prune an object that is not rendered any more."""
    return [engine for engine in list_engines() if engine.prunes(body)]
