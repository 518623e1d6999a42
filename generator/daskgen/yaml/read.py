"""Read YAML that people wrote: strictly, with all of its errors, and with the position of every value.

This reads the parser's events, so that it sees what a loader hides (anchors, tags, duplicate keys), resolves no
aliases, and stops at a harmless depth. That takes half the time of PyYAML's own loader.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import yaml

from daskgen.findings.problem import Position, Problem
from daskgen.paths import Path, format_path
from daskgen.yaml.dialect import (
    DEEPEST,
    DIRECTIVE,
    HINTS,
    UNSAFE,
    describe_character,
    explain,
    find_unreadable,
    resolve,
)

Places = dict[Path, tuple[int, int]]

UNKNOWN = {"DG001", "DG004", "DG005", "DG008"}
"""Problems with which the value is not known. With others, the value is the most likely one."""

DOCUMENT = re.compile(rb"---(\s|$)")
"""Start of a document. Inside a document, no line can begin with it, not even in a block of text."""

MOST_DOCUMENTS = 10_000

SHARE = "write it out, or share values through a profile in daskgen.yaml"


@dataclass(frozen=True)
class Source:
    """A file that was read: its value, and its problems."""

    file: str
    """Path as shown to people: relative to the fleet's root, with slashes."""
    value: Any
    """Value of dict, list, str, int, float, bool and None; None if the file is empty or cannot be read."""
    problems: tuple[Problem, ...] = ()
    data: bytes = field(default=b"", repr=False)
    lines_before: int = 0
    """Lines of the file before this document."""

    def at(self, path: Path, *, key: bool = False) -> Position:
        """Find the position of the value at `path`, or of the nearest around it; with `key`, that of its key."""
        values, keys = self._places
        written = path[: self.depth(path)]
        place = keys.get(written) if key else None
        return Position(self.file, *(place or values.get(written, (self.lines_before + 1, 1))))

    def depth(self, path: Path) -> int:
        """Count how many of the first parts of `path` are written here."""
        values, _ = self._places
        return next((depth for depth in range(len(path), 0, -1) if path[:depth] in values), 0)

    @cached_property
    def _places(self) -> tuple[Places, Places]:
        # Read again when first asked: most files never are.
        reader = _Reader(self.data, lines_before=self.lines_before)
        reader.read()
        return _locate(reader.values, self.lines_before), _locate(reader.keys, self.lines_before)


def parse(data: bytes, file: str, lines_before: int = 0) -> Source:
    """Read a document. Its errors are in the source's problems; with the worst of them, its value is None.

    `lines_before` is the number of lines of the file before the document.
    """
    data = data.removeprefix(BOM_UTF8)
    problems = tuple(_move(problem, lines_before) for problem in find_unreadable(data, file))
    if problems:
        return Source(file, None, problems, lines_before=lines_before)
    reader = _Reader(data, file, lines_before)
    value = reader.read()
    is_known = UNKNOWN.isdisjoint(problem.code for problem in reader.problems)
    return Source(file, value if is_known else None, tuple(reader.problems), data, lines_before)


def _move(problem: Problem, lines: int) -> Problem:
    return problem._replace(at=problem.at._replace(line=problem.at.line + lines))


def parse_all(data: bytes, file: str) -> list[Source]:
    """Read every document of a file, with positions in the file. Empty documents are left out."""
    lines = data.removeprefix(BOM_UTF8).splitlines(keepends=True)
    starts = [index for index, line in enumerate(lines) if DOCUMENT.match(line)]
    if len(starts) > MOST_DOCUMENTS:
        message = f"has {len(starts)} documents, more than {MOST_DOCUMENTS}"
        return [Source(file, None, (Problem(Position(file), "DG009", message),))]
    edges = [0, *(start for start in starts if start), len(lines)]
    sources = [parse(b"".join(lines[start:end]), file, start) for start, end in pairwise(edges)]
    return [source for source in sources if source.value is not None or source.problems]


def _locate(marks: Mapping[Path, Any], lines_before: int) -> Places:
    return {path: (lines_before + mark.line + 1, mark.column + 1) for path, mark in marks.items()}


