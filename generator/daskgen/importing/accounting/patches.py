"""Write patches for values of the manifests that no field of the spec can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from daskgen.importing.accounting.added import Bodies
from daskgen.importing.accounting.compare import Match, Place
from daskgen.importing.draft import Part
from daskgen.importing.drafting.noted import without_noted
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import find_difference
from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.scanners import waive
from daskgen.paths import Path, get, has, join_pointer


def write_patches(missing: Mapping[Place, Sequence[Match]], bodies: Bodies) -> list[dict[str, Any]]:
    """Return a strategic merge patch for each rendered object that lacks a value."""
    wanted: dict[tuple[str, str], Object] = {}
    for place, matches in missing.items():
        key = (place.kind, place.name)
        if key in bodies and matches:
            wanted.setdefault(key, deepcopy(bodies[key]))
            _add(wanted[key], matches)
    return [
        _patch(key, find_difference(bodies[key], body, find_kind(key[0]).merge_keys)) for key, body in wanted.items()
    ]


def edit_command(place: Place, part: Part) -> list[dict[str, Any]]:
    """Return an operation that makes the rendered command start the program of a part's folder."""
    path = join_pointer((*place.path, "spec", "containers", 0, "args", 0))
    operation = {"op": "replace", "path": path, "value": f"{part.folder}/dask"}
    return [_patch((place.kind, place.name), [operation])] if part.folder else []


def restore(given: Bodies, bodies: Bodies) -> list[dict[str, Any]]:
    """Return patches that make the rendered objects equal to the given ones, apart from hashes in their names."""
    names = {
        body["metadata"].get("name"): bodies[key]["metadata"]["name"] for key, body in given.items() if key in bodies
    }
    patches = []
    given = {key: waive(without_noted(body)) for key, body in given.items()}
    for key in (key for key in given if key in bodies):
        difference = find_difference(bodies[key], _rename(given[key], names), find_kind(key[0]).merge_keys)
        patches += [_patch(key, difference)] if difference else []
    return patches


def _rename(value: Any, names: Mapping[Any, str]) -> Any:
    if isinstance(value, dict):
        return {key: _rename(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_rename(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _patch(key: tuple[str, str], patch: Any) -> dict[str, Any]:
    kind, name = key
    return {"target": {"kind": kind, "name": name}, "patch": patch}


def _add(body: Object, matches: Sequence[Match]) -> None:
    """Put values into an object: first those that replace others, then new elements of lists."""
    new = [match for match in matches if _is_new_element(body, match.target)]
    for match in matches:
        if not _is_new_element(body, match.target):
            _set(body, match.target, match.value)
    for place in dict.fromkeys(match.target[:-1] for match in new):
        holder, more = get(body, place), [deepcopy(match.value) for match in new if match.target[:-1] == place]
        # Elements that patches name come first; but the first container stays the one that runs Dask.
        holder[:] = [*holder, *more] if place[-1] == "containers" else [*more, *holder]


def _is_new_element(body: Object, target: Path) -> bool:
    return isinstance(target[-1], int) and not has(get(body, target[:-1]), target[-1])


def _set(body: Object, target: Path, value: Any) -> None:
    holder: Any = body
    for part in target[:-1]:
        if isinstance(holder, dict):
            holder.setdefault(part, {})
        holder = holder[part]
    holder[target[-1]] = deepcopy(value)
