"""Edit YAML that people wrote: change one text, and leave comments, quotes and layout as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import yaml

from daskgen.findings.problem import DaskgenError
from daskgen.paths import Path, format_path, put
from daskgen.yaml.read import Source, parse

LINE_END = re.compile(r"\r?\n|\Z")


class Edit(NamedTuple):
    """A new text for the scalar at `path`; or, with `key`, a new key after that scalar in the same map."""

    path: Path
    text: str
    key: str = ""

    @property
    def result(self) -> Path:
        """Return the path at which the text then is."""
        return (*self.path[:-1], self.key) if self.key else self.path


class _Piece(NamedTuple):
    start: int
    end: int
    text: str


def edit(source: Source, edits: Sequence[Edit]) -> str:
    """Return the text of a file with these edits. Raises `DaskgenError` for one that would change anything else."""
    text = source.data.decode()
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    for piece in sorted((_cut(text, root, each) for each in edits), reverse=True):
        text = text[: piece.start] + piece.text + text[piece.end :]
    expected = reduce(lambda value, each: put(value, each.result, each.text), edits, source.value)
    if parse(text.encode(), source.file).value != expected:
        fields = ", ".join(format_path(each.path) for each in edits)
        raise DaskgenError(f"{source.file}: {fields} cannot be edited in this layout; do so by hand")
    return text


def _cut(text: str, root: Any, change: Edit) -> _Piece:
    parent, key, scalar = _find(root, change.path)
    start, end = scalar.start_mark.index, scalar.end_mark.index
    if not change.key:
        quote = scalar.style if scalar.style in {"'", '"'} else ""
        return _Piece(start, end, f"{quote}{change.text}{quote}")
    entry = f"{change.key}: {change.text}"
    if parent.flow_style:
        return _Piece(end, end, f", {entry}")
    line_end = LINE_END.search(text, end)
    at = line_end.start() if line_end else len(text)
    return _Piece(at, at, f"{_find_newline(text)}{' ' * key.start_mark.column}{entry}")


def _find(root: Any, path: Path) -> tuple[Any, Any, Any]:
    """Find the collection that holds the value at `path`, its key, and the value."""
    parent, key, node = None, None, root
    for part in path:
        parent = node
        if isinstance(part, int):
            node = node.value[part]
        else:
            key, node = next(pair for pair in node.value if pair[0].value == part)
    return parent, key, node


def _find_newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
