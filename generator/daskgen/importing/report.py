"""Report an import, for people and for machines: the outcome of every value, and what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from daskgen.findings.problem import Problem
from daskgen.importing.accounting.entries import Entry, gather
from daskgen.importing.run import Imported, Result
from daskgen.paths import format_path
from daskgen.report import as_dict, format_text
from daskgen.words import count, dump_json, lay_lines

WORDS: Mapping[str, str] = {
    "field": "in fields",
    "same": "rendered anyway",
    "patch": "patched",
    "difference": "different",
    "left": "not imported",
}
"""Outcomes of a value, in words."""

SHOWN = 4
"""Places that are listed for one reason."""


def format_result(result: Result) -> str:
    """Format the problems in the files, then the outcomes of each cluster's values."""
    parts = [format_text(result.problems), *(lay_lines(_describe(cluster)) for cluster in result.clusters)]
    return "\n\n".join(part for part in parts if part)


def _describe(cluster: Imported) -> Iterator[str]:
    counts = Counter(entry.outcome for entry in cluster.entries)
    said = ", ".join(f"{counts[outcome]} {words}" for outcome, words in WORDS.items() if counts[outcome])
    yield f"{cluster.file} from {', '.join(cluster.files)}: {count(len(cluster.entries), 'value')}, {said}"
    yield from _list_fields(_choose(cluster, "field"))
    yield from _list_reasons("patched", _choose(cluster, "patch"))
    yield from _list_reasons("different, and why", _choose(cluster, "difference"))
    yield from _list("added", [f"    {line}" for line in cluster.added])
    yield from _list("not imported: handle these yourself", _list_left(_choose(cluster, "left")))
    yield from _list("to fill in", [f"    {cluster.file}:{line}: {text}" for line, text in cluster.placeholders])
    yield from _list("to decide", [f"    {_decide(decision)}" for decision in cluster.decisions])


def _choose(cluster: Imported, outcome: str) -> list[Entry]:
    return [entry for entry in cluster.entries if entry.outcome == outcome]


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"  {title}:"
        yield from lines


def _list_fields(entries: Sequence[Entry]) -> Iterator[str]:
    counts = Counter(entry.text for entry in entries)
    if counts:
        yield f"  in fields: {', '.join(f'{field} {number}' for field, number in sorted(counts.items()))}"


def _list_reasons(title: str, entries: Sequence[Entry]) -> Iterator[str]:
    yield from _list(title, _group(entries))


def _group(entries: Sequence[Entry]) -> list[str]:
    """List each reason, with the places of its entries below it."""
    lines: list[str] = []
    for reason in dict.fromkeys(entry.text for entry in entries):
        lines += [f"    {reason}", *_list_places([entry for entry in entries if entry.text == reason], "      ")]
    return lines


def _list_left(entries: Sequence[Entry]) -> list[str]:
    plain = [entry for entry in entries if not entry.text]
    return [*_list_places(plain, "    "), *_group([entry for entry in entries if entry.text])]


def _list_places(entries: Sequence[Entry], indent: str) -> list[str]:
    lines = [f"{indent}{_locate(entry, number)}" for entry, number in gather(entries)]
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"{indent}and {len(lines) - SHOWN} more"]


def _locate(entry: Entry, number: int) -> str:
    values = f" ({count(number, 'value')})" if number > 1 else ""
    return f"{entry.at.file}:{entry.at.line}:{entry.at.column}: {format_path(entry.origin)}{values}"


def _decide(problem: Problem) -> str:
    at, hint = problem.at, f"; {problem.hint}" if problem.hint else ""
    return f"{at.file}:{at.line}:{at.column}: {problem.code} {problem.message}{hint}"


def format_json(result: Result) -> str:
    """Format one document: {apiVersion, kind, problems, clusters: [{name, file, from, spec, values, added, …}]}."""
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Import",
        "problems": [as_dict(problem) for problem in result.problems],
        "clusters": [_as_dict(cluster) for cluster in result.clusters],
    }
    return dump_json(document)


def _as_dict(cluster: Imported) -> dict[str, Any]:
    return {
        "name": cluster.name,
        "file": cluster.file,
        "from": list(cluster.files),
        "spec": cluster.text,
        "values": [_as_row(entry) for entry in cluster.entries],
        "added": list(cluster.added),
        "placeholders": [{"line": line, "text": text} for line, text in cluster.placeholders],
        "decisions": [as_dict(decision) for decision in cluster.decisions],
    }


def _as_row(entry: Entry) -> dict[str, Any]:
    row = {"path": format_path(entry.origin), "outcome": entry.outcome, "text": entry.text}
    return {**entry.at._asdict(), **row}


FORMATS: Mapping[str, Callable[[Result], str]] = {"text": format_result, "json": format_json}
