"""What was proved is not proved again, and whatever changes what a proof depends on has it made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.checks.proved import choose_proofs, find_unchanged, find_unproved, leave_out, list_proofs, prove_fleet
from daskgen.findings.problem import Position, Problem
from daskgen.render.tree import render_fleet
from support.commands import daskgen
from support.fleets import load
from support.revisions import commit, git

FOLDERS = {"overlays/gitops/groups/a": ["one", "two"], "overlays/gitops/argocd": ["gitops/argocd"]}


class Kept(dict[bytes, bytes]):
    """What is kept, in memory."""

    def find(self, keys: list[bytes]) -> dict[bytes, bytes]:
        return {key: self[key] for key in keys if key in self}

    add = dict.update


def prove(root: Path, kept: Kept) -> int:
    """Prove a fleet, and return how many of its clusters were left out."""
    fleet = load(root)
    problems, before = prove_fleet(fleet, render_fleet(fleet), keep=kept)  # type: ignore[arg-type]
    assert problems == []
    return before


@pytest.mark.tools
def test_an_edit_proves_what_it_changes(make_fleet: MakeFleet) -> None:
    kept = Kept()
    root = make_fleet(one=SMALL, two=SMALL, three=SMALL)
    assert [prove(root, kept), prove(root, kept)] == [0, 3]
    make_fleet(two=SMALL + "labels: {team: data}\n")
    assert [prove(root, kept), prove(root, kept)] == [2, 3]
    make_fleet(settings=FLEET + "# another comment\n")
    assert [prove(root, kept), prove(root, kept)] == [0, 3]


@pytest.mark.tools
def test_clusters_that_are_delivered_together_are_proved_together(make_fleet: MakeFleet) -> None:
    kept = Kept()
    settings = FLEET + "delivery: {kind: argocd, repository: 'https://git.example.com/data/fleet.git'}\n"
    root = make_fleet(settings, one=SMALL, two=SMALL, three=SMALL.replace("analytics", "reports"))
    assert [prove(root, kept), prove(root, kept)] == [0, 3]
    make_fleet(settings, two=SMALL + "labels: {team: data}\n")
    assert [prove(root, kept), prove(root, kept)] == [1, 3]
    (root / "clusters/one.yaml").unlink()
    assert prove(root, kept) == 1


def test_the_rest_of_a_folder_is_proved_with_one_of_it() -> None:
    names = ["one", "two", "three"]
    assert find_unproved(names, ["two", "three"], FOLDERS) == {"one", "two"}
    assert find_unproved(names, ["one", "two"], FOLDERS) == {"three"}
    assert find_unproved(["one"], [], FOLDERS) == {"one"}
    assert find_unproved(names, names, FOLDERS) == set()


def test_a_proof_depends_on_the_folder(make_fleet: MakeFleet) -> None:
    fleet = load(make_fleet(one=SMALL, two=SMALL))
    alone, together = (list_proofs(fleet, ["one", "two"], folders) for folders in ({}, FOLDERS))
    assert len({*alone.values(), *together.values()}) == 4


def test_no_proof_is_kept_where_a_problem_was_found() -> None:
    files, proofs = {"one": "clusters/one.yaml", "two": "clusters/two.yaml"}, {"one": b"1", "two": b"2", "three": b"3"}
    problem = Problem(Position("clusters/one.yaml"), "DG503", "is wrong")
    assert choose_proofs(proofs, files, []) == [b"1", b"2"]
    assert choose_proofs(proofs, files, [problem]) == [b"2"]
    assert choose_proofs(proofs, files, [problem._replace(at=Position("daskgen.yaml"))]) == []


@pytest.mark.parametrize(
    ("differing", "unchanged"),
    [
        ((), {"one", "two"}),
        (("clusters/one.yaml",), {"two"}),
        (("overlays/one/kustomization.yaml",), {"two"}),
        (("daskgen.yaml",), set()),
        (("base/",), set()),
        (("schema/cluster.json",), {"one", "two"}),
    ],
)
def test_what_a_revision_has_alike(make_fleet: MakeFleet, differing: tuple[str, ...], unchanged: set[str]) -> None:
    fleet = load(make_fleet(one=SMALL, two=SMALL))
    rendered = render_fleet(fleet)
    alike = {path for path in (*fleet.files, *rendered.tree) if not path.startswith(differing or ("none",))}
    assert find_unchanged(fleet, rendered, alike) == unchanged


def test_overlays_that_are_not_proved_are_not_written() -> None:
    tree = {"base/a/k.yaml": "", "overlays/one/k.yaml": "", "overlays/two/k.yaml": "", "overlays/gitops/a/k.yaml": ""}
    assert list(leave_out(tree, {"one"})) == ["base/a/k.yaml", "overlays/two/k.yaml", "overlays/gitops/a/k.yaml"]


@pytest.mark.tools
def test_the_command_says_what_it_did_not_prove(make_fleet: MakeFleet, tmp_path: Path) -> None:
    root = make_fleet(one=SMALL, two=SMALL)
    git(root, "init", "-q", "-b", "main")
    daskgen("render", root=root)
    commit(root)
    make_fleet(one=SMALL + "labels: {team: data}\n")
    daskgen("render", root=root)
    said = daskgen("check", "--changed-since", "main", root=root).stderr
    assert said.startswith("2 clusters: kustomize builds what is expected")
    assert "1 cluster checked before" in said
    assert "checked before" not in daskgen("check", root=root).stderr
    said = daskgen("check", "--changed-since", "v1", root=root, code=2).stderr
    assert "the repository has no revision v1" in said
