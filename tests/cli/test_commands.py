"""The commands, as people and machines call them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

import daskgen.cli as daskgen_cli
from conftest import FLEET, SMALL, MakeFleet
from daskgen.cli import COMMANDS, cli
from daskgen.findings.problem import Position, Problem, ToolError
from daskgen.render.tree import render_fleet
from daskgen.report.gitlab import format_gitlab
from support.commands import daskgen, snapshot
from support.fleets import load
from support.places import ROOT


def test_the_list_of_commands_says_what_each_command_says() -> None:
    context = click.Context(cli)
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert {name: command and command.get_short_help_str(100) for name, command in commands.items()} == {
        name: entry.summary for name, entry in COMMANDS.items()
    }
    modules = {path.stem for path in Path(daskgen_cli.__file__).parent.glob("[!_]*.py")}
    assert modules | {"import_"} == {entry.module for entry in COMMANDS.values()}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_no_command(option: str) -> None:
    program = (
        f"import sys, daskgen.cli\nsys.argv[1:] = [{option!r}]\ntry: daskgen.cli.main()\nfinally: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *_, modules = done.stdout.splitlines()
    loaded = set(modules.split())
    assert "daskgen.cli" in loaded
    assert not loaded & {"pydantic", "yaml", *(f"daskgen.cli.{entry.module}" for entry in COMMANDS.values())}


def test_a_misspelt_command_is_suggested(tmp_path: Path) -> None:
    assert "no command is named rendr; did you mean render?" in daskgen("rendr", root=tmp_path, code=2).stderr
    assert "commands: certs, check, comment, connect" in daskgen("xyzzy", root=tmp_path, code=2).stderr


def test_this_repository_holds_what_its_spec_gives() -> None:
    daskgen("render", "--check", root=ROOT)


def test_render_writes_and_sums_up(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    said = daskgen("render", root=root).stderr
    assert "+ overlays/prod/kustomization.yaml" in said
    assert "1 cluster, 11 objects: 2 workers, 3 cores, 10Gi of memory requested" in said
    assert "next: git diff; daskgen check" in said
    assert "9 written, 0 removed, 0 unchanged" in said
    again = daskgen("render", root=root).stderr
    assert "0 written, 0 removed, 9 unchanged" in again


@pytest.mark.parametrize(
    ("field", "before", "after", "file", "lines"),
    [
        ("memory", "8Gi", "16Gi", "worker.yaml", ["            memory: 16Gi"] * 2),
        ("cpu", "2", "3", "worker.yaml", ["            cpu: '3'"] * 2),
        ("threads", "2", "3", "worker.yaml", ["          value: '3'"]),
        ("gracePeriod", "700", "900", "worker.yaml", ["      terminationGracePeriodSeconds: 900"]),
    ],
)
def test_one_number_is_one_or_two_lines_of_one_file(
    make_fleet: MakeFleet, field: str, before: str, after: str, file: str, lines: list[str]
) -> None:
    root = make_fleet(prod=f"{SMALL}  {field}: {before}\n")
    daskgen("render", root=root)
    make_fleet(prod=f"{SMALL}  {field}: {after}\n")
    diff = daskgen("render", "--diff", root=root, code=1).stdout.splitlines()
    assert [line for line in diff if line.startswith("+++")] == [f"+++ b/overlays/prod/{file}"]
    assert [line[1:] for line in diff if line.startswith("+") and not line.startswith("+++")] == lines


def test_replicas_are_one_line(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    daskgen("render", root=root)
    make_fleet(prod=SMALL.replace("replicas: 2", "replicas: 3"))
    diff = daskgen("render", "--diff", root=root, code=1).stdout.splitlines()
    assert [line for line in diff if line.startswith("+")] == ["+++ b/overlays/prod/kustomization.yaml", "+  count: 3"]


def test_check_names_each_file_and_why(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL, old=SMALL)
    daskgen("render", root=root)
    make_fleet(FLEET + "removed: [old]\n")
    (root / "clusters/old.yaml").unlink()
    (root / "overlays/prod/kustomization.yaml").unlink()
    (root / "base/deployments-kubernetes/worker.yaml").write_text("# Made by daskgen, the same in every fleet.\n")
    before = snapshot(root)
    done = daskgen("render", "--check", root=root, code=1)
    assert [line.partition(";")[0] for line in done.stdout.splitlines()] == [
        "base/deployments-kubernetes/worker.yaml:1:1: error[DG402]: the file differs from what is rendered",
        "overlays/old/kustomization.yaml:1:1: error[DG403]: the file is stale: it is not rendered any more",
        "overlays/prod/kustomization.yaml:1:1: error[DG401]: the rendered file is missing",
    ]
    assert "1 missing, 1 changed, 1 stale" in done.stderr
    assert snapshot(root) == before


def test_a_wrong_spec_writes_nothing(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL, broken=SMALL + "wrkers: []\n")
    before = snapshot(root)
    assert "clusters/broken.yaml:5:1: error[DG101]" in daskgen("render", root=root, code=1).stdout
    assert snapshot(root) == before


def test_stdout_prints_what_kubectl_applies(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    objects = list(yaml.safe_load_all(daskgen("render", "--stdout", "prod", root=root).stdout))
    assert [body["metadata"]["name"] for body in objects if body["kind"] == "Deployment"] == [
        "prod-scheduler",
        "prod-worker",
    ]
    assert all(body["metadata"]["namespace"] == "analytics" for body in objects)
    assert not (root / "overlays").exists()


def test_only_renders_and_compares_one_cluster(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL, dev=SMALL)
    daskgen("render", "--only", "prod", root=root)
    assert sorted(path.name for path in (root / "overlays").iterdir()) == ["prod"]
    daskgen("render", "--check", "--only", "prod", root=root)
    daskgen("render", "--check", root=root, code=1)


@pytest.mark.parametrize(
    "arguments", [("render", "--only", "prdo"), ("render", "--stdout", "prdo"), ("check", "--only", "prdo")]
)
def test_an_unknown_name_is_wrong_usage(make_fleet: MakeFleet, arguments: tuple[str, ...]) -> None:
    done = daskgen(*arguments, root=make_fleet(prod=SMALL), code=2)
    assert "no cluster is named prdo; did you mean prod?" in done.stderr


NO_FLEET = "daskgen.yaml:1:1: error[DG030]: "


def test_an_empty_folder_is_no_fleet(tmp_path: Path) -> None:
    assert daskgen("render", root=tmp_path, code=1).stdout == (
        f"{NO_FLEET}{tmp_path} has no daskgen.yaml; to use a fleet, pass its folder with `daskgen -C`; "
        "to create one, run `daskgen init FOLDER`\n"
    )


def test_clusters_without_settings_need_one_line(tmp_path: Path) -> None:
    (tmp_path / "clusters").mkdir()
    (tmp_path / "clusters/prod.yaml").write_text(SMALL)
    said = daskgen("check", root=tmp_path, code=1).stdout
    assert (
        said == f"{NO_FLEET}{tmp_path} has no daskgen.yaml; write daskgen.yaml with the line `apiVersion: daskgen/v1`\n"
    )
    (tmp_path / "daskgen.yaml").write_text("apiVersion: daskgen/v1\n")
    daskgen("render", root=tmp_path)


@pytest.mark.parametrize("folder", ["clusters", "overlays/prod"])
@pytest.mark.parametrize("words", [("render",), ("plan",), ("connect", "prod"), ("explain", "prod", "image")])
def test_a_folder_inside_a_fleet_is_told_which(folder: str, words: tuple[str, ...], make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    (root / folder).mkdir(parents=True, exist_ok=True)
    done = daskgen(*words, root=root / folder, code=2 if words == ("plan",) else 1)
    assert "the fleet is in a parent folder: run `daskgen -C " in done.stdout + done.stderr
    assert f"{root.name}`" in done.stdout + done.stderr


def test_a_folder_above_fleets_is_told_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcde":
        (tmp_path / name).mkdir()
        (tmp_path / name / "daskgen.yaml").write_text(FLEET)
    monkeypatch.chdir(tmp_path)
    said = daskgen("render", root=Path(), code=1).stdout
    assert said.endswith("fleets are in subfolders: a, b, c and 2 more; run `daskgen -C a`\n")


def test_a_file_or_nothing_is_no_folder(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    assert "is a file" in daskgen("render", root=root / "daskgen.yaml", code=2).stderr
    assert "; the folder does not exist\n" in daskgen("render", root=root / "nowhere", code=1).stdout


def test_waivers_are_shown(make_fleet: MakeFleet) -> None:
    waiver = "network: {isolation: false}\nwaive: [{rule: DG309, reason: policies come from elsewhere}]\n"
    assert "reason: policies come from elsewhere" in daskgen("render", root=make_fleet(prod=SMALL + waiver)).stdout


def test_machines_get_formats_of_their_own(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL + "a: 1\nb: 2\n")
    found = json.loads(daskgen("render", "--format", "json", root=root, code=1).stdout)
    assert [
        (problem["file"], problem["line"], problem["column"], problem["code"]) for problem in found["problems"]
    ] == [
        ("clusters/prod.yaml", 5, 1, "DG101"),
        ("clusters/prod.yaml", 6, 1, "DG101"),
    ]
    annotations = daskgen("render", "--format", "github", root=root, code=1).stdout.splitlines()
    assert annotations[0].startswith("::error file=clusters/prod.yaml,line=5,col=1,title=DG101::a is not a field")
    run = json.loads(daskgen("render", "--format", "sarif", root=root, code=1).stdout)["runs"][0]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 5, "startColumn": 1}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["DG101"]


def test_gitlab_gets_a_code_quality_report(make_fleet: MakeFleet) -> None:
    root = make_fleet(
        prod=SMALL + "waive: [{rule: DG309, reason: policies come from elsewhere}]\nnetwork: {isolation: false}\n"
    )
    [waived] = json.loads(daskgen("render", "--format", "gitlab", root=root).stdout)
    assert waived["severity"] == "info"
    assert waived["description"].endswith("; waived: policies come from elsewhere")
    (root / "clusters/prod.yaml").write_text(SMALL + "a: 1\n")
    [before] = json.loads(daskgen("render", "--format", "gitlab", root=root, code=1).stdout)
    assert before["location"] == {"path": "clusters/prod.yaml", "lines": {"begin": 5}}
    assert (before["check_name"], before["severity"]) == ("DG101", "major")
    (root / "clusters/prod.yaml").write_text("# another line\n" + SMALL + "a: 1\n")
    [after] = json.loads(daskgen("render", "--format", "gitlab", root=root, code=1).stdout)
    assert (after["location"]["lines"]["begin"], after["fingerprint"]) == (6, before["fingerprint"])


def test_gitlab_tells_like_findings_apart() -> None:
    problem = Problem(Position("clusters/prod.yaml"), "DG101", "a is not a field")
    issues = json.loads(format_gitlab([problem, problem._replace(at=Position("clusters/prod.yaml", 9))]))
    assert len({issue["fingerprint"] for issue in issues}) == 2


def test_machines_get_formats_where_a_fleet_cannot_be_loaded(make_fleet: MakeFleet) -> None:
    root = make_fleet("kubernetes: 1.34\n", prod=SMALL)
    for command in ("render", "check"):
        [issue] = json.loads(daskgen(command, "--format", "gitlab", root=root, code=1).stdout)
        assert issue["location"]["path"] == "daskgen.yaml"


def test_forges_get_paths_from_the_repository(make_fleet: MakeFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_fleet(prod=SMALL + "a: 1\n")
    monkeypatch.chdir(root.parent)
    paths = {"github": f"file={root.name}/clusters/prod.yaml,", "gitlab": f'"{root.name}/clusters/prod.yaml"'}
    for form, path in paths.items():
        assert path in daskgen("render", "--format", form, root=Path(root.name), code=1).stdout
    assert daskgen("render", root=Path(root.name), code=1).stdout.startswith("clusters/prod.yaml:5:1")


def test_every_code_is_explained(make_fleet: MakeFleet) -> None:
    root = make_fleet()
    assert daskgen("explain", "dg301", root=root).stdout.startswith("DG301: open scheduler\n\n")
    assert "did you mean DG3" in daskgen("explain", "DG30", root=root, code=2).stderr
    assert len(daskgen("explain", root=root).stdout.splitlines()) > 40


@pytest.mark.tools
def test_check_proves_the_fleet(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    daskgen("render", root=root)
    assert "1 cluster: kustomize builds what is expected" in daskgen("check", root=root).stderr


def test_rendering_leads_findings_back_to_what_was_written(make_fleet: MakeFleet) -> None:
    patch = """\
