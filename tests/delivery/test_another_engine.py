"""An engine is one file: with it, a fleet is rendered, checked and planned for, and no other file knows its name."""

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

OPERATED = "engine: {kind: operator, update: recreate}\n" + SMALL + "- {name: big}\n"

SETTINGS = FLEET + "delivery: {kind: pull, repository: 'https://git.example.com/data/fleet.git'}\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with one more file: an engine like Flux that is called otherwise."""
    home = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, home / "daskgen", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__"))
    flux = (PACKAGE / "delivery" / "flux.py").read_text("utf-8")
    engine = flux.replace('/flux"', '/pull"').replace('"flux"', '"pull"').replace('"Flux"', '"Pull"')
    (home / "daskgen/delivery/pull.py").write_text(engine.replace("class Flux", "class Pull").replace("Flux:", "Pull:"))
    return home


def run(package: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(package)}
    command = [sys.executable, "-m", "daskgen", *words]
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


def commit(root: Path) -> None:
    Repo.init(str(root), default_branch=b"main").close()
    porcelain.add(root, [str(path) for path in root.rglob("*.yaml")])
    porcelain.commit(root, message=b"a fleet", author=b"A <a@example.com>", committer=b"A <a@example.com>")


def test_no_other_file_names_an_engine() -> None:
    """Texts that explain a finding or an option may; what decides or is printed may not."""
    known = {"argocd", "Argo CD", "argoproj", "flux", "Flux", "fluxcd"}
    allowed = ("delivery/", "findings/codes/", "data/")
    named = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not str(path.relative_to(PACKAGE)).startswith(allowed)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if any(word in line for word in known) and not any(it in line for it in ("http", "description="))
    ]
    assert named == []
