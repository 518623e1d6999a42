"""Compare the fleet with that of a Git revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from daskgen.cli._fleet import choose_overlays, refuse_name
from daskgen.findings.problem import ProblemsError
from daskgen.outside.files import FLEET_FILE
from daskgen.outside.git import Revision, read_revision
from daskgen.plan.fleet import Side, make_side, plan_fleet
from daskgen.plan.plans import Plan
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay
from daskgen.spec.load import LoadedFleet, load_fleet

Overlays = Sequence[RenderedOverlay]


def compare(fleet: LoadedFleet, root: Path, only: Sequence[str], base: str | None) -> Plan:
    """Plan what merging the fleet at `root` does, against a Git revision. Raises `ProblemsError`."""
    revision = read_revision(root, base)
    overlays = choose_overlays(fleet)
    before = _find_before(revision, _find_unchanged(revision, fleet, overlays))
    known = sorted({overlay.name for overlay in [*before.overlays, *overlays]})
    for name in {*only} - {*known}:
        refuse_name(name, known)
    plans = plan_fleet(before, make_side(fleet.fleet, overlays))
    chosen = tuple(plan for plan in plans if not only or plan.name in only)
    return Plan(revision.name, chosen, prices=fleet.fleet.prices)


def _find_unchanged(revision: Revision, fleet: LoadedFleet, overlays: Overlays) -> Mapping[str, RenderedCluster]:
    """Find the clusters, by file, whose own file and daskgen.yaml are the same as in the revision."""
    same = {file for file, data in revision.files.items() if fleet.files.get(file) == data}
    clusters = (overlay for overlay in overlays if isinstance(overlay, RenderedCluster))
    return {cluster.written.file: cluster for cluster in clusters if {cluster.written.file, FLEET_FILE} <= same}


def _find_before(revision: Revision, unchanged: Mapping[str, RenderedCluster]) -> Side:
    if FLEET_FILE not in revision.files:
        return Side()
    try:
        fleet = load_fleet(revision.files)
        return make_side(fleet.fleet, choose_overlays(fleet, (), unchanged))
    except ProblemsError as error:
        places = [
            problem._replace(at=problem.at._replace(file=f"{revision.name}:{problem.at.file}"))
            for problem in error.problems
        ]
        raise ProblemsError(places) from None