patches:
- target: {kind: Deployment, name: worker}
  patch:
    spec:
      template:
        spec:
          runtimeClassNam: gvisor
- target: {kind: Deployment, name: scheduler}
  patch: [{op: add, path: /spec/template/spec/hostname, value: 5}]
"""
    said = daskgen("render", root=make_fleet(prod=SMALL + patch), code=1).stdout
    assert "clusters/prod.yaml:11:11: error[DG503]: Deployment worker: spec.template.spec.runtimeClassNam is no" in said
    assert "clusters/prod.yaml:13:64: error[DG503]: Deployment scheduler: spec.template.spec.hostname must be t" in said
    said = daskgen("render", root=make_fleet(prod=SMALL + "scheduler:\n  affinity: {nodeAfinity: {}}\n"), code=1).stdout
    assert "clusters/prod.yaml:6:14: error[DG101]: scheduler.affinity.nodeAfinity is not a field; did you mean" in said


@pytest.mark.tools
def test_check_sees_an_overlay_that_was_edited(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    daskgen("render", root=root)
    with (root / "overlays/prod/kustomization.yaml").open("a") as file:
        file.write("nameSuffix: -x\n")
    assert "overlays/prod/kustomization.yaml:1:1: error[DG402]" in daskgen("check", root=root, code=1).stdout


def test_a_missing_tool_is_named_with_the_way_to_get_it(make_fleet: MakeFleet, tmp_path: Path) -> None:
    root = make_fleet(prod=SMALL)
    daskgen("render", root=root)
    env = {"PATH": "/nonexistent", "DASKGEN_CACHE": str(tmp_path / "cache"), "DASKGEN_OFFLINE": "1"}
    said = daskgen("check", root=root, env=env, code=2).stderr
    assert "5.8.1 is needed" in said or "0.7.0 is needed" in said
    assert "DASKGEN_OFFLINE is set" in said
    assert "such as by `go install " in said


SETTINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8"},
]


def test_the_same_bytes_everywhere(make_fleet: MakeFleet) -> None:
    golden = {path.stem: path.read_text("utf-8") for path in (ROOT / "tests/golden").glob("*/clusters/*.yaml")}
    plain = {name: text for name, text in golden.items() if "profile" not in text and name not in {"patched", "sealed"}}
    many = {f"c{index}": SMALL + f"  env: {{NAME: 'é{index}😀'}}\n" for index in range(150)}
    root = make_fleet(FLEET, **plain, **many)
    # Some need settings of their own, or claim what another one does.
    for problem in render_fleet(load(root)).problems:
        if problem.severity == "error":
            (root / problem.at.file).unlink(missing_ok=True)
    trees = []
    for settings, jobs in zip(SETTINGS, ("1", "2", "3"), strict=True):
        for path in ("base", "overlays", "schema"):
            shutil.rmtree(root / path, ignore_errors=True)
        daskgen("render", "--jobs", jobs, root=root, env=settings)
        trees.append(snapshot(root))
    assert trees[0] == trees[1] == trees[2]
    assert len(trees[0]) > 700


def test_what_is_no_cluster_is_named(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod=SMALL)
    for name in ("README.md", ".gitkeep", "prod.yaml~"):
        (root / "clusters" / name).write_text("", encoding="utf-8")
    said = daskgen("render", root=root).stderr
    assert "ignored: clusters/.gitkeep, clusters/README.md, clusters/prod.yaml~\n" in said
    (root / "clusters/b.yaml").symlink_to("prod.yaml")
    done = daskgen("render", root=root, code=1)
    assert done.stdout.startswith("clusters/b.yaml:1:1: error[DG013]: is a symbolic link, not a file or a folder; ")


def test_a_message_of_several_lines_keeps_them_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ToolError("kustomize is needed:", "  - a\n::error::b\x1b[31m")

    monkeypatch.setattr(click.Group, "main", fail)
    with pytest.raises(SystemExit, match="2"):
        cli.main(["tools"])
    assert capsys.readouterr().err == "daskgen: kustomize is needed:\n  - a\\n::error::b\\u001b[31m\n"
