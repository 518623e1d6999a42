"""What fleets use in CI, and what docs/ci.md shows of it, is valid and does what is said."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from regress import Regex

from daskgen.parts.image import read_reference

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
REVIEW = GITHUB / "actions/review"
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
    pinned = [it for it in shown.iterdir() if "OWNER" not in it.read_text("utf-8")]
    done = run("zizmor", "--offline", "--no-progress", "--quiet", GITHUB, *pinned)
    assert done.returncode == 0, done.stdout
    assert len(pinned) == 1


def test_shell_scripts_are_sound() -> None:
    done = run("shellcheck", *SCRIPTS)
    assert done.returncode == 0, done.stdout
    assert all("set -euo pipefail" in it.read_text("utf-8") for it in SCRIPTS)


def test_scripts_of_gitlab_are_sound() -> None:
    for job in yaml.safe_load((ROOT / ".gitlab/daskgen.yaml").read_text("utf-8")).values():
        script = "\n".join(job.get("script", []))
        done = run("shellcheck", "--shell=sh", "--exclude=SC2086", "-", input=script)
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
    assert {name: f"`{it['default']}`" for name, it in inputs.items() if it["default"]} == {
        name: rows[name] for name in inputs if rows[name].startswith("`")
    }
    assert set(inputs) <= set(rows)


DIGEST, NEW_DIGEST = "sha256:" + "0" * 64, "sha256:" + "1" * 64

CONFIGURATION = json.loads(find_shown("renovate")[0])
AS_TEXT, AS_MAP = CONFIGURATION["customManagers"]


def find_images(manager: dict[str, Any], text: str) -> list[dict[str, str]]:
    """The groups that Renovate finds, and as "all" the text that it replaces (lib/modules/manager/custom/regex)."""
    found = [{"all": text}]
    for expression in manager["matchStrings"]:
        found = [groups for piece in found for groups in find_groups(expression, piece["all"])]
    return found


def find_groups(expression: str, text: str) -> Iterator[dict[str, str]]:
    """The groups of every match, by an engine for JavaScript's expressions, which counts in bytes."""
    content = text.encode()
    for match in Regex(expression).find_iter(text) or ():
        names = [name for name in GROUPS if f"<{name}>" in expression]
        places = {"all": match.group(0), **{name: match.named_group(name) for name in names}}
        yield {name: content[place].decode() for name, place in places.items() if place}


GROUPS = ("depName", "currentValue", "currentDigest")


def name_parts(reference: str) -> dict[str, str]:
    """What Renovate is to find of a reference."""
    name, tag, digest = read_reference(reference).values()
    return {"depName": name, "currentValue": tag, **({"currentDigest": digest} if digest else {})}


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("image: ghcr.io/dask/dask:2026.8.0-py3.11\n", "ghcr.io/dask/dask:2026.8.0-py3.11"),
        ("namespace: team\nimage: 'dask:1'\n", "dask:1"),
        (
            f'image:  "registry.example.com:5000/a/dask:1.2@{DIGEST}" # pinned\n',
            f"registry.example.com:5000/a/dask:1.2@{DIGEST}",
        ),
        ("defaults:\n  image: ghcr.io/dask/dask:2026.8.0\n", "ghcr.io/dask/dask:2026.8.0"),
        ("profiles: {gpu: {image: dask:1, platform: openshift}}\n", "dask:1"),
        ("      containers:\n      - image: example.com/proxy:3\n", "example.com/proxy:3"),
    ],
)
def test_renovate_finds_images_that_are_text(text: str, reference: str) -> None:
    assert find_images(AS_TEXT, text) == [{"all": reference, **name_parts(reference)}]
    assert find_images(AS_MAP, text) == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (
            "image:\n  name: ghcr.io/dask/dask\n  tag: 2026.8.0-py3.12\n  pullSecrets: [registry]\n",
            "ghcr.io/dask/dask:2026.8.0-py3.12",
        ),
        ("image: {name: ghcr.io/dask/dask, tag: 2026.8.0, pullSecrets: [registry]}\n", "ghcr.io/dask/dask:2026.8.0"),
        (
            f"defaults:\n  image:\n    name: \"a:5000/dask\"\n    tag: '1.10'\n    digest: {DIGEST}\n",
            f"a:5000/dask:1.10@{DIGEST}",
        ),
    ],
)
def test_renovate_finds_images_that_are_maps(text: str, reference: str) -> None:
    [found] = find_images(AS_MAP, text)
    assert {name: found[name] for name in found if name != "all"} == name_parts(reference)
    assert find_images(AS_TEXT, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "# image: ghcr.io/dask/dask:2026.8.0\n",
        "workers: # image: dask:1\n",
        "image: ghcr.io/dask/dask\n",
        f"image: ghcr.io/dask/dask@{DIGEST}\n",
        "pullimage: dask:1\n",
        "operator: {image: {name: registry.example.com/mirror/operator}}\n",
    ],
)
def test_renovate_leaves_other_text_alone(text: str) -> None:
    assert find_images(AS_TEXT, text) + find_images(AS_MAP, text) == []


def test_renovate_changes_nothing_but_tag_and_digest() -> None:
    text = f'image: "ghcr.io/dask/dask:2026.8.0@{DIGEST}" # pinned\n'
    [found] = find_images(AS_TEXT, text)
    template = AS_TEXT["autoReplaceStringTemplate"].replace("{{#if newDigest}}", "").replace("{{/if}}", "")
    values = {"depName": found["depName"], "newValue": "2026.9.0", "newDigest": NEW_DIGEST}
    new = re.sub(r"\{\{\{(\w+)\}\}\}", lambda match: values[match[1]], template)
    assert text.replace(found["all"], new) == text.replace("2026.8.0", "2026.9.0").replace(DIGEST, NEW_DIGEST)


def find_specs() -> list[Path]:
    """The specs of this repository and of its golden fleets."""
    return [*ROOT.glob("clusters/*.yaml"), *ROOT.glob("tests/golden/*/clusters/*.yaml")]


def test_renovate_finds_the_images_of_real_specs() -> None:
    """All of them, but where the map has no tag."""
    for path in find_specs():
        image = yaml.safe_load(path.read_text("utf-8")).get("image")
        if isinstance(image, str) or (image or {}).get("tag"):
            reference = image if isinstance(image, str) else f"{image['name']}:{image['tag']}"
            found = find_images(AS_MAP if isinstance(image, dict) else AS_TEXT, path.read_text("utf-8"))
            assert name_parts(reference).items() <= found[0].items(), path
    assert len(find_specs()) > 30


def test_renovate_reads_specs_and_nothing_rendered() -> None:
    patterns = [it.strip("/") for it in AS_TEXT["managerFilePatterns"]]
    assert patterns == [it.strip("/") for it in AS_MAP["managerFilePatterns"]]
    files = [it.relative_to(ROOT).as_posix() for it in ROOT.rglob("*.yaml") if it.parts[len(ROOT.parts)] in ROOMS]
    read = {it for it in files if any(Regex(pattern).find(it) for pattern in patterns)}
    assert read == {"daskgen.yaml", *(it for it in files if it.startswith("clusters/"))}


ROOMS = ("base", "clusters", "daskgen.yaml", "overlays", "schema")


def test_what_dependabot_would_edit_is_not_what_dask_runs() -> None:
    """docs/ci.md says that it reads `image`, and finds none that names a version."""
    texts = [it.read_text("utf-8") for room in ("base", "overlays") for it in ROOT.glob(f"{room}/**/*.yaml")]
    assert {name for text in texts for name in re.findall(r"image: (\S+)", text)} == {"dask"}


# What the review action runs.


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
