"""Format problems as a Code Quality report of GitLab, which is shown beside the line in the merge request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import dump_json, escape

SEVERITIES = {"error": "major", "warning": "minor"}


def format_gitlab(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Write a list of Code Quality issues.

    https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
    rows = [(SEVERITIES[problem.severity], problem, problem.hint) for problem in problems]
    rows += [("info", finding.problem, f"waived: {finding.reason}") for finding in waived]
    seen: Counter[str] = Counter()
    return dump_json([_as_issue(*row, seen) for row in rows])


def _as_issue(severity: str, problem: Problem, hint: str, seen: Counter[str]) -> dict[str, Any]:
    return {
        "description": escape(problem.message + (f"; {hint}" if hint else "")),
        "check_name": problem.code,
        "fingerprint": _fingerprint(problem, seen),
        "severity": severity,
        "location": {"path": problem.at.file, "lines": {"begin": problem.at.line}},
    }


def _fingerprint(problem: Problem, seen: Counter[str]) -> str:
    """Return an identifier that stays the same when lines above the finding move; GitLab drops duplicates."""
    text = "\0".join((problem.at.file, problem.code, problem.message))
    seen[text] += 1
    return sha256(f"{text}\0{seen[text]}".encode(errors="surrogatepass")).hexdigest()
