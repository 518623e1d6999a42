"""What fleets use in CI, and what docs/ci.md shows of it, is valid and does what is said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.places import ROOT

GITHUB = ROOT / ".github"
REVIEW = GITHUB / "actions/review"
INSTALLED = Path(sysconfig.get_path("scripts"))
SCRIPTS = sorted(GITHUB.glob("actions/*/*.sh"))
PAGE = (ROOT / "docs/ci.md").read_text("utf-8")

SCHEMAS = {
    "workflows": "vendor.github-workflows",
    "actions": "vendor.github-actions",
    "dependabot": "vendor.dependabot",
    "gitlab": "vendor.gitlab-ci",
    "renovate": "vendor.renovate",
}
"""Kind of file to its schema, as check-jsonschema names it."""


def find_shown(kind: str) -> list[str]:
    """What docs/ci.md shows of a kind of file."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
    signs = {"workflows": "^jobs:", "gitlab": "^include:", "dependabot": "^updates:", "renovate": "^{"}
    return [text for _, text in blocks if re.search(signs[kind], text, re.MULTILINE)] if kind in signs else []


def find_files(kind: str, folder: Path) -> list[Path]:
    """Files of a kind in this repository, and those that docs/ci.md shows, written into `folder`."""
    own = {
        "workflows": GITHUB.glob("workflows/*.yaml"),
        "actions": GITHUB.glob("actions/*/action.yaml"),
        "dependabot": [GITHUB / "dependabot.yml"],
        "gitlab": [ROOT / ".gitlab/daskgen.yaml"],
        "renovate": [],
    }
    shown = {
        folder / f"{kind}-{number}.{'json' if kind == 'renovate' else 'yaml'}": text
        for number, text in enumerate(find_shown(kind))
    }
    for path, text in shown.items():
        path.write_text(text, encoding="utf-8")
    return [*own[kind], *shown]


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_files_follow_their_schemas(kind: str, tmp_path: Path) -> None:
    files = find_files(kind, tmp_path)
    done = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[kind], *files)
    assert done.returncode == 0, done.stdout
    assert files


def test_nothing_is_left_to_strangers(tmp_path: Path) -> None:
    shown = tmp_path / ".github/workflows"
    shown.mkdir(parents=True)
    find_files("workflows", shown)
    pinned = [path for path in shown.iterdir() if "OWNER" not in path.read_text("utf-8")]
    done = run(INSTALLED / "zizmor", "--offline", "--no-progress", "--quiet", GITHUB, *pinned)
    assert done.returncode == 0, done.stdout
    assert len(pinned) == 1


def test_shell_scripts_are_sound() -> None:
    done = run(INSTALLED / "shellcheck", *SCRIPTS)
    assert done.returncode == 0, done.stdout
    assert all("set -euo pipefail" in script.read_text("utf-8") for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_python_in_shell_scripts_runs(script: Path) -> None:
    for program in re.findall(r"-c '([^']+)'", script.read_text("utf-8")):
        done = run(sys.executable, "-c", program)
        assert done.returncode == 0, done.stderr


def test_scripts_of_gitlab_are_sound() -> None:
    for job in yaml.safe_load((ROOT / ".gitlab/daskgen.yaml").read_text("utf-8")).values():
        script = "\n".join(job.get("script", []))
        done = run(INSTALLED / "shellcheck", "--shell=sh", "--exclude=SC2086", "-", input=script)
        assert done.returncode == 0, done.stdout


def test_users_write_what_this_repository_does() -> None:
    own = (GITHUB / "workflows/clusters.yaml").read_text("utf-8").partition("name: clusters\n")[2]
    assert (
        find_shown("workflows")[0].replace(
            "OWNER/daskgen/.github/workflows/fleet.yaml@v1", "$/.github/workflows/fleet.yaml"
        )
        == own
    )
    assert len(own.splitlines()) == 5


def test_the_inputs_are_described() -> None:
    inputs = yaml.safe_load((GITHUB / "workflows/fleet.yaml").read_text("utf-8"))[True]["workflow_call"]["inputs"]
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*?) ?\|$", PAGE, re.MULTILINE))
    assert {name: f"`{value['default']}`" for name, value in inputs.items() if value["default"]} == {
        name: rows[name] for name in inputs if rows[name].startswith("`")
    }
    assert set(inputs) <= set(rows)


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A clone of two commits deep, as actions/checkout leaves it: the merge that GitHub would make, and its parents."""
    there, here = tmp_path / "there", tmp_path / "here"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(there))
    for name in ("base", "later"):
        git(there, "commit", "--quiet", "--allow-empty", "--message", name)
    git(there, "checkout", "--quiet", "-b", "branch", "HEAD^")
    git(there, "commit", "--quiet", "--allow-empty", "--message", "edit")
    git(there, "checkout", "--quiet", "-b", "merge", "main")
    git(there, "merge", "--quiet", "--no-ff", "--message", "merge", "branch")
    git(tmp_path, "clone", "--quiet", "--depth=2", "--no-single-branch", "--branch=merge", f"file://{there}", str(here))
    return here


def git(folder: Path, *words: str) -> str:
    """Call git as nobody in particular."""
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]
    done = run("git", *who, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


STAND_IN = """\
#!/usr/bin/env bash
echo "$*" >> calls
while [ "$#" -gt 0 ]; do
  if [ "$1" = --output ] && [ -n "$WRITES" ]; then echo "in full" > "$2"; fi
  shift
