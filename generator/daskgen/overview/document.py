"""Make the document of the page: one value of plain maps and lists, from the values of a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from daskgen import __version__
from daskgen.findings.codes import CODES
from daskgen.findings.problem import Problem
from daskgen.overview.card import TEAM, Card
from daskgen.overview.ways import Way
from daskgen.plan.effect import Effect
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.reach import Edge
from daskgen.plan.say.amounts import SAME, ask_approval, describe_amounts
from daskgen.plan.say.changes import say_change
from daskgen.plan.say.commands import say_commands
from daskgen.plan.say.effects import say_costs, say_kind, say_what
from daskgen.render.tree import RenderedFleet
from daskgen.spec.fleet import Fleet
from daskgen.spec.prices import Prices

HOLES = ("DG303", "DG304")
"""Findings that a version of dask has a known vulnerability."""

Values = dict[str, Any]


def make_document(
    title: str,
    fleet: Fleet,
    cards: Sequence[Card],
    rendered: RenderedFleet,
    plan: Plan | None = None,
    live: Values | None = None,
) -> Values:
    """Make the document; `live` is what `describe_live` makes.

    It is {title, daskgen, kubernetes, teamLabel, currency, operator, clusters, ways, findings, waivers, holes, plan,
    live}. A cluster has the number of its list of `ways`, as many have equal ones, and what is empty is left out.
    """
    places = _find_places(fleet, rendered)
    team = fleet.policy.max_per_team
    known = {ways: number for number, ways in enumerate(dict.fromkeys(card.ways for card in cards))}
    return compact(
        {
            "title": title,
            "daskgen": __version__,
            "kubernetes": fleet.kubernetes,
            "teamLabel": team.label if team else TEAM,
            "currency": fleet.prices.currency if fleet.prices else "",
            "operator": ", ".join(rendered.operators),
            "clusters": [_describe_card(card, known) | places.get(card.name, {}) for card in cards],
            "ways": [[compact(way._asdict()) for way in ways] for ways in known],
            "findings": [_describe_problem(problem) for problem in rendered.problems],
            "waivers": [_describe_problem(waived.problem) | {"reason": waived.reason} for waived in rendered.waived],
            "holes": list(HOLES),
            "plan": _describe_plan(plan) if plan else None,
            "live": live,
        }
    )


def compact(values: Mapping[str, Any]) -> Values:
    """Leave out what is empty; the number zero stays. Tuples become lists, as in JSON."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value or (value == 0 and value is not False)
    }


def _find_places(fleet: Fleet, rendered: RenderedFleet) -> dict[str, Values]:
    """Find the group of each cluster, and the Kubernetes cluster to which it is delivered."""
    return {
        member.name: {"group": group.name, "place": engine.find_place(group)}
        for engine in fleet.delivery[:1]
        for group in rendered.groups
        for member in group.members
    }


def _describe_card(card: Card, known: Mapping[tuple[Way, ...], int]) -> Values:
    totals = card.totals
    sizes = {
        "objects": totals.objects,
        "workers": totals.workers,
        "cores": totals.millicores / 1000,
        "memory": totals.memory,
        "others": dict(totals.others),
        "cost": None if card.cost is None else round(card.cost, 2),
    }
    parts = {
        "labels": dict(card.labels),
        "pools": [compact(pool._asdict() | {"others": dict(pool.others)}) for pool in card.pools],
        "addresses": [compact(address._asdict()) for address in card.addresses],
        "ways": known[card.ways],
    }
    return compact({key: value for key, value in (card._asdict() | sizes | parts).items() if key != "totals"})


def _describe_problem(problem: Problem) -> Values:
    at, code = problem.at._asdict(), {"title": CODES[problem.code].title}
    return compact({**at, **code, **{key: value for key, value in problem._asdict().items() if key != "at"}})


def _describe_plan(plan: Plan) -> Values:
    changes = [_describe_change(each, plan.prices) for each in plan.clusters]
    requests = describe_amounts(plan.before, plan.after, plan.prices)
    return compact({"base": plan.base, "requests": requests, "approval": ask_approval(plan), "changes": changes})


def _describe_change(plan: ClusterPlan, prices: Prices | None) -> Values:
    amounts = describe_amounts(plan.before, plan.after, prices)
    before, after = plan.reach
    return compact(
        {
            "name": plan.name,
            "namespace": plan.namespace,
            "scope": plan.scope.name.lower(),
            "kind": say_kind(plan.gravest),
            "rank": int(plan.gravest),
            "values": [say_change(change) for change in plan.changes],
            "effects": [_describe_effect(effect) for effect in plan.effects],
            "requests": "" if amounts == SAME else amounts,
            "reached": [*_list_edges("now also", after, before), *_list_edges("no longer", before, after)],
        }
    )


def _list_edges(how: str, edges: Iterable[Edge], others: Sequence[Edge]) -> Iterator[str]:
    for edge in edges:
        if edge not in others:
            yield f"{how}: {edge.source} → {edge.target}"


def _describe_effect(effect: Effect) -> Values:
    commands = say_commands(effect.commands) if effect.commands else ""
    return compact(
        {"kind": say_kind(effect.kind), "what": say_what(effect), "cost": say_costs(effect), "command": commands}
    )
