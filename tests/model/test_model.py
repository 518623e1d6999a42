"""Families of variants: each module in the folder offers one, whole, or importing the family fails."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from daskgen.model.variants import OneOf, Variant

SHAPE = """
from abc import abstractmethod
from daskgen.model.variants import Variant

class Shape(Variant):
    @abstractmethod
    def area(self) -> float: ...
"""

SQUARE = """
from typing import Literal, final
from shapes import Shape

@final
class Square(Shape):
    kind: Literal["square"] = "square"
    def area(self) -> float:
        return 1
"""


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A family with one variant, in a package that can be imported."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "__init__.py").write_text(SHAPE)
    (folder / "square.py").write_text(SQUARE)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "shapes"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def load() -> OneOf[Variant]:
    family: ModuleType = import_module("shapes")
    return OneOf(family, family.Shape)


def test_a_variant_is_found_by_its_type_whatever_its_name(shapes: Path) -> None:
    (shapes / "_helper.py").write_text("SIDES = 4\n")
    assert {kind: variant.__name__ for kind, variant in load().variants.items()} == {"square": "Square"}


CIRCLE = SQUARE.replace("square", "circle")


@pytest.mark.parametrize(("text", "message"), [
    ("", "shapes.circle defines no variant"),
    (CIRCLE.replace("(Shape)", ""), "shapes.circle defines no variant"),
    (CIRCLE.replace("@final", ""), "shapes.circle.Square can be chosen, so write @final above it"),
    (CIRCLE.replace("def area", "def aera"), "shapes.circle.Square does not define area"),
    (SQUARE, "shapes.circle.Square is not of its module's kind: write kind: Literal"),
])  # fmt: skip
def test_a_module_that_offers_no_whole_variant_is_refused_at_import(text: str, message: str, shapes: Path) -> None:
    (shapes / "circle.py").write_text(text)
    with pytest.raises(TypeError, match=message):
        load()
