"""Format explanations of values for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.explain.outcomes import Explanation, Origin, Outcome, dump_spec
from daskgen.findings.problem import suggest
from daskgen.paths import Path, format_path, get, has, parse_path
from daskgen.render.cluster import RenderedCluster
from daskgen.words import count, enumerate_all, show_value

FEW = 3
"""Number of objects that a line about a value names; more are counted."""


def format_explanation(field: str, origin: Origin, found: Mapping[Path, Explanation]) -> str:
    """Format where a value is written and what depends on it; for a map or a list, a line for each value in it."""
    at = f"{origin.at.file}:{origin.at.line}:{origin.at.column}" if origin.at else "daskgen's default"
    path = parse_path(field)
    if [*found] == [path]:
        return "\n".join([f"{field}: {show_value(origin.value)}  ({at})", *_list_outcomes(found[path])])
    return "\n".join([f"{field}:  ({at})", *_summarize(found, len(path))])


def suggest_field(rendered: RenderedCluster, path: Path) -> str:
    """Suggest the field that was probably meant by an unknown path."""
    spec = dump_spec(rendered)
    depth = next(depth for depth in range(len(path)) if not has(get(spec, path[:depth]), path[depth]))
    inner = get(spec, path[:depth])
    names = list(map(str, inner)) if isinstance(inner, Mapping) else []
    if isinstance(inner, list):
        names = [str(index) for index in range(len(inner))]
    place = format_path(path[:depth])
    known = f"{f'{place} has' if place else 'fields:'} {', '.join(names)}" if names else f"{place} is a single value"
    return suggest(str(path[depth]), names, known)


def _list_outcomes(explanation: Explanation) -> Iterator[str]:
    for outcome in explanation.outcomes:
        yield f"  {outcome.kind} {outcome.name}: {_describe(outcome)}"
    if explanation.reason:
        yield f"  {explanation.reason}"


def _describe(outcome: Outcome) -> str:
    if outcome.path:
        return f"{format_path(outcome.path)}: {show_value(outcome.value)}"
    return "exists because of it" if outcome.is_made else f"would be created {_show_instead(outcome.instead)}"


def _show_instead(value: Any) -> str:
    """Format another value of a field; for a variant, only its kind."""
    if value is None:
        return "without it"
    return (
        f"with kind: {value['kind']}" if isinstance(value, Mapping) and "kind" in value else f"with {show_value(value)}"
    )


def _summarize(found: Mapping[Path, Explanation], depth: int) -> Iterator[str]:
    """Format a line for each value that something depends on, and one for all others."""
    rest = []
    for path, explanation in found.items():
        if explanation.outcomes:
            yield f"  {format_path(path[depth:])}: {_count(explanation)}"
        else:
            rest.append(format_path(path[depth:]))
    if rest:
        yield f"  no object depends on {enumerate_all(rest)}"


def _count(explanation: Explanation) -> str:
    places = Counter(f"{outcome.kind} {outcome.name}" for outcome in explanation.outcomes if outcome.path)
    counted = [f"{count(number, 'place')} in {name}" for name, number in places.items()]
    if len(places) > FEW:
        counted = [f"{count(places.total(), 'place')} in {count(len(places), 'object')}"]
    whole = [
        f"{outcome.kind} {outcome.name} {_describe(outcome)}" for outcome in explanation.outcomes if not outcome.path
    ]
    return ", ".join([*counted, *whole])
