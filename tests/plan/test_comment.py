"""The comment of a pull request, tests/plan/comment/comment.md. `make golden` approves what is said now."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from daskgen.cli._fleet import choose_overlays
from daskgen.kubernetes.totals import Totals
from daskgen.plan.alike import gather
from daskgen.plan.changes import Change
from daskgen.plan.commands import Apply, Shell
from daskgen.plan.diffs import Diff
from daskgen.plan.effect import Aspect, Effect, EffectTarget, Kind, Scope, happen
from daskgen.plan.facts import Cost, Fact
from daskgen.plan.fleet import make_side, plan_fleet
from daskgen.plan.plans import ClusterPlan, Plan
from daskgen.plan.say.comment import LIMIT, MARK, format_comment, format_markdown
from daskgen.plan.say.effects import SHIFTS
from daskgen.plan.say.facts import FACTS, say_cost
from daskgen.plan.say.headline import PHRASES, write_headline
from daskgen.plan.say.markdown import code, head_table, lay_row, plain
from daskgen.spec.prices import Prices
from support.fleets import load

GOLDEN = Path(__file__).parent / "comment/comment.md"

FLEET = 'apiVersion: daskgen/v1\nkubernetes: "1.34"\ndefaults:\n  image: ghcr.io/dask/dask:2026.7.1\n'

TEAM = "namespace: {name: %s, create: true}\nworkers:\n- {replicas: 4, cpu: 4, memory: 16Gi}\n"
NIGHTLY = "namespace: batch\nengine: operator\nworkers:\n- replicas: {min: 2, max: 6}\n"
MODELS = """\
namespace: models
image: ghcr.io/dask/dask:2026.6.0
workers:
- {name: gpu, replicas: 2, memory: 64Gi}
patches:
- target: {kind: Deployment, name: worker-gpu}
  patch: {spec: {template: {spec: {containers: [{name: worker, resources: {limits: {nvidia.com/gpu: 1}}}]}}}}
"""

SHORT = 10_000
"""Bytes: too few for the objects of a whole cluster."""

TEAMS = ("east", "north", "south", "west")


def test_a_comment(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    teams = {name: TEAM % name for name in TEAMS}
    before = {**teams, "old": TEAM % "old", "nightly": NIGHTLY, "models": MODELS}
    after = {**teams, "trial": TEAM % "lab", "nightly": NIGHTLY, "models": MODELS.replace("replicas: 2", "replicas: 4")}
    plan = make_plan(tmp_path, before, after)
    text = f"{format_comment(plan, 'plan.md', SHORT)}\n"
    if request.config.getoption("--approve"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text("utf-8")


def make_plan(root: Path, before: dict[str, str], after: dict[str, str]) -> Plan:
    """What changing these clusters, and Dask's version, does."""
    sides = [("before", FLEET, before), ("after", FLEET.replace("2026.7.1", "2026.8.0"), after)]
    for side, settings, clusters in sides:
        (root / side / "clusters").mkdir(parents=True)
        (root / side / "daskgen.yaml").write_text(settings, encoding="utf-8")
        for name, text in clusters.items():
            (root / side / "clusters" / f"{name}.yaml").write_text(text, encoding="utf-8")
    fleets = [make_side(load(root / side).fleet, choose_overlays(load(root / side))) for side, *_ in sides]
    return Plan("main (a0127b5e)", tuple(plan_fleet(*fleets)))


