"""A pull request from a fork can do nothing in CI but fail: it gets no secret, no right and no runner of ours.

GitHub gives the workflows of `pull_request` from forks a token that only reads, and no secrets:
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from support.places import ROOT

WORKFLOWS = {path.name: path for path in sorted((ROOT / ".github/workflows").glob("*.y*ml"))}
ACTIONS = {path.parent.name: path for path in sorted((ROOT / ".github/actions").glob("*/action.yaml"))}

OF_STRANGERS = {"pull_request", "workflow_call"}
"""Events by which a fork's code may run: its own, and those of the workflows that call this one."""

WITH_RIGHTS = {"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "pull_request_review"}
"""Events that strangers cause, and that run with the secrets and the rights of this repository."""

COMMENT = {"pull-requests": "write"}
"""The only right that a workflow of pull requests asks for, and that forks do not get: to write the plan's comment."""

PUBLISHING = {"id-token": "write", "packages": "write"}
"""Rights of the workflow that a tag starts, which only those who may write to the repository can push."""

NAMED_BY_STRANGERS = re.compile(r"\$\{\{[^}]*github\.(event\.(?!number)|head_ref|event\.pull_request\.title)")


def read(name: str) -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))
    return workflow


def find_events(workflow: Mapping[Any, Any]) -> set[str]:
    events = workflow[True]  # YAML 1.1 reads the key `on` so
    return {events} if isinstance(events, str) else set(events)


def find_rights(workflow: Mapping[Any, Any]) -> dict[str, str]:
    """Return every right to write that any job asks for."""
    asked = [workflow["permissions"], *(job.get("permissions", {}) for job in workflow["jobs"].values())]
    return {name: right for rights in asked for name, right in rights.items() if right != "read"}


def find_steps(workflow: Mapping[Any, Any]) -> Iterator[Mapping[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", ())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_strangers_cause_nothing_that_has_rights(name: str) -> None:
    workflow = read(name)
    events = find_events(workflow)
    assert not events & WITH_RIGHTS
    if events & OF_STRANGERS:
        assert find_rights(workflow).items() <= COMMENT.items()
        assert "secrets" not in WORKFLOWS[name].read_text("utf-8")
    else:
        assert events == {"push"}
        assert find_rights(workflow).items() <= PUBLISHING.items()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_jobs_run_on_machines_of_github_that_are_thrown_away(name: str) -> None:
    runners = {job["runs-on"] for job in read(name)["jobs"].values() if "uses" not in job}
    assert runners <= {"ubuntu-24.04"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_token_is_not_left_for_scripts(name: str) -> None:
    checkouts = [step for step in find_steps(read(name)) if "actions/checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_other_peoples_actions_are_named_by_commit(name: str) -> None:
    used = [step["uses"] for step in find_steps(read(name)) if "uses" in step]
    assert [action for action in used if not action.startswith("$/") and not re.search(r"@[0-9a-f]{40}$", action)] == []


@pytest.mark.parametrize("path", [*WORKFLOWS.values(), *ACTIONS.values()], ids=str)
def test_no_script_holds_what_strangers_name(path: Any) -> None:
    document = yaml.safe_load(path.read_text("utf-8"))
    steps = [*find_steps(document)] if "jobs" in document else document["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert [script for script in scripts if NAMED_BY_STRANGERS.search(script)] == []
