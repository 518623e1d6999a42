"""Reads YAML that people wrote: strictly, and with the place of every value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from daskgen.paths import Path
from daskgen.problems import Position, Problem

LARGEST = 1 << 20
"""Bytes; a cluster takes some thousand."""

DEEPEST = 100

TRAPS = {
    "true or false": r"[yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|True|TRUE|False|FALSE",
    "nothing": r"Null|NULL",
    "a number": r"[-+]?(?:0[0-9_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|[1-9][0-9]*(?:_[0-9_]*)+"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|(?:[0-9][0-9_]*)?\.?[0-9_]+[eE][-+]?[0-9]+|[0-9]+\.[eE]?|\.[0-9]+)"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "a date": r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?",
    "a default value": r"=",
}
"""What other readers take an unquoted scalar for: https://yaml.org/type/, as kubectl, kustomize and PyYAML read it."""

_TRAP = re.compile("|".join(f"(?P<t{index}>{pattern})" for index, pattern in enumerate(TRAPS.values())))
_TRAP_TAG = "!trap"
_TEXT_TAG = "tag:yaml.org,2002:str"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class _Loader(yaml.CSafeLoader):
    """YAML whose unquoted scalars mean what all readers make of them; what they disagree on is a problem."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        super().__init__(data)

    def report(self, mark: Any, code: str, message: str, hint: str = "") -> None:
        """Note a problem and go on."""
        self.problems.append(Problem(_position(self.file, mark), code, message, hint))

    def construct_trap(self, node: yaml.ScalarNode) -> str:
        """Keep the text, and say that it is a trap."""
        match = _TRAP.fullmatch(node.value)
        kind = list(TRAPS)[int(match.lastgroup[1:])] if match and match.lastgroup else "something else"
        self.report(node.start_mark, "DG003", f"{node.value} is {kind} to some YAML readers", "quote it if it is text")
        return str(node.value)

    def construct_unknown(self, node: yaml.Node) -> None:
        """Refuse a tag."""
        self.report(node.start_mark, "DG004", f"the tag {node.tag} is not read here", "leave it out")

    def construct_map(self, node: yaml.MappingNode) -> Iterator[dict[str, Any]]:
        """Build a map, every key of which is text and stands once."""
        built: dict[str, Any] = {}
        yield built
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            self._check_key(key_node, lines)
            value = self.construct_object(value_node)
            if isinstance(key, str) and key_node.tag != _MERGE_TAG:
                lines.setdefault(key, key_node.start_mark.line + 1)
                built[key] = value

    def _check_key(self, node: yaml.Node, lines: Mapping[str, int]) -> None:
        if node.tag == _MERGE_TAG:
            self.report(node.start_mark, "DG004", "merge keys (<<) are not read here", SHARE)
        elif node.tag == _TRAP_TAG:
            self.construct_object(node)
        elif node.tag != _TEXT_TAG:
            shown = node.value if isinstance(node, yaml.ScalarNode) else "a key"
            self.report(node.start_mark, "DG006", f"{shown or 'nothing'} is not text, as keys must be", "quote it")
        elif node.value in lines:
            message = f"the key {node.value} stands in line {lines[node.value]} already"
            self.report(node.start_mark, "DG002", message, "keep one of them")


HINTS = {
    "mapping values are not allowed": "indent it like its neighbours, or quote a text that holds ': '",
    "cannot start any token": "indent with spaces instead of tabs; quote a text that begins with @, ` or %",
    "did not find expected": "indent it like its neighbours, and close every bracket and quote",
    "could not find expected ':'": "put a colon and a space after the key",
}
"""Part of what the parser says to what is most often the matter."""

SHARE = "write it out, or share values by a profile in daskgen.yaml"

_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"null|~|", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
    (_MERGE_TAG, r"<<", "<"),
    (_TRAP_TAG, _TRAP.pattern, "yYnNoOtTfF-+.0123456789="),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_map)
_Loader.add_constructor(_TRAP_TAG, _Loader.construct_trap)
_Loader.add_constructor(None, _Loader.construct_unknown)


@dataclass(frozen=True)
class Source:
    """A file that was read: its value, and what is wrong with its text."""

    file: str
    value: Any
    problems: tuple[Problem, ...] = ()
    data: bytes = b""

    def at(self, path: Path, *, key: bool = False) -> Position:
        """Where the value at `path` stands, or the nearest that encloses it; with `key`, where its key does."""
        keys, values = self._marks
        for depth in range(len(path), -1, -1):
            here = path[:depth]
            if here in values:
                return keys[here] if key and here in keys else values[here]
        return Position(self.file)

    @cached_property
    def _marks(self) -> tuple[dict[Path, Position], dict[Path, Position]]:
        # Made when the first problem needs it: most files have none.
        keys: dict[Path, Position] = {}
        values: dict[Path, Position] = {}
        loader = _Loader(self.data, self.file)
        try:
            node = loader.get_single_node()
            if node:
                _mark(self.file, node, (), keys, values)
        finally:
            loader.dispose()
        return keys, values


def parse(data: bytes, file: str) -> Source:
    """Read YAML. Whatever is wrong with it is in the source's `problems`; then its value is not to be relied on."""
    if len(data) > LARGEST:
        message = f"has {len(data)} bytes; at most {LARGEST} are read"
        return Source(file, None, (Problem(Position(file), "DG009", message),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _count(data[: error.start])
        message = "is not UTF-8 text"
        return Source(file, None, (Problem(Position(file, line, column), "DG001", message, "save it as UTF-8"),))
    problems = [*_find_characters(text, file), *_find_depth(data, file)]
    if problems:
        return Source(file, None, tuple(problems))
    return _load(text.encode(), file)


def _load(data: bytes, file: str) -> Source:
    problems = _find_events(data, file) if re.search(rb"[&*%]|---|\.\.\.", data) else []
    if problems:
        return Source(file, None, tuple(problems))
    loader = _Loader(data, file)
    try:
        value = loader.get_single_data()
        return Source(file, value, tuple(loader.problems), data)
    except yaml.YAMLError as error:
        return Source(file, None, (*loader.problems, _describe(error, file)), b"")
    finally:
        loader.dispose()


def _find_events(data: bytes, file: str) -> list[Problem]:
    """Find what the loader would resolve or trip over: anchors, aliases, directives, a second document."""
    problems: list[Problem] = []
    documents = 0
    try:
        for event in yaml.parse(data, Loader=yaml.CSafeLoader):
            at = _position(file, event.start_mark)
            if anchor := getattr(event, "anchor", None):
                what = f"alias *{anchor}" if isinstance(event, yaml.AliasEvent) else f"anchor &{anchor}"
                problems.append(Problem(at, "DG004", f"the {what} is not read here", SHARE))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    problems.append(Problem(at, "DG004", "directives are not read here", "leave the line out"))
                if documents == 2:
                    problems.append(Problem(at, "DG005", "a second document starts here", "one file, one cluster"))
    except yaml.YAMLError as error:
        problems.append(_describe(error, file))
    return problems


_FORBIDDEN = re.compile("(?P<end>[\x85\u2028\u2029])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def _find_characters(text: str, file: str) -> Iterator[Problem]:
    for match in _FORBIDDEN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        what = "ends a line for some YAML readers" if match["end"] else "is not allowed in YAML"
        message = f"the character U+{ord(match[0]):04X} {what}"
        yield Problem(Position(file, line, column), "DG007" if match["end"] else "DG001", message, "delete it")


def _find_depth(data: bytes, file: str) -> Iterator[Problem]:
    """Refuse what would overrun the parser's stack, before it is parsed."""
    opened = max(data.count(b"["), data.count(b"{"), data.count(b"- "), data.count(b"? "))
    deepest = max((len(line) - len(line.lstrip()) for line in data.splitlines()), default=0)
    if opened <= DEEPEST and deepest <= DEEPEST:
        return
    depth = 0
    try:
        for event in yaml.parse(data, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                at = _position(file, event.start_mark)
                yield Problem(at, "DG008", f"is nested more than {DEEPEST} levels deep")
                return
    except yaml.YAMLError:
        return


def _mark(file: str, node: yaml.Node, path: Path, keys: dict[Path, Position], values: dict[Path, Position]) -> None:
    values[path] = _position(file, node.start_mark)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            child = (*path, key.value)
            keys[child] = _position(file, key.start_mark)
            _mark(file, value, child, keys, values)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _mark(file, item, (*path, index), keys, values)


def _position(file: str, mark: Any) -> Position:
    return Position(file, mark.line + 1, mark.column + 1)


def _count(data: bytes) -> tuple[int, int]:
    return data.count(b"\n") + 1, len(data) - data.rfind(b"\n")


def _describe(error: yaml.YAMLError, file: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        words = ", ".join(part for part in (error.context, error.problem) if part)
        hint = next((hint for part, hint in HINTS.items() if part in words), "")
        return Problem(_position(file, error.problem_mark), "DG001", words, hint)
    return Problem(Position(file), "DG001", str(error).splitlines()[0])
