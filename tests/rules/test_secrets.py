"""What is found to be a secret, wherever a spec holds it, and what only looks like one. The examples open nothing."""

from __future__ import annotations

from typing import Any

import pytest
from secret_rates import HARMLESS, SHAPES, measure

from conftest import SMALL, MakeFleet
from support.commands import daskgen
from support.judging import find_codes
from support.places import ROOT

FLUX_LINE = """\
delivery: {kind: flux, repository: 'https://git.example.com/a.git',
  postBuild: {substitute: {NOTE: 'Bearer abcdefghijabcdefghij'}}}
"""

BY_NAME_ALONE = {"AWS secret", "words"}
"""Secrets without a form of their own, which are found only in a variable or field whose name says so."""

FOUND = sorted(SHAPES.keys() - BY_NAME_ALONE)


def place(text: str) -> list[dict[str, Any]]:
    """The places of a spec that can hold a text."""
    return [
        {"env": {"SETTING": text}},
        {"config": {"distributed": {"setting": text}}},
        {"workers": [{"annotations": {"example.com/note": text}}]},
        {"workers": [{"args": ["--preload-argv", text]}]},
        {
            "patches": [
                {
                    "target": {"kind": "Deployment", "name": "worker"},
                    "patch": {"metadata": {"annotations": {"a/b": text}}},
                }
            ]
        },
    ]


@pytest.mark.parametrize("shape", FOUND)
def test_a_secret_is_found_wherever_it_stands(shape: str) -> None:
    missed = [fields for fields in place(SHAPES[shape]) if "DG305" not in find_codes(**fields)]
    assert missed == []


@pytest.mark.parametrize("option", ["--password=hunter2x", "--db-token=abcdef123", "--s3.secret=hunter2x"])
def test_an_option_that_holds_a_secret(option: str) -> None:
    assert "DG305" in find_codes(workers=[{"args": [option]}])


@pytest.mark.parametrize("text", HARMLESS)
def test_what_looks_like_a_secret_is_none(text: str) -> None:
    wrong = [fields for fields in place(text) if "DG305" in find_codes(**fields)]
    assert wrong == []


def test_both_rates_are_those_of_the_page() -> None:
    missed, wrong = measure()
    assert set(missed) == BY_NAME_ALONE
    assert wrong == []
    page = (ROOT / "docs/security.md").read_text("utf-8")
    assert f"found: {len(FOUND)} of {len(SHAPES)} forms of secrets" in page
    assert f"wrong: 0 of {len(HARMLESS)} texts" in page


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (FLUX_LINE, "3:34"),
        ("operator: {install: true, env: {DB_PASSWORD: hunter2x}}\n", "2:46"),
        ("defaults: {env: {A: 'Authorization: Bearer abcdefghijabcdefghij'}}\n", "2:21"),
        ("profiles: {unused: {env: {A: 'Authorization: Bearer abcdefghijabcdefghij'}}}\n", "2:30"),
    ],
)
def test_settings_of_the_fleet_hold_none_either(settings: str, place: str, make_fleet: MakeFleet) -> None:
    root = make_fleet(f"apiVersion: daskgen/v1\n{settings}", prod=SMALL)
    found = [line for line in daskgen("render", root=root, code=1).stdout.splitlines() if "DG305" in line]
    assert [line.split(" ")[0] for line in found] == [f"daskgen.yaml:{place}:"]
