"""The clusters that docs/volumes.md shows are a fleet without problems."""

from __future__ import annotations

import re
from pathlib import Path

from daskgen.kubernetes.objects import key_of
from support.fleets import read_cluster, render
from support.places import TESTS

DOCS = TESTS.parent / "docs/volumes.md"


def write_shown(folder: Path) -> Path:
    (folder / "clusters").mkdir()
    (folder / "daskgen.yaml").write_text('apiVersion: daskgen/v1\nkubernetes: "1.34"\n', encoding="utf-8")
    for name, text in re.findall(r"```yaml\n# ([\w/]+\.yaml)\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_they_render(tmp_path: Path) -> None:
    rendering = render(write_shown(tmp_path))
    assert rendering.problems == ()
    assert len(rendering.clusters) == 5


def test_workers_read_the_claim_that_the_scheduler_fills(tmp_path: Path) -> None:
    objects = {key_of(body): body for body in read_cluster(write_shown(tmp_path), "csv").objects}
    assert ("PersistentVolumeClaim", "csv-files") in objects
    pods = {name: objects["Deployment", f"csv-{name}"]["spec"]["template"]["spec"] for name in ("scheduler", "worker")}
    for pod in pods.values():
        assert {"name": "files", "persistentVolumeClaim": {"claimName": "csv-files"}} in pod["volumes"]
    mounts = {name: pod["containers"][0]["volumeMounts"][0] for name, pod in pods.items()}
    assert mounts["worker"] == {**mounts["scheduler"], "readOnly": True}
