"""Find what applying the rendered objects would change, by server-side dry runs. Changes nothing."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from daskgen.kubernetes.dry_run import DryRun, Refusal
from daskgen.kubernetes.kinds import ROWS, find_kind
from daskgen.kubernetes.labels import INSTANCE
from daskgen.kubernetes.merge import merge_patch
from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.layers.truth import index_truth
from daskgen.live.drift import is_made, strip
from daskgen.live.marks import keep_marks
from daskgen.live.namespaces import explain_namespace
from daskgen.live.orphans import MADE, find_names
from daskgen.live.owners import find_manager, find_overrides
from daskgen.live.requests import SharedApi, find_if_allowed
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.paths import Path, get
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay

KINDS: Mapping[str, str] = {kind.name: kind.version for kind in ROWS if kind.namespaced}
"""Kinds that are rendered, in namespaces, and the API version of each."""

REFUSALS = (400, 404, 409, 422)
"""Statuses with which the API server refuses an object; also 403, if the reason is not a missing right.
https://kubernetes.io/docs/reference/using-api/api-concepts/"""

WANT_OF_RIGHTS = re.compile(r'User ".*" cannot ')

HASH = r"-[0-9a-z]{7,10}"
"""Suffix of names that change with the content of their object: ten letters by kustomize, seven by daskgen."""


class _Tried(NamedTuple):
    live: Object | None
    applied: Object
    refusal: str = ""


class _Seen(NamedTuple):
    """The objects with labels of daskgen in a namespace, and the kinds that the user may not list."""

    there: Mapping[Key, Object]
    unseen: tuple[str, ...]
    closed: str
    """Reason why nothing can be created in the namespace, such as its deletion; "" if there is none."""


async def try_fleet(api: Api, overlays: Sequence[RenderedOverlay]) -> tuple[list[DryRun], list[DryRun]]:
    """Apply each by dry runs; return the results in the same order, and those of other clusters in their namespaces.

    Only for clusters without errors. Raises `AccessError`.
    """
    api = SharedApi(api, overlays)
    pending = await _find_pending(api, overlays)
    seen = await _list_namespaces(api, overlays)
    tried = (_try_one(api, overlay, seen[overlay.identity.namespace], pending) for overlay in overlays)
    names = find_names(overlays)
    strange = [run for space in sorted(names) for run in _find_strange(space, seen[space], names[space])]
    return list(await asyncio.gather(*tried)), strange


async def _list_namespaces(api: Api, overlays: Iterable[RenderedOverlay]) -> dict[str, _Seen]:
    """List the objects of each namespace of the fleet."""
    needed: dict[str, set[str]] = defaultdict(set)
    for overlay in overlays:
        needed[overlay.identity.namespace].update(body["kind"] for body in overlay.objects)
    found = await asyncio.gather(*(_list_namespace(api, *each) for each in needed.items()))
    return dict(zip(needed, found, strict=True))


async def _find_pending(api: Api, overlays: Iterable[RenderedOverlay]) -> set[str]:
    """Find namespaces and definitions of the fleet that do not exist yet."""
    bodies = [body for overlay in overlays for body in overlay.objects if body["kind"] in BRINGS]
    found = await asyncio.gather(*map(api.get, bodies))
    return {get(body, BRINGS[body["kind"]]) for body, live in zip(bodies, found, strict=True) if not live}


BRINGS: Mapping[str, Path] = {
    "Namespace": ("metadata", "name"),
    "CustomResourceDefinition": ("spec", "names", "kind"),
}
"""Kinds that other objects need to be created, and the path of the name by which those refer to them."""


