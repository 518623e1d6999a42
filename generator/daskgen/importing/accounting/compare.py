"""Compare the manifests with what is rendered, place by place, and decide the outcome of each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from daskgen.engine.operator import NAME
from daskgen.importing.draft import Draft, Part
from daskgen.importing.reasons import IMPLIED, TABLES
from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import Keys, name_element
from daskgen.kubernetes.objects import Object
from daskgen.parts.placement import use_match_expressions
from daskgen.parts.workers import DEFAULT, WorkerGroup
from daskgen.paths import Path, get

WHOLE = {"startupProbe", "readinessProbe", "livenessProbe", "preStop", "postStart", "valueFrom", "strategy"}
"""Fields that are kept or replaced as a whole: two such values are never merged."""

ELEMENTS = {"volumes", "env"}
"""Lists whose elements are kept or replaced as a whole."""

Outcome = Literal["same", "patch", "difference", "left"]


class Place(NamedTuple):
    """The place of a part in the rendered objects."""

    kind: str
    name: str
    """The short name, without the cluster's."""
    path: Path = ()


class Match(NamedTuple):
    """A place of a part, the value that it asks for, and the place of that value in the rendered object."""

    path: Path
    value: Any
    target: Path
    same: bool


class Comparison(NamedTuple):
    """The outcome of the value at a place of a part; `text` is the reason of a difference."""

    part: Part
    place: Place
    """The place at which the part is rendered."""
    match: Match
    outcome: Outcome
    text: str = ""


OPERATED: Mapping[str, Path] = {
    "scheduler": ("scheduler",),
    "workers": ("worker",),
    "service": ("scheduler", "service"),
}
"""Role of a part to its place in the spec of a DaskCluster."""


def find_place(part: Part, draft: Draft) -> Place:
    """Return the place at which a part of a draft is rendered."""
    if part.role == "object":
        return Place(part.kind, part.name)
    if part.role == "job":
        return Place("DaskJob", NAME, ("spec", "job"))
    if draft.job:
        return Place("DaskJob", NAME, ("spec", "cluster", "spec", *OPERATED[part.role]))
    if draft.engine == "operator":
        if part.role == "workers" and part.group != DEFAULT:
            return Place("DaskWorkerGroup", _name_group(part), ("spec", "worker"))
        return Place("DaskCluster", NAME, ("spec", *OPERATED[part.role]))
    if part.role == "service":
        return Place("Service", "scheduler", ("spec",))
    return Place("Deployment", _name_group(part) if part.role == "workers" else "scheduler", ("spec", "template"))


def _name_group(part: Part) -> str:
    return WorkerGroup.model_construct(name=part.group).object_name


def compare(part: Part, place: Place, rendered: Object) -> list[Comparison]:
    """Compare all values of a part with the complete object that is rendered for it."""
    matches = _match(part.tree, get(rendered, place.path) or {}, (), place.path, find_kind(place.kind).merge_keys)
    if place.path == ("spec", "template"):
        matches = (_count_pods(match, rendered) for match in matches)
    return [Comparison(part, place, match, *_decide(match, TABLES[part.role])) for match in matches]


def _count_pods(match: Match, rendered: Object) -> Match:
    """Correct the target of `replicas`, which a Deployment holds beside the template of its pods."""
    if match.path != ("replicas",):
        return match
    target = ("spec", "replicas")
    return match._replace(target=target, same=match.value == get(rendered, target))


def _match(given: Any, rendered: Any, path: Path, target: Path, keys: Keys) -> Iterator[Match]:
    if given in ({}, [], None):
        return
    whole = path[-1:] and (path[-1] in WHOLE or (path[-2:-1] and path[-2] in ELEMENTS))
    if given == rendered or use_match_expressions(given) == rendered:
        yield Match(path, given, target, True)
    elif isinstance(given, Mapping) and isinstance(rendered, Mapping | None) and not whole:
        for key, value in given.items():
            yield from _match(value, get(rendered, (key,)), (*path, key), (*target, key), keys)
    elif isinstance(given, list) and isinstance(rendered, list) and path[-1] in keys:
        yield from _match_lists(given, rendered, path, target, keys)
    else:
        yield Match(path, given, target, _is_same(given, rendered, path))


def _match_lists(
    given: Sequence[Any], rendered: Sequence[Any], path: Path, target: Path, keys: Keys
) -> Iterator[Match]:
    key = keys[str(path[-1])]
    places = {name_element(element, key): index for index, element in reversed(list(enumerate(rendered)))}
    for index, element in enumerate(given):
        at = places.get(name_element(element, key))
        if at is not None:
            yield from _match(element, rendered[at], (*path, index), (*target, at), keys)
        else:
            yield Match((*path, index), element, (*target, len(rendered) + index), False)


def _is_same(given: Any, rendered: Any, path: Path) -> bool:
    if "resources" not in path or isinstance(given, dict | list) or rendered is None:
        return False
    try:
        return quantity.parse(str(given)) == quantity.parse(str(rendered))
    except ValueError:
        return False


def _decide(match: Match, table: Mapping[str, str]) -> tuple[Outcome, str]:
    if match.same or (match.path and IMPLIED.get(str(match.path[-1])) == match.value):
        return "same", ""
    place = shorten(match.path)
    reason = next((text for start, text in table.items() if is_below(place, start)), "")
    return ("difference", reason) if reason else ("patch", "")


def shorten(path: Path) -> str:
    """Return a path without numbers of list elements."""
    return ".".join(str(part) for part in path if not isinstance(part, int))


def is_below(place: str, start: str) -> bool:
    """Return whether a place, without numbers of list elements, equals `start` or is below it."""
    return place == start or place.startswith(f"{start}.")
