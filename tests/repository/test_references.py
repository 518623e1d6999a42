"""Files that documentation, the Makefile and workflows name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.commands import daskgen
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


def test_the_page_about_images_shows_what_is_written(tmp_path: Path) -> None:
    page = (ROOT / "docs/images.md").read_text("utf-8")
    built, installed = re.findall(r"```yaml\n# clusters/prod.yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "clusters").mkdir()
    (tmp_path / "daskgen.yaml").write_text("apiVersion: daskgen/v1\n", "utf-8")
    (tmp_path / "clusters/prod.yaml").write_text(installed, "utf-8")
    daskgen("render", root=tmp_path)
    (tmp_path / "clusters/prod.yaml").write_text(built, "utf-8")
    done = daskgen("image", "prod", "--tag", "registry.example.com/team/dask:2026.8.0-optuna", root=tmp_path)
    assert f"> Containerfile\n{done.stderr}```\n\n```\n{done.stdout}```" in page
