"""Find what no spec can express: programs other than Dask's own, and schedulers that are not in the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from daskgen.findings.problem import Position, Problem
from daskgen.importing.draft import OWN, Draft, Part, find_container
from daskgen.importing.reading.command import (
    PROGRAM,
    REFERENCE,
    Command,
    name_program,
    read_command,
    read_words,
)
from daskgen.importing.reasons import OPTIONS
from daskgen.paths import Path, get


def check_draft(draft: Draft) -> list[Problem]:
    """Find what prevents a draft from being imported, or changes what the cluster does."""
    problems = [problem for part in (draft.scheduler, *draft.workers) for problem in _check_process(part)]
    return problems + list(_check_scheduler(draft))


def _check_process(part: Part) -> Iterator[Problem]:
    """Find a command other than `dask scheduler` and `dask worker`: rendered probes and policies would not fit."""
    index = find_container(part)
    container = {} if index is None else get(part.tree, ("spec", "containers", index))
    if not read_words(container):
        return
    command, at = read_command(container), _locate(part, ("spec", "containers", index or 0), container)
    if command and command.role == OWN[part.role]:
        yield from _check_options(command, container, at)
        return
    program, word = command.program if command else name_program(container), OWN[part.role]
    message = f"the {word} runs {program}; daskgen supports only `dask {word}`, also in probes and network policies"
    yield Problem(at, "DG611", message, f"change the command to `dask {word}`, or manage this part without daskgen")


def _locate(part: Part, here: Path, container: dict[str, Any]) -> Position:
    field = "command" if container.get("command") else "args"
    written = part.written((*here, field, 0)) or part.written((*here, field)) or part.written(here)
    return written[0].at(written[1]) if written else Position("")


def _check_options(command: Command, container: dict[str, Any], at: Position) -> Iterator[Problem]:
    """Find options with shell variables that the container's `env` does not set."""
    known = {get(entry, ("name",)) for entry in container.get("env") or []}
    for option in command.options:
        unknown = [name for name in REFERENCE.findall(option.value) if name not in known]
        if unknown and option.name not in {PROGRAM, *OPTIONS}:
            message = f"{option.name} uses the variable {unknown[0]}, which the env of the container does not set"
            yield Problem(at, "DG611", message, "write the value of the variable into the command")


def _check_scheduler(draft: Draft) -> Iterator[Problem]:
    """Warn if the files hold workers only: their scheduler is elsewhere, or a new one is rendered."""
    if draft.scheduler.tree or draft.scheduler.moves or not draft.workers:
        return
    hint = "to manage the scheduler too, import its Deployment together with the workers"
    if joined := get(draft.spec, ("scheduler", "address")):
        message = f"the files hold no scheduler: the workers of {draft.name} join {joined}"
    else:
        message = f"the files hold no scheduler; a new scheduler is rendered for {draft.name}"
    yield Problem(draft.documents[0].at(()), "DG613", message, hint, "warning")
