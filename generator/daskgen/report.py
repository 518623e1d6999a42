"""Problems as text for people, and as the formats that machines read."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from daskgen import __version__
from daskgen.findings.codes import CODES
from daskgen.findings.problem import Problem, has_errors
from daskgen.kubernetes.quantity import format_bytes
from daskgen.outside.disk import Changes
from daskgen.render.cluster import Waived
from daskgen.render.tree import Rendering
from daskgen.words import count, count_overlays

Formatter = Callable[[Sequence[Problem], Sequence[Waived]], str]

COLOURS = {"error": "\033[31m", "warning": "\033[33m"}


def format_text(problems: Sequence[Problem], waived: Sequence[Waived] = (), *, colour: bool = False) -> str:
    """A line a problem, and one for each finding that was waived."""
    lines = [_format_line(problem, problem.severity, problem.hint, colour) for problem in problems]
    lines += [_format_line(it.problem, "waived", f"reason: {it.reason}", colour) for it in waived]
    return "\n".join(lines)


def _format_line(problem: Problem, label: str, hint: str, colour: bool) -> str:
    at = problem.at
    start = COLOURS.get(label, "\033[2m") if colour else ""
    end = "\033[0m" if colour else ""
    tail = f"; {hint}" if hint else ""
    return f"{at.file}:{at.line}:{at.column}: {start}{label}[{problem.code}]{end}: {problem.message}{tail}"


def format_json(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """One document: {apiVersion, kind, problems: [...], waived: [...]}."""
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Problems",
        "problems": [as_dict(problem) for problem in problems],
        "waived": [{**as_dict(it.problem), "reason": it.reason} for it in waived],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_dict(problem: Problem) -> dict[str, Any]:
    """A problem as machines read it."""
    fields = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }
    return {**problem.at._asdict(), **fields}


def format_github(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Annotations of a GitHub workflow, shown beside the line in the pull request.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    rows = [(it.severity, it, it.hint) for it in problems]
    rows += [("notice", it.problem, f"waived: {it.reason}") for it in waived]  # type: ignore[misc]
    return "\n".join(_annotate(level, problem, hint) for level, problem, hint in rows)


def _annotate(level: str, problem: Problem, hint: str) -> str:
    place = {
        "file": problem.at.file,
        "line": problem.at.line,
        "col": problem.at.column,
        "title": problem.code,
    }
    fields = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in place.items())
    return f"::{level} {fields}::{_escape(problem.message + (f'; {hint}' if hint else ''))}"


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def format_sarif(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """SARIF 2.1.0, for code scanning."""
    found = sorted({it.code for it in [*problems, *(it.problem for it in waived)]})
    rules = [{"id": code, "shortDescription": {"text": CODES[code].title}} for code in found]
    results = [_as_result(it) for it in problems]
    results += [
        {**_as_result(it.problem), "suppressions": [{"kind": "inSource", "justification": it.reason}]} for it in waived
    ]
    driver = {"name": "daskgen", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def _as_result(problem: Problem) -> dict[str, Any]:
    region = {"startLine": problem.at.line, "startColumn": problem.at.column}
    place = {"artifactLocation": {"uri": problem.at.file}, "region": region}
    text = problem.message + (f"; {problem.hint}" if problem.hint else "")
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def format_gitlab(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """A Code Quality report, shown beside the line in the merge request.

    https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
    rows = [(GITLAB_SEVERITIES[it.severity], it, it.hint) for it in problems]
    rows += [("info", it.problem, f"waived: {it.reason}") for it in waived]
    seen: Counter[str] = Counter()
    return json.dumps([_as_issue(*row, seen) for row in rows], indent=2, ensure_ascii=False)


GITLAB_SEVERITIES = {"error": "major", "warning": "minor"}


def _as_issue(severity: str, problem: Problem, hint: str, seen: Counter[str]) -> dict[str, Any]:
    return {
        "description": problem.message + (f"; {hint}" if hint else ""),
        "check_name": problem.code,
        "fingerprint": _fingerprint(problem, seen),
        "severity": severity,
        "location": {"path": problem.at.file, "lines": {"begin": problem.at.line}},
    }


def _fingerprint(problem: Problem, seen: Counter[str]) -> str:
    """What tells a finding from others, and knows it again when lines above it move; GitLab drops doubles."""
    text = "\0".join((problem.at.file, problem.code, problem.message))
    seen[text] += 1
    return sha256(f"{text}\0{seen[text]}".encode()).hexdigest()


FORMATS: Mapping[str, Formatter] = {
    "text": format_text,
    "json": format_json,
    "github": format_github,
    "gitlab": format_gitlab,
    "sarif": format_sarif,
}

FORGES = ("github", "gitlab", "sarif")
"""Formats whose readers take paths from the folder where daskgen runs, which is that of the repository."""


def locate_from_here(problem: Problem, root: Path) -> Problem:
    """The problem with its file as seen from the current folder, where the fleet at `root` is beneath that."""
    folder = Path(os.path.relpath(root))
    if ".." in folder.parts:
        return problem
    return problem._replace(at=problem.at._replace(file=(folder / problem.at.file).as_posix()))


def summarize(rendering: Rendering, changes: Changes, root: Path) -> str:
    """What was rendered, what was written, what it asks for, and what to do next."""
    totals = rendering.totals
    written = len(changes.missing) + len(changes.changed)
    lines = [f"  {sign} {path}" for sign, paths in _by_sign(changes) for path in paths[:SHOWN]]
    hidden = written + len(changes.stale) - len(lines)
    lines += [f"  … and {hidden} more"] if hidden else []
    counts = f"{written} written, {len(changes.stale)} removed, {changes.unchanged} unchanged"
    memory = format_bytes(totals.memory)
    cores = count(totals.millicores / 1000, "core")
    asked = f"{count(totals.workers, 'worker')}, {cores}, {memory} of memory asked for"
    next_step = "git diff" if changes.any else "edit a file under clusters/"
    lines += [
        f"{count_overlays(totals.clusters, totals.operators)}, {totals.objects} objects: {asked}",
        f"{counts} in {root / 'base'} and {root / 'overlays'}",
        f"next: {next_step}; daskgen check",
    ]
    return "\n".join(lines)


def conclude(problems: Sequence[Problem], proved: str, version: str) -> str:
    """What was proved of what, or that it was not."""
    if has_errors(problems):
        return f"{count(len(problems), 'problem')} in {proved}"
    return f"{proved}: kustomize builds what is expected, and all of it is valid for Kubernetes {version}"


SHOWN = 20
"""Files that a summary names."""


def _by_sign(changes: Changes) -> list[tuple[str, tuple[str, ...]]]:
    return [("+", changes.missing), ("~", changes.changed), ("-", changes.stale)]
