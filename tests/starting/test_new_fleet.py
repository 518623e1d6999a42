"""The files of a new fleet follow the schemas of the programs that read them."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from daskgen.starting.files import FORGES, Answers, make_kept_files
from support.places import ROOT

INSTALLED = Path(sysconfig.get_path("scripts"))


def run(*command: str | Path) -> None:
    """Run a program, and expect that it finds nothing."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """The files that daskgen keeps up to date, for every forge."""
    for forge in FORGES:
        for path, text in make_kept_files(Answers(forge=forge, owners="@example/platform")).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_jobs_follow_their_schemas(fleet: Path) -> None:
    checks = {".github/workflows/clusters.yaml": "vendor.github-workflows", ".gitlab-ci.yml": "vendor.gitlab-ci"}
    for file, schema in checks.items():
        run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, fleet / file)


def test_the_workflow_leaves_nothing_to_strangers(fleet: Path) -> None:
    run(INSTALLED / "zizmor", "--offline", "--no-progress", "--quiet", fleet / ".github")


def test_hooks_of_pre_commit(fleet: Path) -> None:
    run(sys.executable, "-m", "pre_commit", "validate-config", fleet / ".pre-commit-config.yaml")
    run(sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")


def test_every_file_ends_with_one_line_end(fleet: Path) -> None:
    texts = [path.read_text("utf-8") for path in fleet.rglob("*") if path.is_file()]
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in texts)
