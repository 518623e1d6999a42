"""`daskgen check`: check the fleet with kustomize and kubeconform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from daskgen import digests
from daskgen.checks.proof import prove
from daskgen.cli._fleet import end_if_wrong, load
from daskgen.cli._guard import find_rooms, find_vanished
from daskgen.cli._options import format_option, jobs_option, only_option
from daskgen.cli._say import say
from daskgen.cli._show import show, showing
from daskgen.findings.problem import Problem, has_errors
from daskgen.outside import disk
from daskgen.outside.registry import find_digest
from daskgen.render import guards
from daskgen.render.cluster import render_clusters
from daskgen.render.entry_points import find_entry_points, find_folders
from daskgen.render.operator import render_operators
from daskgen.render.tree import RenderedFleet, combine, write_cluster
from daskgen.report import conclude
from daskgen.report.changes import find_problems
from daskgen.spec.load import LoadedFleet
from daskgen.words import count_overlays


@click.command("check")
@only_option
@jobs_option
@click.option("--digests", "ask", is_flag=True, help="Also ask registries which digests are behind their tags.")
@format_option
@click.pass_obj
def command(root: Path, only: tuple[str, ...], jobs: int, ask: bool, form: str) -> int:
    """Check rules, files on disk, and the fleet with kustomize and kubeconform.

    `kustomize build` of every overlay must print the objects that daskgen computed, and each of them must be valid for
    the Kubernetes version of daskgen.yaml.
    """
    return check(root, only, jobs, form, ask=ask)


def check(root: Path, only: Sequence[str], jobs: int, form: str, *, ask: bool = False) -> int:
    """Check the fleet with kustomize and kubeconform."""
    with showing(form, root):
        fleet = load(root)
    clusters = render_clusters(fleet)
    rendered = combine(fleet, [write_cluster(fleet.settings, cluster) for cluster in clusters], only)
    end_if_wrong(rendered, only, form, root)
    problems = [*rendered.problems, *_compare_with_disk(fleet, root, rendered, only)]
    chosen = [cluster for cluster in clusters if not only or cluster.name in only]
    operators = render_operators(fleet.settings, only)
    groups = () if only else rendered.groups
    entries = [] if only else find_entry_points(fleet.settings, groups)
    version, folders = fleet.fleet.kubernetes, find_folders(entries, groups)
    if ask:
        problems += digests.check(digests.find_tagged(fleet.settings, chosen, operators), find_digest)
    problems += prove(rendered.tree, [*chosen, *operators, *entries], version, folders, jobs)
    say(conclude(problems, count_overlays(len(chosen), len(operators)), version), err=True)
    show(sorted(problems), form, rendered, root)
    return int(has_errors(problems))


def _compare_with_disk(
    fleet: LoadedFleet, root: Path, rendered: RenderedFleet, only: Sequence[str]
) -> Iterator[Problem]:
    """Find overlays that would be deleted, and files on disk that differ from what is rendered."""
    vanished = find_vanished(fleet, root, rendered, only)
    yield from guards.find_problems(fleet, vanished, rendered)
    yield from find_problems(guards.leave_out(disk.compare(root, rendered.tree, find_rooms(only)), vanished))