WORDS = st.text(st.sampled_from("ab |`\\<>*_{}[]@#&$\n\r~…🎉-\u2028"), max_size=20)
NAMES = st.text(st.sampled_from("abcdefgh0123-"), min_size=1, max_size=30)
TOTALS = st.builds(
    Totals,
    workers=st.integers(0, 9),
    memory=st.integers(0, 1 << 40),
    others=st.dictionaries(WORDS, st.integers(0, 9), max_size=3).map(lambda others: tuple(sorted(others.items()))),
)
EFFECTS = st.builds(
    Effect,
    st.sampled_from(Kind),
    st.tuples(st.builds(EffectTarget, st.just(Scope.OBJECT), WORDS, WORDS)),
    st.none(),
    costs=st.tuples(st.builds(Cost, st.just(Fact.SAID_BY_SERVER), st.tuples(WORDS))),
    commands=st.tuples(st.builds(Shell, WORDS)),
)
PLANS = st.builds(
    ClusterPlan,
    NAMES,
    NAMES,
    st.lists(st.builds(Change, st.tuples(NAMES), WORDS, WORDS), max_size=10).map(tuple),
    st.lists(EFFECTS, min_size=1, max_size=10).map(tuple),
    TOTALS,
    TOTALS,
    st.lists(st.builds(Diff, NAMES, NAMES, WORDS), max_size=3).map(tuple),
)
FLEETS = st.builds(
    Plan,
    WORDS,
    st.lists(PLANS, max_size=4).map(tuple),
    notes=st.lists(WORDS, max_size=3).map(tuple),
    prices=st.sampled_from([None, Prices(currency="EUR", cpu=0.03)]),
)


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def parse(text: str) -> list[Token]:
    return MARKDOWN.parse(text)


