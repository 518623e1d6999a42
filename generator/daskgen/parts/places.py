"""Declare the place of a field in a pod, beside the field: for rendering, for import and for its report.

`Copied` marks a field that Kubernetes has under the same name in a pod's spec. It is rendered there and imported from
there without another line. `At` marks a field that is written in another form, which its own code renders and
`importing/drafting/pods.py` reads; the report of an import then names the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Mark = TypeVar("Mark")


class At:
    """Mark the places of a pod's template that a field gives: dotted, without the indices of lists."""

    def __init__(self, *places: str) -> None:
        self.places = places


class Copied:
    """Mark a field that is copied to the pod's spec under its own name, by `write` if that is set."""

    def __init__(self, write: Callable[[Any], Any] | None = None) -> None:
        self.write = write


class CopiedField(NamedTuple):
    """A field that is copied: its names in the model and in YAML, and the function that writes it."""

    name: str
    alias: str
    write: Callable[[Any], Any] | None


@cache
def list_copied(model: type[BaseModel]) -> tuple[CopiedField, ...]:
    """List the fields of a model that are copied to the pod's spec."""
    found = ((name, field, _find_mark(field, Copied)) for name, field in model.model_fields.items())
    return tuple(CopiedField(name, str(field.alias), mark.write) for name, field, mark in found if mark)


def copy_fields(part: BaseModel) -> dict[str, Any]:
    """Return what the spec sets of the pod's own fields."""
    copied: dict[str, Any] = {}
    for name, alias, write in list_copied(type(part)):
        value = getattr(part, name)
        if value is not None and value not in ((), {}):
            copied[alias] = _plain(write(value) if write else value)
    return copied


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return list(map(_plain, value)) if isinstance(value, tuple) else value


def list_places(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """List the places of a pod's template that fields of a model give, and the names of these fields."""
    for field in model.model_fields.values():
        if _find_mark(field, Copied):
            yield f"spec.{field.alias}", str(field.alias)
        if at := _find_mark(field, At):
            yield from ((place, str(field.alias)) for place in at.places)


def _find_mark(field: FieldInfo, kind: type[Mark]) -> Mark | None:
    return next((mark for mark in field.metadata if isinstance(mark, kind)), None)
