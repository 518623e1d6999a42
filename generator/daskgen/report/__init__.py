"""Problems and results as text for people, and in the formats that machines read. Each format is a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.report.github import format_github
from daskgen.report.gitlab import format_gitlab
from daskgen.report.json import as_dict, format_json
from daskgen.report.sarif import format_sarif
from daskgen.report.summary import conclude, summarize
from daskgen.report.text import format_text

__all__ = ["FORGES", "FORMATS", "Formatter", "as_dict", "conclude", "format_text", "summarize"]

Formatter = Callable[[Sequence[Problem], Sequence[Waived]], str]
"""Makes text in which everything that is quoted is escaped."""

FORMATS: Mapping[str, Formatter] = {
    "text": format_text,
    "json": format_json,
    "github": format_github,
    "gitlab": format_gitlab,
    "sarif": format_sarif,
}

FORGES = ("github", "gitlab", "sarif")
"""Formats whose readers take paths from the folder where daskgen runs, which is that of the repository."""
