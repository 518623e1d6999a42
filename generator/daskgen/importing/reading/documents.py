"""Read manifests as users have them: several in a file, with placeholders of templates, indented wrongly.

A placeholder is a text such as `<your_namespace>`, `${NAME}` or `{{ .Values.name }}`, which is not a value and often
not valid YAML. A stand-in replaces it while the file is read; the spec contains the placeholder again.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from daskgen.engine._update import DIGITS
from daskgen.findings.problem import Position, Problem
from daskgen.kubernetes.labels import INSTANCE, MANAGED_BY
from daskgen.paths import Path, format_path, get, walk
from daskgen.yaml.dialect import find_unreadable
from daskgen.yaml.read import Source, parse_all

PLACEHOLDER = re.compile(r"\$?\{\{[^{}\n]*\}\}|<%=[^%\n]*%>|%\{[^{}\n]*\}|\$\{[^${}\n]*\}|<[A-Za-z][A-Za-z0-9_. -]*>")

TEMPLATES: Mapping[str, re.Pattern[str]] = {
    "Terraform": re.compile(r"%\{"),
    "ERB": re.compile(r"<%"),
    "Jinja": re.compile(r"\{%|\{#"),
    "Go or Helm": re.compile(r"\{\{"),
    "the shell": re.compile(r"\$\(|\$\{|\$[A-Z_]"),
}
"""Template engines and the patterns of their instructions."""

INSTRUCTION = re.compile(r"[ \t]*(?:\{\{[^\n]*\}\}|\{%[^\n]*%\}|<%(?!=)[^\n]*%>|%\{[^\n]*\})[ \t]*")
"""A line that holds only an instruction to a template engine."""

STAND_IN = re.compile(r"daskgen-placeholder-(\d+)")
"""A text that is also valid where Kubernetes requires a name."""

MAKE = "import the output of the template engine, such as that of `helm template`"

MOST_MENDED = 20
"""Lines that are corrected at most; a file with more errors is refused."""

HASH = re.compile(rf"-[0-9a-f]{{{DIGITS}}}$")
"""Suffix of the names of objects that get a new name whenever their content changes."""

FIELD = re.compile(r"( *)[A-Za-z][A-Za-z0-9]*:(\s|$)")
ITEM = re.compile(r"( *)(- +)\S")


@dataclass
class Placeholders:
    """The placeholders of all files, each with a stand-in of its own."""

    texts: list[str] = field(default_factory=list)

    @property
    def known(self) -> dict[str, str]:
        """Return stand-ins with their placeholders."""
        return {f"daskgen-placeholder-{index}": text for index, text in enumerate(self.texts)}

    def stand_in(self, text: str) -> str:
        """Return the stand-in for a placeholder."""
        if text not in self.texts:
            self.texts.append(text)
        return f"daskgen-placeholder-{self.texts.index(text)}"

    def restore(self, value: Any) -> Any:
        """Return the value with placeholders in place of stand-ins."""
        if isinstance(value, str):
            return STAND_IN.sub(lambda match: self.known.get(match[0], match[0]), value)
        if isinstance(value, Mapping):
            return {self.restore(key): self.restore(item) for key, item in value.items()}
        return [self.restore(item) for item in value] if isinstance(value, list | tuple) else value


class Reading(NamedTuple):
    """The documents of a file, and the problems found in it."""

    documents: tuple[Source, ...]
    problems: tuple[Problem, ...]


def read_documents(data: bytes, file: str, placeholders: Placeholders) -> Reading:
    """Read a file, and correct it where that is unambiguous. Documents that cannot be read are only in the problems."""
    if problems := list(find_unreadable(data, file)):
        return Reading((), tuple(problems))
    written = data.removeprefix(BOM_UTF8).decode().splitlines()
    problems += _find_instructions(written, file)
    lines = ["" if INSTRUCTION.fullmatch(line) else line for line in written]
    lines = [PLACEHOLDER.sub(lambda match: placeholders.stand_in(match[0]), line) for line in lines]
    shifts: Counter[int] = Counter()
    problems += _mend(lines, file, shifts)
    documents = [item for source in parse_all(_join(lines), file) for item in _take_apart(source, shifts)]
    problems += [_name_template(problem, written) for document in documents for problem in document.problems]
    problems += [problem for document in documents for problem in _name_placeholders(document, placeholders)]
    return Reading(tuple(document for document in documents if document.value is not None), tuple(problems))


@dataclass(frozen=True)
class Item(Source):
    """An object of a file, alone or in a list as `kubectl get -o yaml` prints it."""

    whole: Source = field(default_factory=lambda: Source("", None))
    place: Path = ()
    shifts: Mapping[int, int] = field(default_factory=dict)
    """Line to the number of columns by which it was moved right before reading."""

    def at(self, path: Path, *, key: bool = False) -> Position:
        """Return the position of a value in the file, as it is written."""
        at = self.whole.at(self.place + path, key=key)
        return at._replace(column=at.column - self.shifts.get(at.line, 0))


def _take_apart(source: Source, shifts: Mapping[int, int]) -> list[Source]:
    """Return the objects of a document: itself, or the items of a list, which may hold lists."""
    places = list(_find_items(source.value, ()))
    if places == [()]:
        return [Item(source.file, source.value, source.problems, whole=source, shifts=shifts)]
    rest = [Source(source.file, None, source.problems)] if source.problems else []
    return rest + [
        Item(source.file, get(source.value, place), (), whole=source, place=place, shifts=shifts) for place in places
    ]


def _find_items(value: Any, path: Path) -> Iterator[Path]:
    items = get(value, ("items",))
    if isinstance(items, list) and str(get(value, ("kind",))).endswith("List"):
        for index, item in enumerate(items):
            yield from _find_items(item, (*path, "items", index))
    else:
        yield path


def find_instance(document: Source) -> str:
    """Return the cluster of an object that daskgen rendered; "" for other objects."""
    labels = get(document.value, ("metadata", "labels")) or {}
    return str(get(labels, (INSTANCE,)) or "") if get(labels, (MANAGED_BY,)) == "daskgen" else ""


def find_name(document: Source) -> str:
    """Return the name of an object's cluster: its label, else its own name, else that of its file."""
    name = find_instance(document) or get(document.value, ("metadata", "name"))
    return str(name) if name else FilePath(document.file).stem