class _Reader:
    """Builds a file's value from the parser's events, and records problems and the position of everything.

    If two things have the same path, the first counts.
    """

    def __init__(self, data: bytes, file: str = "", lines_before: int = 0) -> None:
        self.data = data
        self.file = file
        self.lines_before = lines_before
        self.problems: list[Problem] = []
        self.values: dict[Path, Any] = {}
        self.keys: dict[Path, Any] = {}
        self.events: Iterator[Any] = iter(yaml.parse(data, Loader=yaml.CSafeLoader))

    def read(self) -> Any:
        value = None
        try:
            for event in self.events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self.check_document(event)
                elif isinstance(event, yaml.NodeEvent):
                    value = self.build(event, ())
        except yaml.MarkedYAMLError as error:
            self.report_stop(error)
        return value

    def build(self, event: Any, path: Path) -> Any:
        self.values.setdefault(path, event.start_mark)
        if event.anchor or event.tag:
            self.check_properties(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self.build_scalar(event, path)
        if len(path) == DEEPEST:
            raise yaml.MarkedYAMLError(problem="too deep", problem_mark=event.start_mark)
        if isinstance(event, yaml.MappingStartEvent):
            return self.build_map(path)
        return self.build_list(path) if isinstance(event, yaml.SequenceStartEvent) else None

    def build_map(self, path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.build_key(event, path, built)
            value = self.build(next(self.events), (*path, key))
            built.setdefault(key, value)
        return built

    def build_list(self, path: Path) -> list[Any]:
        built: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            built.append(self.build(event, (*path, len(built))))
        return built

    def build_scalar(self, event: yaml.ScalarEvent, path: Path) -> Any:
        if not event.implicit[0]:
            self.check_escapes(event, path)
            return event.value
        value, elsewhere = resolve(event.value)
        if elsewhere:
            message = f"{event.value} is {elsewhere} to other YAML readers"
            self.report("DG003", event, path, message, HINTS.get(elsewhere, "quote it"))
        return value

    def build_key(self, event: Any, path: Path, known: Mapping[str, Any]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            return self.refuse_key(event, path)
        if event.anchor or event.tag:
            self.check_properties(event, path)
        key = str(event.value)
        first: Any = self.keys.setdefault((*path, key), event.start_mark)
        if key in known:
            message = f"the key {key} stands in line {self.position(first).line} already"
            self.report("DG002", event, path, message, "keep one of the two")
        self.check_key(event, path)
        return key

    def check_key(self, event: yaml.ScalarEvent, path: Path) -> None:
        if not event.implicit[0]:
            self.check_escapes(event, path)
            return
        value, elsewhere = resolve(event.value)
        if event.value == "<<":
            self.report("DG004", event, path, "merge keys (<<) are not read here", SHARE)
        elif elsewhere:
            message = f"the key {event.value} is {elsewhere} to other YAML readers"
            self.report("DG003", event, path, message, "quote it")
        elif not isinstance(value, str):
            self.report("DG006", event, path, f"the key {event.value or 'null'} is not text", "quote it")

    def refuse_key(self, event: yaml.NodeEvent, path: Path) -> str:
        if isinstance(event, yaml.AliasEvent):
            self.check_properties(event, path)
            return "?"
        message, hint = "a list or map cannot be a key", "quote text that begins with [ or {"
        self.report("DG006", event, path, message, hint)
        self.build(event, (*path, "?"))
        return "?"

    def check_escapes(self, event: yaml.ScalarEvent, path: Path) -> None:
        if event.style == '"' and (found := UNSAFE.search(event.value)):
            self.report("DG007", event, path, describe_character(found[0]), "delete its escape")

    def check_properties(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.report("DG004", event, path, f"the alias *{event.anchor} is not read here", SHARE)
            return
        if event.anchor:
            self.report("DG004", event, path, f"the anchor &{event.anchor} is not read here", SHARE)
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.report("DG004", event, path, f"the tag {tag} is not read here", "leave it out, or quote it")

    def check_document(self, event: Any) -> None:
        if self.values:
            raise yaml.MarkedYAMLError(problem="second document", problem_mark=event.start_mark)
        if event.version or event.tags:
            self.report(DIRECTIVE.code, event, (), DIRECTIVE.message, DIRECTIVE.hint)

    def report_stop(self, error: yaml.MarkedYAMLError) -> None:
        mark: Any = error.problem_mark
        start = error.context_mark or mark
        syntax = explain(str(error.problem), self.data.decode()[mark.index :][:1])
        at = self.position(start if syntax.at_start else mark)
        message = syntax.message.format(line=self.position(start).line)
        self.problems.append(Problem(at, syntax.code, message, syntax.hint))

    def report(self, code: str, event: yaml.Event, path: Path, message: str, hint: str) -> None:
        where = f"{format_path(path)}: " if path else ""
        self.problems.append(Problem(self.position(event.start_mark), code, where + message, hint))

    def position(self, mark: Any) -> Position:
        return Position(self.file, self.lines_before + mark.line + 1, mark.column + 1)
