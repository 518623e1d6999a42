"""Format problems and results: as text for people, and in formats for machines. Each format is a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.report.github import format_github
from daskgen.report.gitlab import format_gitlab
from daskgen.report.json import as_dict, format_json
from daskgen.report.junit import format_junit
from daskgen.report.sarif import format_sarif
from daskgen.report.summary import conclude, summarize
from daskgen.report.text import format_text

__all__ = ["FORGES", "FORMATS", "Formatter", "as_dict", "conclude", "format_text", "summarize"]

Formatter = Callable[[Sequence[Problem], Sequence[Waived]], str]
"""Formats problems and waived findings as one text; it escapes everything that it quotes."""

FORMATS: Mapping[str, Formatter] = {
    "text": format_text,
    "json": format_json,
    "github": format_github,
    "gitlab": format_gitlab,
    "sarif": format_sarif,
    "junit": format_junit,
}

FORGES = ("github", "gitlab", "sarif", "junit")
"""Formats whose paths are relative to the folder where daskgen runs, which is the root of the repository."""