def find_short_name(document: Source) -> str:
    """Return the name of an object, without the cluster's name and the hash that daskgen adds."""
    name = str(get(document.value, ("metadata", "name")) or FilePath(document.file).stem)
    instance = find_instance(document)
    return HASH.sub("", name.removeprefix(f"{instance}-")) if instance else name


def _join(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _find_instructions(lines: Sequence[str], file: str) -> Iterator[Problem]:
    """Find the lines that hold only an instruction to a template engine."""
    for index, line in enumerate(lines):
        if INSTRUCTION.fullmatch(line):
            message = f"{line.strip()} is an instruction to a template engine, which daskgen does not run"
            yield Problem(Position(file, index + 1), "DG602", message, MAKE)


def _name_template(problem: Problem, lines: Sequence[str]) -> Problem:
    """Name the template engine whose instruction is on a line that is not valid YAML, or on the one before."""
    near = "\n".join(lines[max(problem.at.line - 2, 0) : problem.at.line])
    engine = next((name for name, mark in TEMPLATES.items() if mark.search(near)), "")
    if problem.code != "DG001" or not engine:
        return problem
    return problem._replace(
        code="DG602", message=f"this is a template for {engine}, and not valid YAML here", hint=MAKE
    )


def _mend(lines: list[str], file: str, shifts: Counter[int]) -> list[Problem]:
    """Indent fields that are in the column of their list's dash. Changes nothing if the file has other errors.

    Records in `shifts` by how many columns each line was moved right.
    """
    mended = list(lines)
    problems: list[Problem] = []
    moved: Counter[int] = Counter()
    while len(problems) < MOST_MENDED and (at := _find_stop(mended, file)):
        shift = _measure_slip(mended, at.line - 1)
        if not shift:
            return []
        end = _find_end(mended, at.line - 1, at.column - 1)
        mended[at.line - 1 : end] = [" " * shift + line if line else line for line in mended[at.line - 1 : end]]
        moved.update(dict.fromkeys(range(at.line, end + 1), shift))
        message = f"in the column of the list's dash; lines {at.line} to {end} are read {shift} columns further right"
        problems.append(Problem(at, "DG603", message, "indent them", "warning"))
    lines[:] = mended
    shifts.update(moved)
    return problems


def _find_stop(lines: list[str], file: str) -> Position | None:
    """Return the position of the first YAML error; None if there is none."""
    stops = (
        problem.at
        for document in parse_all(_join(lines), file)
        for problem in document.problems
        if problem.code == "DG001"
    )
    return next(stops, None)


def _measure_slip(lines: list[str], index: int) -> int:
    """Return by how many columns to indent a field that is right below the dash of its list; 0 for other lines."""
    found = FIELD.match(lines[index]) if index < len(lines) else None
    if not found:
        return 0
    column = len(found[1])
    for line in reversed(lines[:index]):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent <= column:
            item = ITEM.match(line)
            return len(item[2]) if item and indent == column else 0
    return 0


def _find_end(lines: list[str], start: int, column: int) -> int:
    """Return the line after the list item whose field is in line `start`, counted from 0."""
    for index in range(start, len(lines)):
        line = lines[index]
        indent = len(line) - len(line.lstrip())
        if line.strip() and (indent < column or (indent == column and line[column] == "-")):
            return index
    return len(lines)


def _name_placeholders(source: Source, placeholders: Placeholders) -> Iterator[Problem]:
    for path, text in _find_texts(source.value):
        for match in STAND_IN.finditer(text):
            written = placeholders.known.get(match[0], "")
            # A variable in a command is for the shell, not a placeholder.
            if not written or (written.startswith("$") and {"command", "args"}.intersection(path)):
                continue
            message = f"{placeholders.restore(format_path(path))}: {written} is a placeholder"
            yield Problem(source.at(path), "DG601", message, "replace it by the value in the spec", "warning")


def _find_texts(value: Any) -> Iterator[tuple[Path, str]]:
    """Find all texts in `value`, including keys."""
    for path, inner in walk(value):
        yield from ((path, text) for text in (*path[-1:], inner) if isinstance(text, str))
