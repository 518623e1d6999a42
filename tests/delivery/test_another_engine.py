"""An engine is one file: with it, a fleet is rendered, checked, planned for and shown, and no other file names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

import daskgen
from conftest import FLEET, SMALL, MakeFleet

PACKAGE = Path(daskgen.__file__).parent

TESTS = Path(__file__).parents[1]

OPERATED = "engine: {kind: operator, update: recreate}\n" + SMALL + "- {name: big}\n"

SETTINGS = FLEET + "delivery: {kind: pull, repository: 'https://git.example.com/data/fleet.git'}\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with one more file: an engine like Flux with a name, a field manager and marks of its own."""
    home = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, home / "daskgen", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__"))
    flux = (PACKAGE / "delivery" / "flux.py").read_text("utf-8")
    engine = flux.replace('/flux"', '/pull"').replace('"flux"', '"pull"').replace('"Flux"', '"Pull"')
    engine = engine.replace('"kustomize.toolkit.fluxcd.io/name', '"pull.example.com/name')
    engine = engine.replace('"kustomize-controller"', '"pull-controller"')
    (home / "daskgen/delivery/pull.py").write_text(engine.replace("class Flux", "class Pull").replace("Flux:", "Pull:"))
    return home


def run(package: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_python(package, root, "-m", "daskgen", *words)


def run_python(package: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(package), str(TESTS)))}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.tools
def test_an_engine_in_one_file_goes_all_the_way(package: Path, make_fleet: MakeFleet) -> None:
    root = make_fleet(SETTINGS, prod=OPERATED, other=SMALL)
    rendered = run(package, root, "render")
    assert rendered.returncode == 0, rendered.stderr
    assert (root / "overlays/gitops/pull/groups/analytics.yaml").is_file()
    assert "engine.update: recreate is for Argo CD, and Pull delivers the cluster" in rendered.stdout
    assert run(package, root, "check").returncode == 0
    commit(root)
    (root / "clusters/other.yaml").unlink()
    (root / "clusters/prod.yaml").write_text(OPERATED.replace("- {name: big}\n", ""), encoding="utf-8")
    planned = run(package, root, "plan", "--base", "HEAD")
    assert planned.returncode == 1, planned.stderr
    assert "workers big; pruned by Pull; its workers hand over" in planned.stdout


DELIVERED = """
from daskgen.cli import _states, status
from support.fleets import read_cluster
from support.recorded import Recorded, run
from pathlib import Path

marks = {"pull.example.com/name": "dask-analytics", "pull.example.com/namespace": "flux-system"}
objects = run(read_cluster(Path(".")))
for body in objects:
    body["metadata"]["labels"] |= marks
    body["metadata"]["managedFields"] = [{"manager": "pull-controller", "operation": "Apply"}]
meta = {"name": "dask-analytics", "namespace": "flux-system", "generation": 1}
ready = {"type": "Ready", "status": "True", "message": "Applied"}
told = {"observedGeneration": 1, "lastAppliedRevision": "main@sha1:c0ffee", "conditions": [ready]}
objects.append({"kind": "Kustomization", "metadata": meta, "spec": {}, "status": told})

async def connect(context):
    return Recorded(objects)

_states.connect = connect
raise SystemExit(status.status(Path("."), (), None, "text", drift=True))
"""
"""Shows the status of a fleet of one cluster that the engine has delivered, as a recorded Kubernetes has it."""


def test_status_asks_an_engine_in_one_file_and_knows_its_marks(package: Path, make_fleet: MakeFleet) -> None:
    shown = run_python(package, make_fleet(SETTINGS, prod=SMALL), "-c", DELIVERED)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    cluster, engine = (shown.stdout.splitlines()[index] for index in (1, -1))
    assert cluster.split()[:3] == ["prod", "analytics", "ready"]
    assert cluster.endswith("none")
    assert engine == "Pull: Kustomization flux-system/dask-analytics: ready at main@sha1:c0ffee"


def commit(root: Path) -> None:
    Repo.init(str(root), default_branch=b"main").close()
    porcelain.add(root, [str(path) for path in root.rglob("*.yaml")])
    porcelain.commit(root, message=b"a fleet", author=b"A <a@example.com>", committer=b"A <a@example.com>")


def test_no_other_file_names_an_engine() -> None:
    """Texts that explain a finding or an option may, and groups of the API; what decides or is printed may not."""
    known = {"argocd", "Argo CD", "argoproj", "flux", "Flux", "fluxcd"}
    allowed = ("delivery/", "findings/codes/", "data/")
    named = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not str(path.relative_to(PACKAGE)).startswith(allowed)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if any(word in line for word in known)
        and not any(name in line for name in ("http", "description=", ".toolkit."))
    ]
    assert named == []
