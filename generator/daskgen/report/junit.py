"""Format problems as a JUnit report, which most CI servers show beside the results of tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree

from daskgen.findings.problem import Problem
from daskgen.render.cluster import Waived
from daskgen.words import escape


def format_junit(problems: Sequence[Problem], waived: Sequence[Waived] = ()) -> str:
    """Write a suite for each file: errors fail, warnings pass and are in the output, waived findings are skipped.

    https://github.com/testmoapp/junitxml
    """
    cases: dict[str, list[ElementTree.Element]] = defaultdict(list)
    for problem in problems:
        cases[problem.at.file].append(_make_case(problem, problem.hint))
    for finding in waived:
        cases[finding.problem.at.file].append(_make_case(finding.problem, finding.reason, is_waived=True))
    root = ElementTree.Element("testsuites", name="daskgen")
    if not cases:
        # Servers refuse a report without any test.
        cases["daskgen"] = [ElementTree.Element("testcase", classname="daskgen", name="no findings")]
    for file, found in sorted(cases.items()):
        suite = ElementTree.SubElement(root, "testsuite", name=escape(file), tests=str(len(found)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in found)))
        suite.extend(found)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


def _make_case(problem: Problem, text: str, *, is_waived: bool = False) -> ElementTree.Element:
    file = escape(problem.at.file)
    at = f"{file}:{problem.at.line}:{problem.at.column}"
    case = ElementTree.Element("testcase", classname=file, name=escape(f"{problem.code} {problem.message}"), file=file)
    case.set("line", str(problem.at.line))
    kind = "skipped" if is_waived else "failure" if problem.severity == "error" else "system-out"
    inner = ElementTree.SubElement(case, kind)
    inner.text = escape(f"{at}: {problem.message}{f'; {text}' if text else ''}")
    if kind != "system-out":
        inner.set("message", escape(text or problem.message))
    return case