async def _try_one(api: Api, overlay: RenderedOverlay, seen: _Seen, pending: set[str]) -> DryRun:
    name, namespace, _ = overlay.identity
    bodies = _index(overlay)
    there = {key: body for key, body in seen.there.items() if body["metadata"]["labels"].get(INSTANCE) == name}
    answers = await asyncio.gather(*(_try(api, body, there, pending, seen.closed) for body in bodies.values()))
    tried = dict(zip(bodies, answers, strict=True))
    before = {key: answer.live for key, answer in tried.items() if answer.live}
    strays = _find_strays(bodies.values(), there.values())
    former = {key: body for key in bodies if key not in before for body in _find_former(name, key, bodies[key], strays)}
    return DryRun(
        name,
        namespace,
        before={key: strip(body) for key, body in {**before, **former}.items()},
        after={
            key: strip(keep_marks(answer.applied, former.get(key)))
            for key, answer in tried.items()
            if answer.live or not answer.refusal
        },
        overrides=tuple(
            (key_of(body), override)
            for key, body in before.items()
            for override in find_overrides(body, tried[key].applied)
        ),
        refusals=tuple(Refusal(*key_of(answer.applied), answer.refusal) for answer in answers if answer.refusal),
        strays=tuple(strip(body) for body in strays if body not in former.values()),
        unseen=seen.unseen,
        unapplied=sum(not find_manager(body) for body in before.values()),
    )


def _index(overlay: RenderedOverlay) -> dict[Key, Object]:
    """Return the full objects by the keys of `DryRun`."""
    if isinstance(overlay, RenderedCluster):
        return index_truth(overlay.resources, overlay.identity)
    return {key_of(body): body for body in overlay.objects}


def _find_strange(namespace: str, seen: _Seen, known: set[str]) -> list[DryRun]:
    strange: dict[str, list[Object]] = defaultdict(list)
    for body in _find_strays([], seen.there.values()):
        if (name := body["metadata"]["labels"].get(INSTANCE, "")) not in known:
            strange[name].append(strip(body))
    return [DryRun(name, namespace, {}, {}, strays=tuple(bodies)) for name, bodies in sorted(strange.items())]


async def _list_namespace(api: Api, namespace: str, needed: set[str]) -> _Seen:
    """List all kinds in a namespace. Raises `AccessError` if the user may not list one of those `needed`."""
    asked = (
        (api.find if kind in needed else partial(find_if_allowed, api))(version, kind, namespace, MADE)
        for kind, version in KINDS.items()
    )
    answers = await asyncio.gather(*asked)
    unseen = tuple(kind for kind, answer in zip(KINDS, answers, strict=True) if answer is None)
    there = {key_of(body): body for answer in answers for body in answer or ()}
    return _Seen(there, unseen, await explain_namespace(api, namespace))


async def _try(api: Api, body: Object, there: Mapping[Key, Object], pending: set[str], closed: str) -> _Tried:
    if pending & {body["kind"], body["metadata"].get("namespace", "")}:
        return _Tried(None, body)
    live = there.get(key_of(body)) or await api.get(body)
    if closed and not live and "namespace" in body["metadata"]:
        return _Tried(None, body, closed)
    body = keep_marks(body, live)
    try:
        applied = await api.try_apply(body, find_manager(live) if live else "")
    except AccessError as error:
        if not is_refusal(error):
            raise
        merged = merge_patch(live, body, find_kind(body["kind"]).merge_keys) if live else body
        return _Tried(live, merged, str(error))
    return _Tried(live, applied if live else body)


def is_refusal(error: AccessError) -> bool:
    """Return whether the API server refuses the object, and does not deny the request for missing rights."""
    return error.status in REFUSALS or (error.status == 403 and not WANT_OF_RIGHTS.search(str(error)))


def _find_strays(rendered: Iterable[Object], there: Iterable[Object]) -> list[Object]:
    names = {key_of(body) for body in rendered}
    return [body for body in there if key_of(body) not in names and not is_made(body, names)]


def _find_former(name: str, key: Key, body: Object, strays: Iterable[Object]) -> list[Object]:
    """Find the former versions of an object whose name changes with its content, from the oldest to the newest."""
    kind, start = key[0], f"{name}-{key[1]}"
    if body["metadata"]["name"] in (start, key[1]):
        return []
    pattern = re.compile(re.escape(start) + HASH)
    found = [body for body in strays if body["kind"] == kind and pattern.fullmatch(body["metadata"]["name"])]
    return sorted(found, key=lambda body: body["metadata"].get("creationTimestamp", ""))
