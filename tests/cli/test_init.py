"""Start fleets and clusters as people do: with flags, and by answering on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import pytest
import yaml

from conftest import SMALL, MakeFleet
from daskgen.starting.files import DELIVERERS, FORGES, PLATFORMS
from daskgen.starting.update import RECORD
from support.commands import daskgen, snapshot

DELIVERED = ["--repository", "https://git.example.com/team/fleet.git"]


@pytest.mark.parametrize(
    ("delivery", "platform", "engine"),
    list(zip(DELIVERERS, cycle(PLATFORMS), cycle(["deployments", "operator"]))),
)
def test_a_new_fleet_renders(tmp_path: Path, platform: str, engine: str, delivery: str) -> None:
    options = ["--platform", platform, "--engine", engine, "--delivery", delivery, *DELIVERED]
    said = daskgen("init", "fleet", *options, root=tmp_path).stderr
    assert "+ clusters/dev.yaml" in said
    assert f"next: cd {tmp_path / 'fleet'}; git init; daskgen render" in said
    done = daskgen("render", root=tmp_path / "fleet")
    assert not done.stdout
    assert (tmp_path / "fleet/overlays/gitops").exists() == (delivery != "none")


@pytest.mark.tools
def test_a_new_fleet_is_valid(tmp_path: Path) -> None:
    daskgen("init", "fleet", "--engine", "operator", "--delivery", "flux", *DELIVERED, root=tmp_path)
    daskgen("new", "nightly", "--kind", "DaskJob", root=tmp_path / "fleet")
    daskgen("render", root=tmp_path / "fleet")
    assert "all of it is valid" in daskgen("check", root=tmp_path / "fleet").stderr


@pytest.mark.parametrize("forge", FORGES)
def test_the_files_of_the_forge(tmp_path: Path, forge: str) -> None:
    daskgen("init", ".", "--forge", forge, "--owners", "@example/platform", root=tmp_path)
    owners = [path for path in tmp_path.rglob("CODEOWNERS") if "* @example/platform" in path.read_text("utf-8")]
    assert len(owners) == (0 if forge == "none" else 1)
    assert (tmp_path / ".gitlab-ci.yml").exists() == (forge == "gitlab")


def test_answers_on_a_terminal(tmp_path: Path) -> None:
    """The first four questions are answered; the rest have defaults."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "daskgen", "-C", str(tmp_path), "init", "fleet"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    os.write(ours, b"openshift\n\nflux\nssh://git@git.example.com/team/fleet.git\n\n\n")
    said = process.communicate(timeout=60)[1].decode()
    os.close(ours)
    assert process.returncode == 0, said
    settings = yaml.safe_load((tmp_path / "fleet/daskgen.yaml").read_text("utf-8"))
    assert settings["defaults"] == {"platform": "openshift"}
    assert settings["delivery"] == {"kind": "flux", "repository": "ssh://git@git.example.com/team/fleet.git"}


def test_delivery_needs_an_address(tmp_path: Path) -> None:
    said = daskgen("init", "fleet", "--delivery", "argocd", root=tmp_path, code=2).stderr
    assert "--delivery argocd needs --repository" in said
    said = daskgen("init", "fleet", "--delivery", "argocd", "--repository", "nowhere", root=tmp_path, code=1).stdout
    assert "is not the address of a repository" in said
    assert not (tmp_path / "fleet").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    said = daskgen("init", "taken/fleet", root=tmp_path, code=2).stderr
    assert "taken/fleet: Not a directory; nothing was written" in said


def test_files_that_exist_stay(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours\n", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    said = daskgen("init", ".", root=tmp_path).stderr
    assert "README.md existed and stayed as it was" in said
    assert f"next: cd {tmp_path}; daskgen render; git add" in said
    assert (tmp_path / "README.md").read_text("utf-8") == "ours\n"
    assert "is a fleet already" in daskgen("init", ".", root=tmp_path, code=2).stderr


def test_an_update_keeps_edits(tmp_path: Path) -> None:
    daskgen("init", ".", root=tmp_path)
    pinned = (tmp_path / "requirements.txt").read_text("utf-8").splitlines()[-1]
    older = (tmp_path / RECORD).read_text("utf-8").replace(f"    {pinned}\n", "    daskgen==0.0.1\n")
    (tmp_path / RECORD).write_text(older, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("# ours\n\n# older\ndaskgen==0.0.1\n", encoding="utf-8")
    before = snapshot(tmp_path)
    said = daskgen("init", "--update", ".", root=tmp_path, code=1).stderr
    assert "requirements.txt: changed by both" in said
    after = snapshot(tmp_path)
    assert b"# ours" in after["requirements.txt"]
    assert pinned.encode() in after["requirements.txt"]
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"requirements.txt", RECORD}


def test_an_update_takes_answers_from_the_fleet(tmp_path: Path) -> None:
    assert "daskgen init` did not make this fleet" in daskgen("init", "--update", ".", root=tmp_path, code=2).stderr
    said = daskgen("init", "--update", ".", "--forge", "gitlab", root=tmp_path, code=2).stderr
    assert "--update takes the answers of .daskgen/init.yaml" in said


def test_a_copy_says_what_is_to_be_edited(make_fleet: MakeFleet) -> None:
    text = SMALL.replace("namespace: analytics", "name: prod # ours\nnamespace: {name: analytics, create: true}")
    root = make_fleet(prod=text)
    done = daskgen("new", "later", "--like", "prod", root=root)
    assert (root / "clusters/later.yaml").read_text("utf-8") == text.replace("name: prod # ours\n", "")
    assert "the creator of namespace analytics is taken" in done.stdout


def test_a_new_cluster_does_not_replace_another(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    assert "clusters/prod.yaml exists already" in daskgen("new", "prod", root=root, code=2).stderr
    assert "did you mean prod?" in daskgen("new", "b", "--like", "prd", root=root, code=2).stderr
    assert "leave out --kind" in daskgen("new", "b", "--like", "prod", "--kind", "DaskJob", root=root, code=2).stderr
    for name in ("B_1", "../b", "-b"):
        assert "is not the name of a cluster" in daskgen("new", "--", name, root=root, code=2).stderr
