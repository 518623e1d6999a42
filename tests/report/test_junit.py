"""Findings as a JUnit report: errors fail, warnings do not, waived findings are skipped."""

from __future__ import annotations

from xml.etree import ElementTree

from conftest import SMALL, MakeFleet
from daskgen.report.junit import format_junit
from support.commands import daskgen


def test_a_file_is_a_suite_and_a_finding_a_case(make_fleet: MakeFleet) -> None:
    text = daskgen("render", "--format", "junit", root=make_fleet(prod=SMALL + "a: 1\nb: 2\n"), code=1).stdout
    suites = ElementTree.fromstring(text)
    [suite] = suites
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("clusters/prod.yaml", "2", "2")
    case = suite[0]
    assert case.get("line") == "5"
    assert "a is not a field" in str(case[0].text)


def test_a_fleet_without_findings_is_a_test_that_passes() -> None:
    [suite] = ElementTree.fromstring(format_junit([]))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
