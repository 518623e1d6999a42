"""Format problems as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import dump_json


def format_json(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Write one document: {apiVersion, kind, problems: [...], waived: [...]}."""
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Problems",
        "problems": [as_dict(problem) for problem in problems],
        "waived": [{**as_dict(finding.problem), "reason": finding.reason} for finding in waived],
    }
    return dump_json(document)


def as_dict(problem: Problem) -> dict[str, Any]:
    """Return the fields of a problem, with those of its position."""
    fields = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }
    return {**problem.at._asdict(), **fields}
