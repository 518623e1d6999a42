"""The clusters that docs/scaling.md shows are a fleet without problems, and have the workers that it says."""

from __future__ import annotations

from pathlib import Path

from support.docs import write_shown
from support.fleets import read_cluster, render


def test_they_render(tmp_path: Path) -> None:
    rendering = render(write_shown("scaling.md", tmp_path))
    assert rendering.problems == ()
    assert len(rendering.clusters) == 4


def test_least_and_most_workers_of_each(tmp_path: Path) -> None:
    root = write_shown("scaling.md", tmp_path)
    found = {name: find_bounds(root, name) for name in ("follows", "office", "late", "paused")}
    assert found == {"follows": (0, 8), "office": (0, 4), "late": (0, 12), "paused": (0, 0)}


def find_bounds(root: Path, name: str) -> tuple[int, int]:
    """Return what the ScaledObject of a cluster says, else the replicas of its workers twice."""
    bodies = {body["kind"]: body["spec"] for body in read_cluster(root, name).objects if is_of_workers(body)}
    if scaled := bodies.get("ScaledObject"):
        return scaled["minReplicaCount"], scaled["maxReplicaCount"]
    return (bodies["Deployment"]["replicas"],) * 2


def is_of_workers(body: dict[str, object]) -> bool:
    return str(body["metadata"]["name"]).endswith("-worker")  # type: ignore[index]
