"""Scanners find nothing in rendered clusters but what `kubernetes/scanners.py` waives, with a reason in the object."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from daskgen.engine._update import CLUSTER_LABEL
from daskgen.kubernetes.kinds import find_pods
from daskgen.kubernetes.labels import GROUP
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.scanners import SCANNED, WAIVERS, waive
from daskgen.paths import get
from daskgen.render.cluster import render_cluster
from daskgen.render.operator import render_operators
from daskgen.render.overlay import RenderedOverlay
from daskgen.yaml.write import dump_all
from support.fleets import load
from support.places import ROOT

PROGRAMS = ROOT / ".venv/scanners/bin"
"""Where `make scan` installs the scanners."""

FLEETS = [ROOT, *sorted(path.parent for path in ROOT.glob("tests/golden/*/daskgen.yaml"))]

DIGEST = f"@sha256:{'0' * 64}"

Found = set[tuple[str, str, str]]
"""Findings: the file, the object's name, and the check."""

STORAGE, AMOUNTS = "container-ephemeral-storage-request-and-limit", "container-resources"
READ_ONLY = "container-security-context-readonlyrootfilesystem"

THEIRS: Found = {
    *(("containers--containers", "containers-scheduler", check) for check in (STORAGE, AMOUNTS)),
    *(("containers--containers", "containers-worker", check) for check in (STORAGE, AMOUNTS, READ_ONLY)),
    *(("containers--containers-operator", "containers-operator-dask-1", check) for check in (STORAGE, AMOUNTS)),
    *(("operator-job--containers", "containers-dask-0", check) for check in (STORAGE, AMOUNTS)),
    *(("packages--prod", "prod-worker-gpu", check) for check in (STORAGE, AMOUNTS)),
    *(("patches--patched", "patched-worker", check) for check in (STORAGE, AMOUNTS, READ_ONLY)),
    *(("containers--containers", "containers-scheduler", check) for check in ("CKV_K8S_8", "CKV_K8S_9")),
    *(("containers--containers", "containers-worker", check) for check in ("CKV_K8S_8", "CKV_K8S_9", "CKV_K8S_22")),
    *(("containers--containers-operator", "containers-operator-dask-1", check) for check in ("CKV_K8S_8", "CKV_K8S_9")),
    *(("patches--patched", "patched-worker", check) for check in ("CKV_K8S_8", "CKV_K8S_9", "CKV_K8S_22")),
}
"""Findings about containers that people write into specs, and which daskgen does not waive for them."""

OF_USERS: Found = {
    *(("hub--class", f"class-{name}", "networkpolicy-targets-pod") for name in ("clients", "default-deny", "operator")),
    *(
        ("hub--lab", f"lab-{name}", "networkpolicy-targets-pod")
        for name in ("clients", "default-deny", "egress", "monitoring", "operator")
    ),
}
"""Policies for pods of the clusters that a hub's users create."""


@pytest.fixture(scope="session")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the manifests of every golden and example cluster, with their images pinned by digest."""
    folder = tmp_path_factory.mktemp("manifests")
    for root in FLEETS:
        fleet = load(root)
        clusters = [render_cluster(fleet.settings, fleet.read(file)) for file in fleet.clusters]
        overlays: list[RenderedOverlay] = [*render_operators(fleet.settings), *clusters]
        for overlay in overlays:
            objects = [*overlay.objects, *(pod for body in overlay.objects for pod in _stand_in(body))]
            (folder / f"{root.name}--{overlay.name}.yaml").write_text(_pin(dump_all(objects)), encoding="utf-8")
    return folder


def _stand_in(body: Object) -> Iterator[Object]:
    """Return objects like those that the operator creates of a custom resource, which scanners pass over."""
    pods = find_pods(body) if body["kind"] not in SCANNED else ()
    for number, (path, spec) in enumerate(pods):
        meta = body["metadata"]
        labels = {
            **meta["labels"],
            **(get(body, (*path[:-1], "metadata", "labels")) or {}),
            CLUSTER_LABEL: meta["name"],
        }
        template = {"metadata": {"labels": labels}, "spec": spec}
        deployed = {
            "replicas": 2 if GROUP in labels else 1,
            "selector": {"matchLabels": labels},
            "strategy": {"type": "Recreate"},
            "template": template,
        }
        named = {**meta, "name": f"{meta['name']}-{number}", "labels": labels}
        made = waive({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named, "spec": deployed})
        is_job = path[:2] == ("spec", "job")
        yield {**made, "apiVersion": "batch/v1", "kind": "Job", "spec": {"template": template}} if is_job else made


def _pin(text: str) -> str:
    """Write a digest to each image, as `daskgen pin` does."""
    return re.sub(r"(image: [^\s@']+:[^\s@']+)$", rf"\1{DIGEST}", text, flags=re.MULTILINE)


def _run(program: str, *arguments: str) -> Any:
    done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout.startswith(("{", "[")), done.stderr
    return json.loads(done.stdout)


def _show(found: Found) -> str:
    return "\n".join(" ".join(finding) for finding in sorted(found))


def test_kube_score_finds_nothing_of_ours(manifests: Path) -> None:
    files = sorted(map(str, manifests.glob("*.yaml")))
    scored = _run("kube-score", "score", "--kubernetes-version", "v1.34", "--output-format", "json", *files)
    expected = OF_USERS | {finding for finding in THEIRS if not finding[2].startswith("CKV")}
    assert _show(set(_read_scores(scored))) == _show(expected)


def _read_scores(scored: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for each in scored:
        for check in each["checks"]:
            if check["grade"] < 10 and not check["skipped"]:
                yield Path(each["file_name"]).stem, each["object_meta"]["name"], check["check"]["id"]


def test_checkov_finds_nothing_of_ours(manifests: Path) -> None:
    found = _run("checkov", "--directory", str(manifests), "--framework", "kubernetes", "--output", "json", "--compact")
    failed = {
        (Path(each["file_path"]).stem, each["resource"].split(".")[-1], each["check_id"])
        for each in found["results"]["failed_checks"]
    }
    assert _show(failed) == _show({each for each in THEIRS if each[2].startswith("CKV")})
    reasons = {waiver.reason for waiver in WAIVERS if waiver.checkov}
    assert {each["check_result"]["suppress_comment"] for each in found["results"]["skipped_checks"]} == reasons