done
echo "the comment"
exit "$CODE"
"""


def review(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the action, with a daskgen that notes how it is called and ends with CODE."""
    daskgen = folder / "daskgen"
    daskgen.write_text(STAND_IN, encoding="utf-8")
    daskgen.chmod(0o755)
    own = {"DASKGEN": str(daskgen), "PLAN": str(folder / "plan"), "ROOT": ".", "CODE": "1", "WRITES": "yes"}
    files = {name: str(folder / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    commits = {
        "GITHUB_SHA": git(folder, "rev-parse", "origin/merge"),
        "BASE_SHA": git(folder, "rev-parse", "origin/main"),
    }
    return run(REVIEW / script, cwd=folder, env=os.environ | own | files | commits | variables)


def test_the_base_is_what_the_merge_is_made_onto(pull_request: Path) -> None:
    assert review(pull_request, "base.sh").stdout.strip() == git(pull_request, "rev-parse", "--short=8", "origin/main")


def test_the_base_of_a_branch_is_where_it_left(pull_request: Path) -> None:
    git(pull_request, "fetch", "--quiet", "--unshallow")
    git(pull_request, "checkout", "--quiet", "origin/branch")
    assert review(pull_request, "base.sh").stdout.strip() == git(pull_request, "rev-parse", "--short=8", "origin/main^")


def test_a_clone_without_the_base_says_what_to_do(pull_request: Path) -> None:
    git(pull_request, "fetch", "--quiet", "--depth=1", "origin", "merge")
    done = review(pull_request, "plan.sh")
    assert done.returncode == 2
    assert "check out with fetch-depth: 2, or 0" in done.stderr


@pytest.mark.parametrize(("code", "changed"), [("0", "false"), ("1", "true")])
def test_a_plan_is_no_failure(pull_request: Path, code: str, changed: str) -> None:
    assert review(pull_request, "plan.sh", CODE=code).returncode == 0
    base = git(pull_request, "rev-parse", "--short=8", "origin/main")
    plan = f"-C . plan --base {base} --format markdown --output {pull_request}/plan/plan.md\n"
    assert (pull_request / "calls").read_text() == plan
    assert (pull_request / "GITHUB_OUTPUT").read_text() == f"changed={changed}\nartifact=daskgen-plan\n"
    assert (pull_request / "plan/comment.md").read_text() == "the comment\n"


@pytest.mark.parametrize("variables", [{"CODE": "2"}, {"CODE": "1", "WRITES": ""}])
def test_no_plan_is_a_failure(pull_request: Path, variables: dict[str, str]) -> None:
    done = review(pull_request, "plan.sh", **variables)
    assert done.returncode == 2
    assert "::error title=daskgen::there is no plan" in done.stdout
    assert not (pull_request / "GITHUB_OUTPUT").exists()


def test_every_fleet_has_an_artifact(pull_request: Path) -> None:
    review(pull_request, "plan.sh", ROOT="teams/a")
    assert "artifact=daskgen-plan-teams-a\n" in (pull_request / "GITHUB_OUTPUT").read_text()


@pytest.mark.parametrize(("changed", "options"), [("true", ""), ("false", "--update-only ")])
def test_what_cannot_be_posted_is_in_the_summary(pull_request: Path, changed: str, options: str) -> None:
    assert review(pull_request, "comment.sh", CHANGED=changed, CODE="0").returncode == 0
    assert (pull_request / "calls").read_text() == f"-C . comment {options}{pull_request}/plan/comment.md\n"
    assert (pull_request / "GITHUB_STEP_SUMMARY").read_text() == "the comment\n"
