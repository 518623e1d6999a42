"""The comment of a pull request: `tests/comment/comment.md` is one to read. `make golden` approves what is said now."""

from __future__ import annotations

from pathlib import Path

import pytest

from daskgen.commands.choose import choose_overlays
from daskgen.plan.comment import format_comment
from daskgen.plan.fleet import compare
from daskgen.plan.groups import Plan

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
    overlays = [choose_overlays(root / side, ()) for side, *_ in sides]
    return Plan("main (a0127b5e)", tuple(compare(*overlays)))
