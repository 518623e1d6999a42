"""What is made by scripts is what they make now."""

import re

import make_docs
import make_options

from daskgen.findings.codes import CODES
from daskgen.render.tree import read_spec_schemas
from daskgen.spec.schema import make_schemas
from support.places import ROOT


def test_the_schemas_that_editors_read() -> None:
    assert read_spec_schemas() == make_schemas()


def test_the_pages_that_are_tables() -> None:
    assert {name: (ROOT / "docs" / name).read_text("utf-8") for name in make_docs.make()} == make_docs.make()


def test_every_code_that_is_used_is_explained() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "generator").rglob("*.py") if path.parent.name != "codes"]
    used = {code for text in sources for code in re.findall(r'"(DG\d{3})"', text)}
    assert used == set(CODES)


def test_the_options_of_dask() -> None:
    assert make_options.OUTPUT.read_text("utf-8") == make_options.make()
