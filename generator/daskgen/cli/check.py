"""`daskgen check`: prove the fleet with the programs that will read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from daskgen.checks.proof import Subject, prove
from daskgen.cli._fleet import render_well
from daskgen.cli._guard import find_rooms, find_vanished
from daskgen.cli._options import format_option, jobs_option, only_option
from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.findings.problem import has_errors
from daskgen.outside import disk
from daskgen.render import guards
from daskgen.render.cluster import prepare
from daskgen.render.entry_points import find_entry_points, find_folders
from daskgen.render.operator import find_operators
from daskgen.report import conclude
from daskgen.report.changes import find_problems
from daskgen.spec.load import find_clusters
from daskgen.words import count_overlays


@click.command("check")
@only_option
@jobs_option
@format_option
@click.pass_obj
def command(root: Path, only: tuple[str, ...], jobs: int, form: str) -> int:
    """Check rules and files on disk, and prove the fleet with kustomize and kubeconform.

    `kustomize build` of every overlay must give the objects that daskgen computed, and each of them must be valid for
    the Kubernetes version of daskgen.yaml.
    """
    return check(root, only, jobs, form)


def check(root: Path, only: Sequence[str], jobs: int, form: str) -> int:
    """Prove the fleet with the programs that will read it."""
    fleet, rendering = render_well(root, only, jobs, form)
    vanished = find_vanished(fleet, root, rendering, only)
    problems = [*rendering.problems, *guards.find_problems(fleet, vanished, rendering)]
    changes = disk.compare(root, rendering.tree, find_rooms(only))
    problems += find_problems(guards.leave_out(changes, vanished))
    names = set(only or rendering.names)
    clusters = [it for file in find_clusters(root)[0] if (it := prepare(fleet, root, file)).name in names]
    operators = find_operators(fleet, only)
    groups = () if only else rendering.groups
    entries = [] if only else find_entry_points(fleet, groups)
    overlays: list[Subject] = [*clusters, *operators, *entries]
    problems += prove(rendering.tree, overlays, fleet.fleet.kubernetes, find_folders(entries, groups))
    say(conclude(problems, count_overlays(len(clusters), len(operators)), fleet.fleet.kubernetes), err=True)
    show(sorted(problems), form, rendering, root)
    return int(has_errors(problems))
