"""Find the field of the spec that a place in a rendered object comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daskgen.kubernetes.kinds import find_pods
from daskgen.kubernetes.objects import Resource
from daskgen.paths import Path, get, split_pointer
from daskgen.spec.changes import Patch

NAMES = ("name", "mountPath", "containerPort", "port", "ip", "topologyKey", "key", "devicePath")
"""Fields that identify an element of a list."""


class Candidate(NamedTuple):
    """A part of the spec that a piece of an object may come from: its path, its value, and the place of the piece."""

    prefix: Path
    given: Any
    piece: Path


def find_origin(resource: Resource, path: Path, patches: Sequence[Patch], value: Any) -> Path:
    """Return the path in the spec, whose value is `value`, from which the place `path` of the object comes.

    The candidate that matches most of the path is the origin; of two, a patch, since patches are applied last.
    """
    best, longest = next(origin for place, origin in resource.origins() if path[: len(place)] == place), 0
    for prefix, given, piece in _find_candidates(resource, patches, value):
        if path[: len(piece)] != piece or _is_own_container(prefix, path[len(piece) :]):
            continue
        taken, steps = follow(given, get(resource.body, piece), path[len(piece) :])
        is_operation = prefix[-1:] == ("value",)
        if (taken or is_operation) and steps + len(piece) > longest:
            best, longest = (*prefix, *taken), steps + len(piece)
    return best


def _is_own_container(prefix: Path, rest: Path) -> bool:
    """Return whether `rest` leads from a pod to the container of Dask, which is not one of the spec's `containers`."""
    return prefix[0] != "patches" and rest[:2] == ("containers", 0)


def find_in_patch(patch: Any, body: Any, path: Path) -> Path:
    """Return the innermost place of a patch from which the place `path` of `body`, its result, comes."""
    if isinstance(patch, Mapping):
        return follow(patch, body, path)[0]
    best: Path = ()
    longest = -1
    for place, given, piece in reversed(list(_read_operations((), patch))):
        if path[: len(piece)] == piece:
            taken, steps = follow(given, get(body, piece), path[len(piece) :])
            found, length = (*place, *taken), len(piece) + steps
        else:
            # The patch may have removed the missing element.
            found, length = place[:1], len(path) if piece[: len(path)] == path else -1
        if length > longest:
            best, longest = found, length
    return best


def _find_candidates(resource: Resource, patches: Sequence[Patch], value: Any) -> Iterator[Candidate]:
    for index in reversed(range(len(patches))):
        patch = patches[index]
        if (patch.target.kind, patch.target.name) == resource.key:
            here = ("patches", index, "patch")
            if isinstance(patch.patch, list):
                yield from (
                    _find_appended(candidate, resource.body) for candidate in _read_operations(here, patch.patch)
                )
            else:
                yield Candidate(here, patch.patch, ())
    for place, origin in resource.origins():
        part = get(value, origin)
        pieces: list[Path] = [place, (*place, "metadata"), (*place, "spec")]
        for pod, _ in find_pods(resource.body):
            if pod[: len(place)] == place:
                pieces += [pod, (*pod, "containers", 0)]
        yield from (Candidate(origin, part, piece) for piece in pieces)


def _read_operations(here: Path, operations: Sequence[Mapping[str, Any]]) -> Iterator[Candidate]:
    for index, operation in enumerate(operations):
        piece = split_pointer(str(operation.get("path", "")))
        yield Candidate((*here, index, "value"), operation.get("value"), piece)


def _find_appended(candidate: Candidate, body: Any) -> Candidate:
    """Return a candidate that appends to a list, whose place is `-`, with the place of what it has appended."""
    *place, last = candidate.piece or ("",)
    elements = get(body, tuple(place)) if last == "-" else None
    if isinstance(elements, list) and candidate.given in elements:
        return candidate._replace(piece=(*place, elements.index(candidate.given)))
    return candidate


def follow(given: Any, rendered: Any, path: Path) -> tuple[Path, int]:
    """Follow `path` through the rendered object, and through the given value as far as it goes.

    Returns the path in the given value, whose lists may be in another order, and the number of steps.
    """
    taken: Path = ()
    for steps, part in enumerate(path):
        step = _step(given, rendered, part)
        if step is None:
            return taken, steps
        given, taken = given[step], (*taken, step)
        rendered = get(rendered, (part,))
    return taken, len(path)


def _step(given: Any, rendered: Any, part: str | int) -> str | int | None:
    if isinstance(given, Mapping):
        return part if part in given else None
    if isinstance(given, list) and isinstance(part, int) and isinstance(rendered, list) and part < len(rendered):
        # Elements without a name in a list with additions, such as terms of an affinity, are identified by index.
        nameless = len(given) == len(rendered) and not _names_of(rendered[part])
        return next(
            (index for index, element in enumerate(given) if _is_same(element, rendered[part])),
            part if nameless else None,
        )
    return None


def _is_same(given: Any, rendered: Any) -> bool:
    if not isinstance(given, Mapping) or not isinstance(rendered, Mapping):
        return bool(given == rendered)
    known = [name for name in _names_of(rendered) if name in given]
    return bool(given == rendered) or any(given[name] == rendered[name] for name in known[:1])


def _names_of(element: Any) -> list[str]:
    return [name for name in NAMES if isinstance(element, Mapping) and name in element]
