"""List the outcome of every value of the manifests that a cluster is imported from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.findings.problem import Position
from daskgen.importing.accounting.compare import Comparison, is_below, shorten
from daskgen.importing.draft import Draft, Note, find_container
from daskgen.parts.places import list_places
from daskgen.parts.scheduler import Scheduler
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path, get, walk
from daskgen.yaml.read import Source

FIELDS: Mapping[str, str] = {
    **{place: name for model in (Scheduler, WorkerGroup) for place, name in list_places(model)},
    "spec.imagePullSecrets": "image.pullSecrets",
    "spec.serviceAccountName": "serviceAccount",
    "spec.containers.image": "image",
    "spec.containers.imagePullPolicy": "image.pullPolicy",
}
"""Places in pods and objects, without numbers of list elements, and the fields of the spec that set the same."""

ALWAYS = (("apiVersion",), ("kind",))


class Entry(NamedTuple):
    """The outcome of the value at a place in a manifest; holds for every value below it without an entry of its own."""

    source: Source
    origin: Path
    outcome: str
    """`field`, `same`, `patch`, `difference` or `left`."""
    text: str = ""
    """The field, the object that is patched, or the reason why the value differs."""

    @property
    def at(self) -> Position:
        """Return the position in the file."""
        return self.source.at(self.origin, key=not isinstance(self.origin[-1], int) if self.origin else False)


RANK = {outcome: rank for rank, outcome in enumerate(("left", "same", "difference", "field", "patch"))}
"""Outcome to its rank: of two at one place, the higher one is reported."""

Place = tuple[int, Path]
"""A source, known by its identity, and a path in it."""


def list_entries(draft: Draft, comparisons: Sequence[Comparison], refused: Mapping[str, str]) -> list[Entry]:
    """Return an entry for every value of a draft's documents, in their order; `refused` are fields with messages."""
    notes = _enter_notes(draft, refused)
    known = [*notes, *(entry for comparison in comparisons for entry in _enter_comparison(comparison))]
    places: dict[Place, Entry] = {}
    for entry in sorted(known, key=lambda entry: RANK[entry.outcome]):
        places[id(entry.source), entry.origin] = entry
    return [_find_entry(source, path, places) for source in draft.documents for path in _find_values(source.value, ())]


def _find_entry(source: Source, path: Path, places: Mapping[Place, Entry]) -> Entry:
    """Return the entry that holds for a value: that of the longest path."""
    depths = (depth for depth in range(len(path), -1, -1) if (id(source), path[:depth]) in places)
    depth = next(depths, None)
    return Entry(source, path, "left") if depth is None else places[id(source), path[:depth]]._replace(origin=path)


def _enter_notes(draft: Draft, refused: Mapping[str, str]) -> Iterator[Entry]:
    notes: list[Note] = [*draft.notes, *(note for part in draft.parts for note in part.notes)]
    for note in notes:
        if message := _find_refusal(note.field, refused):
            yield Entry(note.source, note.origin, "left", message)
        elif note.left:
            yield Entry(note.source, note.origin, "left", note.reason)
        else:
            outcome = "difference" if note.reason else "field"
            yield Entry(note.source, note.origin, outcome, note.reason or note.field)
    for document in draft.documents:
        for path, field in ((("metadata", "name"), "name"), (("metadata", "namespace"), "namespace")):
            yield Entry(document, path, "field", field)


def _find_refusal(field: str, refused: Mapping[str, str]) -> str:
    """Return why a field, or the map around it, was left out of the spec."""
    return next((text for path, text in refused.items() if field and is_below(field, path)), "")


def _enter_comparison(comparison: Comparison) -> Iterator[Entry]:
    for path in _find_values(comparison.match.value, comparison.match.path):
        if written := comparison.part.written(path):
            outcome, text = _describe(path, comparison)
            yield Entry(*written, outcome, text or f"{comparison.place.kind} {comparison.place.name}")


def _describe(path: Path, comparison: Comparison) -> tuple[str, str]:
    if comparison.outcome != "same":
        return comparison.outcome, comparison.text
    if path[:2] == ("spec", "containers") and path[2:3] != (find_container(comparison.part),):
        return "field", "containers"
    place = shorten(path)
    field = next((field for start, field in FIELDS.items() if is_below(place, start)), "")
    return ("field", field) if field else ("same", "")


def _find_values(value: Any, path: Path) -> Iterator[Path]:
    """Find the places of all scalars except `apiVersion` and `kind`."""
    for place, inner in walk(value, path):
        if not isinstance(inner, Mapping | list) and inner is not None and place not in ALWAYS:
            yield place


def gather(entries: Sequence[Entry]) -> list[tuple[Entry, int]]:
    """Gather the entries of one outcome: a whole map or list is one entry, with the number of values in it."""
    alike = {(id(entry.source), entry.origin) for entry in entries}
    groups: dict[Place, list[Entry]] = {}
    top: Path = ()
    for entry in entries:
        # Entries are in the order of the file, so those of one map or list follow each other.
        if (id(entry.source), top) not in groups or entry.origin[: len(top)] != top:
            top = _find_top(entry, alike)
        groups.setdefault((id(entry.source), top), []).append(entry)
    return [
        (group[0]._replace(origin=top) if len(group) > 1 else group[0], len(group))
        for (_, top), group in groups.items()
    ]


def _find_top(entry: Entry, alike: set[tuple[int, Path]]) -> Path:
    """Return the outermost place around an entry below which all values are among `alike`."""
    for depth in range(1, len(entry.origin)):
        top = entry.origin[:depth]
        if all((id(entry.source), path) in alike for path in _find_values(get(entry.source.value, top), top)):
            return top
    return entry.origin
