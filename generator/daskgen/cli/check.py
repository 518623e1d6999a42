"""`daskgen check`: check the fleet with kustomize and kubeconform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from daskgen import digests
from daskgen.checks.proved import find_unchanged, prove_fleet
from daskgen.cli._fleet import load_and_render
from daskgen.cli._guard import find_rooms, find_vanished
from daskgen.cli._options import format_option, only_option
from daskgen.cli._pool import Pool, pool_options
from daskgen.cli._progress import follow
from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.findings.problem import Problem, has_errors
from daskgen.outside import disk
from daskgen.outside.git import find_alike
from daskgen.outside.registry import find_digest
from daskgen.render import guards
from daskgen.render.cluster import render_clusters
from daskgen.render.operator import render_operators
from daskgen.render.tree import RenderedFleet
from daskgen.report import conclude
from daskgen.report.changes import find_problems
from daskgen.spec.load import LoadedFleet
from daskgen.words import count_overlays


@click.command("check")
@only_option
@click.option("--changed-since", "since", metavar="REF", help="Prove only clusters that differ from this revision.")
@pool_options
@click.option("--digests", "ask", is_flag=True, help="Also ask registries which digests are behind their tags.")
@format_option
@click.pass_obj
def command(root: Path, only: tuple[str, ...], since: str | None, pool: Pool, ask: bool, form: str) -> int:
    """Check rules, files on disk, and the fleet with kustomize and kubeconform.

    `kustomize build` of every overlay must print the objects that daskgen computed, and each of them must be valid for
    the Kubernetes version of daskgen.yaml. What was proved before, and has not changed since, is not proved again;
    DASKGEN_KEEP=0 proves all.
    """
    fleet, rendered = load_and_render(root, only, pool, form)
    problems = [*rendered.problems, *_compare_with_disk(fleet, root, rendered, only)]
    if ask:
        problems += _ask_registries(fleet, only)
    unchanged = _find_unchanged(fleet, root, rendered, since) if since else ()
    proved = prove_fleet(fleet, rendered, only, unchanged, disk.open_kept(), pool.jobs, follow)
    problems += proved.problems
    overlays = count_overlays(rendered.totals.clusters, rendered.totals.operators)
    say(conclude(problems, overlays, fleet.fleet.kubernetes, proved.before), err=True)
    show(sorted(problems), form, rendered, root)
    return int(has_errors(problems))


def _ask_registries(fleet: LoadedFleet, only: Sequence[str]) -> list[Problem]:
    chosen = [cluster for cluster in render_clusters(fleet) if not only or cluster.name in only]
    operators = render_operators(fleet.settings, only)
    return digests.check(digests.find_tagged(fleet.settings, chosen, operators), find_digest)


def _find_unchanged(fleet: LoadedFleet, root: Path, rendered: RenderedFleet, since: str) -> set[str]:
    """Find the clusters of which a revision has every file alike, those that people write and those rendered."""
    contents = {**fleet.files, **{path: text.encode() for path, text in rendered.tree.items()}}
    return find_unchanged(fleet, rendered, find_alike(root, since, contents))


def _compare_with_disk(
    fleet: LoadedFleet, root: Path, rendered: RenderedFleet, only: Sequence[str]
) -> Iterator[Problem]:
    """Find overlays that would be deleted, and files on disk that differ from what is rendered."""
    vanished = find_vanished(fleet, root, rendered, only)
    yield from guards.find_problems(fleet, vanished, rendered)
    yield from find_problems(guards.leave_out(disk.compare(root, rendered.tree, find_rooms(only)), vanished))
