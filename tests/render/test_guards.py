"""What keeps clusters from vanishing by accident, and how one says that they may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import FLEET, SMALL, MakeFleet
from daskgen.cli._pool import Pool
from daskgen.cli._write import render
from support.commands import daskgen, snapshot

NAMESPACE = SMALL.replace("namespace: analytics", "namespace: {name: analytics, create: true}")

CLAIM = "  volumes: [{name: csv, mountPath: /data, persistentVolumeClaim: {claimName: csv-files}}]\n"

OPERATED = "engine: operator\n" + SMALL

OPERATOR = FLEET + "operator: {install: true}\n"


@pytest.fixture
def rendered(make_fleet: MakeFleet) -> Path:
    """A fleet of two clusters on disk, of which `old` is then deleted."""
    root = make_fleet(old=NAMESPACE + CLAIM + "- {name: gpu, replicas: 3}\n", prod=SMALL)
    write(root)
    (root / "clusters/old.yaml").unlink()
    return root


def write(root: Path) -> None:
    assert render(root, (), (), Pool(1), "text") == 0


def rename(root: Path, before: str, after: str) -> None:
    (root / f"clusters/{before}.yaml").rename(root / f"clusters/{after}.yaml")


def find(root: Path) -> list[dict[str, Any]]:
    """What rendering says is wrong."""
    done = daskgen("render", "--format", "json", root=root, code=1)
    found: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    return found


def test_a_cluster_does_not_vanish_by_accident(rendered: Path) -> None:
    before = snapshot(rendered)
    done = daskgen("render", root=rendered, code=1)
    assert snapshot(rendered) == before
    (line,) = done.stdout.splitlines()
    assert line == (
        "overlays/old/kustomization.yaml:1:1: error[DG405]: old would be deleted, with its scheduler and "
        "its workers (default 2, gpu 3); what they hold in memory is lost; so is its namespace, with all that others "
        "have there; PersistentVolumeClaims are deleted with their data, unless volumes are retained: csv-files; "
        "restore its file, or write `renamedFrom: old` in the file of the cluster that replaces it; to delete it, run "
        "`daskgen render --allow-delete old`, or write `removed: [old]` in daskgen.yaml"
    )
    assert done.stderr == "nothing was written: 1 cluster would be deleted, 1 would remain\n"


@pytest.mark.parametrize("arguments", [("--check",), ("--diff",)])
def test_what_compares_says_so_too(rendered: Path, arguments: tuple[str, ...]) -> None:
    done = daskgen("render", *arguments, root=rendered, code=1)
    assert (done.stdout + done.stderr).count("old would be deleted") == 1
    assert "DG403" not in done.stdout


@pytest.mark.tools
def test_check_says_so_too(rendered: Path) -> None:
    said = daskgen("check", root=rendered, code=1).stdout
    assert "error[DG405]: old would be deleted" in said
    assert "DG403" not in said


@pytest.mark.parametrize("way", ["option", "removed", "replaced"])
def test_it_vanishes_when_somebody_says_so(way: str, rendered: Path, make_fleet: MakeFleet) -> None:
    if way == "removed":
        make_fleet(FLEET + "removed: [old, someone-long-gone]\n")
    if way == "replaced":
        make_fleet(new="renamedFrom: old\n" + NAMESPACE)
    daskgen("render", *(("--allow-delete", "old") if way == "option" else ()), root=rendered)
    assert not (rendered / "overlays/old").exists()
    daskgen("render", "--check", root=rendered)


def test_what_does_not_vanish_cannot_be_let_go(rendered: Path) -> None:
    before = snapshot(rendered)
    said = daskgen("render", "--allow-delete", "odl", root=rendered, code=2).stderr
    assert "odl is not deleted; did you mean old?" in said
    for arguments in (("--allow-delete", "prod"), ("--only", "prod", "--allow-delete", "old")):
        assert "is not deleted" in daskgen("render", *arguments, root=rendered, code=2).stderr
    assert snapshot(rendered) == before


def test_one_cluster_is_rendered_while_another_would_vanish(rendered: Path) -> None:
    daskgen("render", "--only", "prod", root=rendered)
    assert (rendered / "overlays/old").is_dir()


def test_a_renamed_file_is_recognized(make_fleet: MakeFleet) -> None:
    root = make_fleet(old=SMALL, other=SMALL.replace("analytics", "lab"))
    write(root)
    rename(root, "old", "new")
    make_fleet(third=SMALL + "  memory: 9Gi\n", far=SMALL.replace("analytics", "lab"))
    (found,) = find(root)
    assert (found["file"], found["line"]) == ("clusters/new.yaml", 1)
    assert found["hint"].startswith("if only its file was renamed, write `name: old` in clusters/new.yaml; if another")
    make_fleet(twin=SMALL)
    (found,) = find(root)
    assert found["file"] == "overlays/old/kustomization.yaml"
    (root / "clusters/new.yaml").write_text("name: old\n" + SMALL, encoding="utf-8")
    write(root)


def test_a_namespace_may_be_held_by_two(make_fleet: MakeFleet) -> None:
    root = make_fleet(old=NAMESPACE)
    write(root)
    rename(root, "old", "new")
    (found,) = find(root)
    assert found["message"].endswith("is lost; its namespace may be deleted, although another overlay also has it")


def test_a_changed_name_is_recognized_at_its_line(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + "name: old\n")
    write(root)
    make_fleet(prod=SMALL + "name: new\n")
    (found,) = find(root)
    assert (found["file"], found["line"], found["code"]) == ("clusters/prod.yaml", 5, "DG405")
    assert "write `name: old` in clusters/prod.yaml" in found["hint"]


def test_a_changed_name_is_recognized_beside_a_twin(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + "name: old\n")
    write(root)
    make_fleet(prod=SMALL + "name: new\n", twin=SMALL)
    (found,) = find(root)
    assert (found["file"], found["line"]) == ("clusters/prod.yaml", 5)


def test_the_first_render_and_a_moved_file_lose_nothing(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    write(root)
    (root / "clusters/team").mkdir()
    (root / "clusters/prod.yaml").rename(root / "clusters/team/prod.yaml")
    write(root)


def test_folders_that_are_not_ours_may_lie_there(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    (root / "overlays/mine").mkdir(parents=True)
    (root / "overlays/mine/kustomization.yaml").write_text("resources: []\n", encoding="utf-8")
    write(root)


def test_what_people_keep_beside_rendered_files_is_left(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    write(root)
    made = (root / "overlays/prod/kustomization.yaml").read_text("utf-8")
    base = root / "base/deployments-kubernetes"
    kept = {
        "overlays/prod/README.md": "Made by daskgen, and described by hand\n",
        "overlays/prod/extra.yaml": "# Not made by daskgen\nkind: ConfigMap\n",
        "overlays/prod/copy.yaml": made,
        **{f"base/mine/{path.name}": path.read_text("utf-8") for path in base.iterdir()},
    }
    for path, text in kept.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    said = daskgen("render", root=root).stderr
    assert "0 removed" in said
    assert "not removed, although they begin like rendered files: overlays/prod/copy.yaml\n" in said
    assert {path: (root / path).read_text("utf-8") for path in kept} == kept
    assert "overlays/prod/copy.yaml:1:1: warning[DG407]" in daskgen("render", "--check", root=root).stdout


@pytest.mark.parametrize(
    "damage",
    ["]", "resources: 5\npatches: [{path: 3}]\n", "[]"],
)
def test_a_damaged_overlay_is_guarded_as_well(damage: str, rendered: Path) -> None:
    for file in ("kustomization.yaml", "worker.yaml"):
        header = (rendered / "overlays/old" / file).read_text("utf-8").splitlines()[0]
        (rendered / "overlays/old" / file).write_text(f"{header}\n{damage}", encoding="utf-8")
    (found,) = find(rendered)
    cost = "with all of its pods; what they hold in memory is lost"
    assert found["message"].startswith(f"old would be deleted, {cost}")


def test_many_are_told_shortly_and_with_a_headline(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL, **{f"old-{index}": SMALL for index in range(12)})
    write(root)
    for index in range(12):
        (root / f"clusters/old-{index}.yaml").unlink()
    done = daskgen("render", root=root, code=1)
    assert len(done.stdout.splitlines()) == 12
    assert max(map(len, done.stdout.splitlines())) < 170
    assert done.stderr.splitlines() == [
        "nothing was written: 12 clusters would be deleted, 1 would remain",
        "there is most likely one common reason: check that daskgen.yaml and clusters/ are complete",
        "to delete them: list `removed: [old-0, old-1, …]` in daskgen.yaml, `renamedFrom: NAME` in a cluster that "
        "replaces one, or `name: NAME` in one whose file has another name",
    ]


def test_ten_are_told_with_a_hint_each(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL, **{f"old-{index}": SMALL for index in range(10)})
    write(root)
    for index in range(10):
        (root / f"clusters/old-{index}.yaml").unlink()
    done = daskgen("render", root=root, code=1)
    assert done.stdout.count("--allow-delete") == 10
    assert done.stderr.splitlines() == ["nothing was written: 10 clusters would be deleted, 1 would remain"]


def test_an_unlike_cluster_in_another_namespace_replaces_none(make_fleet: MakeFleet) -> None:
    root = make_fleet(old=SMALL)
    write(root)
    rename(root, "old", "new")
    (root / "clusters/new.yaml").write_text(SMALL.replace("analytics", "lab"), encoding="utf-8")
    (found,) = find(root)
    assert found["file"] == "overlays/old/kustomization.yaml"


def test_the_operator_and_a_cluster_are_told_in_one_headline(make_fleet: MakeFleet) -> None:
    root = make_fleet(OPERATOR, old=OPERATED, prod=SMALL)
    write(root)
    (root / "clusters/old.yaml").unlink()
    make_fleet(FLEET)
    done = daskgen("render", root=root, code=1)
    assert done.stderr == "nothing was written: 1 cluster and the operator would be deleted, 1 would remain\n"


def test_the_operator_does_not_vanish_by_accident(make_fleet: MakeFleet) -> None:
    root = make_fleet(OPERATOR, prod=OPERATED, plain=SMALL)
    write(root)
    make_fleet(FLEET + "operator:\n  install: false\n")
    (found,) = find(root)
    assert (found["file"], found["line"], found["code"]) == ("daskgen.yaml", 4, "DG406")
    assert found["message"].endswith("; 1 cluster left without it: prod")
    daskgen("render", "--allow-delete", "dask-operator", root=root)


def test_an_operator_without_clusters_does_not_vanish_either(make_fleet: MakeFleet) -> None:
    root = make_fleet(OPERATOR, plain=SMALL)
    write(root)
    make_fleet(FLEET + "operator:\n  install: false\n")
    (found,) = find(root)
    cost = "clusters of its engine are no longer created, scaled or deleted"
    assert found["message"] == f"the operator would be deleted: {cost}"
    go = "run `daskgen render --allow-delete dask-operator`, or write `removed: [dask-operator]` in daskgen.yaml"
    assert (found["line"], found["hint"]) == (4, f"to delete it, {go}")


def test_the_operator_does_not_vanish_with_its_clusters(make_fleet: MakeFleet) -> None:
    root = make_fleet(OPERATOR, prod=OPERATED, plain=SMALL)
    write(root)
    (root / "clusters/prod.yaml").unlink()
    make_fleet(FLEET + "removed: [prod]\n")
    (found,) = find(root)
    assert found["message"].endswith("; deleted with it, and stuck in deletion if it is deleted first: prod")
    assert found["hint"].startswith("delete the clusters of its engine in an earlier merge; ")
