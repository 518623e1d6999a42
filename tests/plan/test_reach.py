"""The comment of a pull request draws who reaches a cluster, if an edit changes that."""

from __future__ import annotations

from conftest import FLEET, SMALL, MakeFleet
from daskgen.plan.fleet import make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.plan.reach import Edge, Reach
from daskgen.plan.say.comment import format_comment
from daskgen.plan.say.picture import draw_reach
from support.fleets import load, read_cluster

HUB = "network:\n  clients:\n  - {namespace: jupyterhub, podLabels: {component: singleuser-server}}\n"

OPEN = """\
expose:
  dashboard:
    kind: ingress
    class: traefik
    host: dask.example.com
    tls: {secret: dask}
    auth: {kind: basic, htpasswd: login}
"""


def compare(make_fleet: MakeFleet, before: str, after: str) -> str:
    sides = []
    for spec in (before, after):
        root = make_fleet(FLEET, prod=spec)
        sides.append(make_side(load(root).fleet, [read_cluster(root)]))
    return format_comment(Plan("main", tuple(plan_fleet(*sides))))


def test_clients_that_are_replaced(make_fleet: MakeFleet) -> None:
    text = compare(make_fleet, SMALL, SMALL + HUB)
    assert "Who reaches prod:\n\n```mermaid\nflowchart LR\n" in text
    assert '  source0["pods of namespace analytics labelled daskgen/client=true"]\n' in text
    assert '  source1["pods of namespace jupyterhub labelled component=singleuser-server"]\n' in text
    assert "  source0 -. removed .-> scheduler\n" in text
    assert "  source1 == added ==> scheduler\n" in text


def test_a_dashboard_that_is_exposed(make_fleet: MakeFleet) -> None:
    text = compare(make_fleet, SMALL, SMALL + OPEN)
    assert "  source0 --> scheduler\n" in text
    assert '  source1["https://dask.example.com/status"]\n' in text
    assert "  source1 == added ==> dashboard\n" in text


def test_an_edit_that_lets_nobody_else_in_is_not_drawn(make_fleet: MakeFleet) -> None:
    assert "mermaid" not in compare(make_fleet, SMALL, SMALL.replace("replicas: 2", "replicas: 3"))


def test_no_text_ends_its_node() -> None:
    drawn = draw_reach(Reach((), (Edge('a"] --> b["<img>;%%`', "dashboard"),)))
    assert drawn.splitlines()[1] == '  source0["a#34;#93; --#62; b#91;#34;#60;img#62;#59;#37;#37;#96;"]'
