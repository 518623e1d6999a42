"""Edits that nobody expects, of specs without errors: plans and explanations, never a traceback.

`make fuzz` tries many more of them.
"""

from __future__ import annotations

from itertools import islice

from daskgen.explain.outcomes import dump_spec, explain, find_leaves
from daskgen.plan.fleet import Side, make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.say.comment import format_comment
from daskgen.plan.say.formats import FORMATS
from daskgen.render.cluster import RenderedCluster
from daskgen.spec.fleet import Fleet
from daskgen.yaml.read import parse
from support.edits import ARGOCD, BOTH, FLUX
from support.mutation import seeds
from support.valid import generate

FLEETS = [Fleet.model_validate(parse(text.encode(), "daskgen.yaml").value) for text in (ARGOCD, FLUX, BOTH)]
FLEETS.append(Fleet())


def take_sides(one: RenderedCluster, other: RenderedCluster, fleets: list[Fleet]) -> tuple[Side, Side]:
    return make_side(fleets[0], [one]), make_side(fleets[1], [other])


def test_any_edit_has_a_plan() -> None:
    rendered = [cluster for _, cluster in generate()]
    assert len(rendered) > 5
    for random in seeds("plans"):
        one, other = random.choice(rendered), random.choice(rendered)
        before, after = take_sides(one, other, [random.choice(FLEETS), random.choice(FLEETS)])
        plan = Plan("main", tuple(plan_fleet(before, after)))
        for show in FORMATS.values():
            show(plan)
        format_comment(plan, "plan.md")
        if one is other and before.delivery == after.delivery:
            assert not plan.clusters


def test_any_value_is_explained() -> None:
    rendered = [cluster for _, cluster in islice(generate(), 40)]
    for random in islice(seeds("values"), 400):
        cluster = random.choice(rendered)
        leaves = list(find_leaves(dump_spec(cluster)))
        explanation = explain(cluster, random.choice(leaves))
        assert explanation.outcomes or explanation.reason