def check_form(plan: Plan, text: str) -> None:
    """Every table is whole, every fold closed, and nothing of what was put in means anything."""
    tokens = parse(text)
    assert text.startswith(MARK)
    rows = [token for token in tokens if token.type == "tr_open"]
    cells = [token for token in tokens if token.type in {"td_open", "th_open"}]
    assert len(cells) == 4 * len(rows)
    folds = [token.content.strip() for token in tokens if token.type == "html_block" and "details>" in token.content]
    assert all(fold.startswith("<details>") for fold in folds[::2])
    assert folds[1::2] == ["</details>"] * (len(folds) // 2)
    inline = [child for token in tokens for child in token.children or ()]
    html = {token.content for token in inline if token.type == "html_inline"}
    assert html <= {"<br>", "<code>", "</code>"}
    assert not [token for token in inline if token.type in {"link_open", "image", "em_open", "s_open"}]
    assert {token.type for token in tokens if token.level == 0} <= BLOCKS


BLOCKS = {
    *("html_block", "heading_open", "inline", "heading_close", "paragraph_open", "paragraph_close", "fence"),
    *("blockquote_open", "blockquote_close", "table_open", "table_close"),
}


@given(FLEETS)
def test_whatever_texts_hold_a_comment_is_well_formed(plan: Plan) -> None:
    text = format_comment(plan)
    assert text == format_markdown(plan)
    check_form(plan, text)
    fences = [token for token in parse(text) if token.type == "fence"]
    diffs = [fence.content for fence in fences if fence.info == "diff"]
    assert len(diffs) == sum(len([same for same in group.same_diffs if same.diffs]) for group in gather(plan.clusters))


@given(WORDS)
def test_texts_in_a_cell_read_as_they_are(text: str) -> None:
    cells = MARKDOWN.render("\n".join([*head_table(("a", "b")), lay_row(["x" + plain(text), code("x" + text)])]))
    meant = " ".join(("x" + text).replace("\n", "\\n").replace("\r", "\\r").replace("\u2028", "\\u2028").split())
    read = [unescape(re.sub("<.*?>", "", cell)).replace("\u200b", "") for cell in re.findall("<td>(.*?)</td>", cells)]
    assert [" ".join(cell.split()) for cell in read] == [meant, meant]


@given(FLEETS, st.integers(3, 40))
def test_a_comment_is_cut_between_its_parts(plan: Plan, thousands: int) -> None:
    text = format_comment(plan, "plan.md", 1000 * thousands)
    check_form(plan, text)
    if text != format_markdown(plan):
        assert "`plan.md` has all of them" in text


def make_many(size: int, length: int) -> Plan:
    """Clusters that are all different, with long diffs."""
    plans = (
        ClusterPlan(
            f"c{number:05}",
            "team",
            (Change(("workers", 0, "env"), None, {"A": "x" * length}),),
            (happen(Kind.ROLLED, EffectTarget(Scope.WORKERS, name=f"w{number}"), Cost(Fact.SAID_BY_SERVER, ("🎉",))),),
            Totals(1, workers=number),
            Totals(1, workers=number + 1),
            (Diff("Deployment", f"c{number:05}-worker", "\n".join(f"+ {line}" for line in range(length))),),
        )
        for number in range(size)
    )
    return Plan("main", tuple(plans))


@pytest.mark.parametrize(("size", "length"), [(1, 100_000), (10, 5000), (40, 500), (300, 100), (3000, 10)])
def test_a_comment_of_any_fleet_is_one_that_github_takes(size: int, length: int) -> None:
    plan = make_many(size, length)
    text = format_comment(plan, "plan.md")
    assert len(text.encode()) <= LIMIT < 65_536
    assert len(format_markdown(plan).encode()) > LIMIT
    check_form(plan, text)
    assert "> The plan is too long for a comment, which shows " in text


def test_rows_go_after_diffs() -> None:
    text = format_comment(make_many(3000, 10))
    shown = text.count("\n| **c")
    assert f"which shows {shown} of 3000 rows and 0 of 3000 lists of commands and diffs; " in text
    assert f"| … and {3000 - shown} more clusters | {3000 - shown} rolled out |" in text
    assert "`daskgen plan --format markdown --output FILE` writes all of them" in text


def test_the_headline_begins_with_the_gravest() -> None:
    def make(name: str, kind: Kind, scope: Scope = Scope.SCHEDULER) -> ClusterPlan:
        return ClusterPlan(name, "team", (), (happen(kind, EffectTarget(scope)),), Totals(1), Totals(1))

    plans = [
        *(make(f"c{number}", Kind.RESTARTED) for number in range(4)),
        make("a", Kind.SCALED),
        make("b", Kind.DELETED, Scope.OBJECT),
        make("c", Kind.DELETED, Scope.CLUSTER),
        make("d", Kind.SCALED),
        make("dask-operator", Kind.ADDED, Scope.OPERATOR)._replace(scope=Scope.OPERATOR),
    ]
    assert write_headline("Merging this", plans) == (
        "Merging this deletes cluster c (computations and data in memory are lost), deletes parts of cluster b, "
        "restarts 4 clusters (computations and data in memory are lost), scales clusters a and d and adds the operator"
    )


def test_clusters_are_alike_but_for_their_names() -> None:
    def make(name: str, namespace: str, service: str) -> ClusterPlan:
        effect = happen(Kind.UPDATED, EffectTarget(Scope.OBJECT, "Service", f"{name}-{service}", namespace))
        return ClusterPlan(name, namespace, (), (effect._replace(commands=(Apply(name),)),), Totals(1), Totals(1))

    two, one = gather([make("a", "a-lab", "x"), make("b", "b-lab", "x"), make("c", "d", "y")])
    assert (two.names, one.names) == (("a", "b"), ("c",))
    assert two.effects[0].targets == (EffectTarget(Scope.OBJECT, "Service", "{cluster}-x", "{namespace}"),)
    assert two.commands == ((Apply("a"),), (Apply("b"),))
    assert one.effects[0].targets == (EffectTarget(Scope.OBJECT, "Service", "c-y", "d"),)


def test_words_that_are_called_like_a_cluster_stay_words() -> None:
    """A cluster may be called like a field of the spec, a group of workers or a word of the comment."""

    def make(name: str) -> ClusterPlan:
        change = Change(("workers", 0, "memory"), f"/{name}", "8Gi")
        return ClusterPlan(name, "lab", (change,), (happen(Kind.SCALED, WORKERS),), Totals(1), Totals(1))

    (alike,) = gather([make("workers"), make("memory"), make("default")])
    assert alike.changes == (Change(("workers", 0, "memory"), "/{cluster}", "8Gi"),)
    assert alike.effects == (happen(Kind.SCALED, WORKERS),)


WORKERS = EffectTarget(Scope.WORKERS, name="default")


def test_every_fact_has_words() -> None:
    assert set(FACTS) == set(Fact)
    assert "{" not in "".join(say_cost(Cost(fact, ("a", ("b", "c")))) for fact in Fact)


def test_every_kind_has_a_phrase() -> None:
    assert set(PHRASES) == set(Kind)
    assert set(SHIFTS) == set(Aspect)
