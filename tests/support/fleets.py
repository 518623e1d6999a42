"""Fleets in a folder, loaded and rendered."""

from __future__ import annotations

from pathlib import Path

from daskgen.outside.files import read_folder
from daskgen.render.cluster import RenderedCluster, render_cluster
from daskgen.render.tree import RenderedFleet, render_fleet
from daskgen.spec.load import LoadedFleet, load_fleet


def load(root: Path) -> LoadedFleet:
    """Load the fleet in a folder."""
    return load_fleet(read_folder(root))


def read_cluster(root: Path, name: str = "prod") -> RenderedCluster:
    """Render the one cluster of clusters/NAME.yaml."""
    fleet = load(root)
    return render_cluster(fleet.settings, fleet.read(f"clusters/{name}.yaml"))


def render(root: Path) -> RenderedFleet:
    """Render a fleet, in this process."""
    return render_fleet(load(root))
