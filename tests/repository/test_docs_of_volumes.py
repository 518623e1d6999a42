"""The clusters that docs/volumes.md shows are a fleet without problems."""

from __future__ import annotations

from pathlib import Path

from daskgen.kubernetes.objects import key_of
from support.docs import write_shown
from support.fleets import read_cluster, render


def test_they_render(tmp_path: Path) -> None:
    rendering = render(write_shown("volumes.md", tmp_path))
    assert rendering.problems == ()
    assert len(rendering.clusters) == 5


def test_workers_read_the_claim_that_the_scheduler_fills(tmp_path: Path) -> None:
    objects = {key_of(body): body for body in read_cluster(write_shown("volumes.md", tmp_path), "csv").objects}
    assert ("PersistentVolumeClaim", "csv-files") in objects
    pods = {name: objects["Deployment", f"csv-{name}"]["spec"]["template"]["spec"] for name in ("scheduler", "worker")}
    for pod in pods.values():
        assert {"name": "files", "persistentVolumeClaim": {"claimName": "csv-files"}} in pod["volumes"]
    mounts = {name: pod["containers"][0]["volumeMounts"][0] for name, pod in pods.items()}
    assert mounts["worker"] == {**mounts["scheduler"], "readOnly": True}
