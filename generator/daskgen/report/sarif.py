"""Format problems as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from daskgen import __version__
from daskgen.findings.codes import CODES
from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import dump_json, escape

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""The bracket that begins a link in a message: section 3.11.6 of https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""


def format_sarif(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Write one run; waived findings are suppressed results."""
    found = sorted({problem.code for problem in [*problems, *(finding.problem for finding in waived)]})
    rules = [{"id": code, "shortDescription": {"text": CODES[code].title}} for code in found]
    results = [_as_result(problem) for problem in problems]
    results += [
        {**_as_result(finding.problem), "suppressions": [{"kind": "inSource", "justification": escape(finding.reason)}]}
        for finding in waived
    ]
    driver = {"name": "daskgen", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return dump_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _as_result(problem: Problem) -> dict[str, Any]:
    region = {"startLine": problem.at.line, "startColumn": problem.at.column}
    uri = PurePosixPath("/", problem.at.file).as_uri().removeprefix("file:///")
    place = {"artifactLocation": {"uri": uri}, "region": region}
    text = problem.message + (f"; {problem.hint}" if problem.hint else "")
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": LINK.sub(r"\\[", escape(text))},
        "locations": [{"physicalLocation": place}],
    }
