"""List what rendered clusters have that the manifests do not: settings, resources, objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from daskgen.engine.operator import NAME
from daskgen.importing.accounting.compare import Place, find_place
from daskgen.importing.draft import Draft, Part
from daskgen.importing.drafting.pods import own_container
from daskgen.importing.reading.command import read_words
from daskgen.importing.reasons import ADDED, COMMAND_ADDED, GPU_ADDED
from daskgen.kubernetes.objects import Object
from daskgen.model.patterns import GPU_NAME
from daskgen.paths import Path, find_maps, get

Bodies = Mapping[tuple[str, str], Object]
"""Rendered objects, complete, by kind and short name."""


def list_settings(draft: Draft) -> Iterator[str]:
    """List the settings that pods of the draft leave empty. Call it before `remove_decided`, which empties more."""
    if draft.is_ours:
        return
    given = [part for part in draft.pods if part.tree]
    if any(not read_words(own_container(part)) for part in given):
        yield COMMAND_ADDED
    limits = (get(own_container(part), ("resources", "limits")) or {} for part in given)
    if any(re.search(GPU_NAME, name) for names in limits for name in names):
        yield GPU_ADDED
    for words, paths in ADDED.items():
        if any(not list(find_maps({"": part.tree}, ("", *path))) for part in given for path in paths):
            yield words


def list_resources(draft: Draft, bodies: Bodies) -> Iterator[str]:
    """List the requests and limits that are rendered and that the manifests do not set, a line for each part."""
    for part in draft.pods if not draft.is_ours else ():
        place = find_place(part, draft)
        path: Path = (*place.path, "spec", "containers", 0, "resources")
        rendered = get(bodies.get((place.kind, place.name)), path) or {}
        given = own_container(part).get("resources") or {}
        amounts = ", ".join(_list_amounts(given, rendered.get("limits") or {}))
        if amounts:
            yield f"resources of {_name(part, place)}: {amounts}"


def _list_amounts(given: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    for name, amount in limits.items():
        if name not in (given.get("limits") or {}):
            yield f"{name} {amount}"


def _name(part: Part, place: Place) -> str:
    if part.role in ("scheduler", "job"):
        return part.role
    return place.name if place.name != NAME else "worker"


def list_objects(draft: Draft, bodies: Bodies) -> Iterator[str]:
    """List the rendered objects that are not in the files, a line for each kind."""
    asked = [find_place(part, draft) for part in draft.parts if part.moves]
    known = {*draft.made, *((place.kind, place.name) for place in asked)}
    kinds: dict[str, list[str]] = {}
    for kind, name in bodies:
        if (kind, name) not in known:
            kinds.setdefault(kind, []).append(name)
    yield from (f"{kind}: {', '.join(names)}" for kind, names in kinds.items())
