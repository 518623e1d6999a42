"""Files that documentation, the Makefile and workflows name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.places import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CALLERS = [
    ROOT / "Makefile",
    *PAGES,
    *sorted((ROOT / ".github").rglob("*.yaml")),
    *sorted((ROOT / ".gitlab").glob("*")),
]

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
TEST = re.compile(r"\btests/[\w./-]+\.(?:py|md)")


def name_page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_page)
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("caller", CALLERS, ids=name_page)
def test_tests_that_are_named_exist(caller: Path) -> None:
    assert [name for name in TEST.findall(caller.read_text("utf-8")) if not (ROOT / name).exists()] == []
