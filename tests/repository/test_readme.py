"""What the README shows is what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dulwich import porcelain

from support.places import ROOT

README = (ROOT / "README.md").read_text("utf-8")

EDIT = ("memory: 16Gi", "memory: 24Gi")
MISTAKES = (("memory: 16Gi", "memory: 16GB"), ("spread: required", "spred: required"))
PATCH = """\
patches:
- target: {kind: Deployment, name: worker}
  patch:
    spec:
      template:
        spec:
          runtimeClassNam: gvisor
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    for name in ("clusters", "base", "overlays", "schema"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "daskgen.yaml", tmp_path)
    return tmp_path


def shown(command: str) -> str:
    """What the README shows below a command."""
    match = re.search(rf"```(?:console|diff)\n\$ {re.escape(command)}\n(.*?)```", README, re.DOTALL)
    assert match, command
    return match[1]


def say(root: Path, *words: str) -> str:
    command = [sys.executable, "-m", "daskgen", *words]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout


def edit(root: Path, *changes: tuple[str, str], more: str = "") -> None:
    path = root / "clusters/prod.yaml"
    text = path.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text + more, encoding="utf-8")


def test_the_cluster_is_the_one_in_the_repository() -> None:
    spec = (ROOT / "clusters/prod.yaml").read_text("utf-8").partition("\n")[2]
    assert f"```yaml\n# clusters/prod.yaml\n{spec}```" in README


def test_the_files_that_are_shown_are_a_fleet(tmp_path: Path) -> None:
    (tmp_path / "clusters").mkdir()
    shown_files = re.findall(r"```yaml\n# ([\w/]+\.yaml)\n(.*?)```", README, re.DOTALL)
    for name, text in shown_files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert "1 cluster, 22 objects" in say(tmp_path, "render")
    assert (tmp_path / "overlays/prod/kustomization.yaml").exists()


def test_an_edit(fleet: Path) -> None:
    edit(fleet, EDIT)
    assert say(fleet, "render").splitlines()[1:] == shown("daskgen render # after an edit").splitlines()
    before = (ROOT / "overlays/prod/worker.yaml").read_text("utf-8").splitlines()
    after = (fleet / "overlays/prod/worker.yaml").read_text("utf-8").splitlines()
    lines = [line for line in shown("git diff overlays/").splitlines() if line.startswith(("-  ", "+  "))]
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert lines == [f"{sign}{line}" for pair in changed for sign, line in zip("-+", pair, strict=True)]


def test_what_the_edit_does(fleet: Path) -> None:
    repository = porcelain.init(fleet)
    porcelain.add(repository, [fleet / "daskgen.yaml", fleet / "clusters"])
    porcelain.commit(repository, b"before", author=b"a <a@example.com>", committer=b"a <a@example.com>")
    edit(fleet, EDIT)
    assert say(fleet, "plan", "--base", "HEAD") == shown("daskgen plan --base HEAD")


def test_mistakes(fleet: Path) -> None:
    edit(fleet, *MISTAKES)
    assert say(fleet, "render").startswith(shown("daskgen render"))


def test_a_mistake_in_a_patch(fleet: Path) -> None:
    edit(fleet, more=PATCH)
    assert say(fleet, "render").startswith(shown("daskgen render # of a patch"))
