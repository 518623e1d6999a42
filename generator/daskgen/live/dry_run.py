"""What applying what is rendered would do to what runs, by server-side dry runs. Changes nothing."""

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
from daskgen.live.leftovers import MADE, find_if_allowed, find_known
from daskgen.live.marks import keep_marks
from daskgen.live.owners import find_manager, find_overrides
from daskgen.live.state import is_made, strip
from daskgen.live.status import AT_ONCE
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.paths import Path, get
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay

KINDS: Mapping[str, str] = {kind.name: kind.version for kind in ROWS if kind.namespaced}
"""Kinds that are rendered, in namespaces, and the API version of each."""

REFUSALS = (400, 404, 409, 422)
"""How the API server answers to what it will not have; and by 403, if not for want of rights.
https://kubernetes.io/docs/reference/using-api/api-concepts/"""

WANT_OF_RIGHTS = re.compile(r'User ".*" cannot ')

HASH = r"-[0-9a-z]{7,10}"
"""What names end in that change with what they are names of: kustomize's has ten letters, ours seven."""


class _Tried(NamedTuple):
    live: Object | None
    applied: Object
    refusal: str = ""


class _Seen(NamedTuple):
    """What a namespace has with labels of ours, and kinds that may not be looked at."""

    there: Mapping[Key, Object]
    unseen: tuple[str, ...]


async def try_fleet(api: Api, overlays: Sequence[RenderedOverlay]) -> tuple[list[DryRun], list[DryRun]]:
    """A trial of each, in their order; and of other clusters in their namespaces, to which nothing is applied.

    Only of clusters without errors. Raises `AccessError`.
    """
    limit = asyncio.Semaphore(AT_ONCE)
    pending = await _find_pending(api, overlays)
    seen = await _look_around(api, overlays, limit)

    async def run(overlay: RenderedOverlay) -> DryRun:
        async with limit:
            return await _try_one(api, overlay, seen[overlay.identity.namespace], pending)

    tried = await asyncio.gather(*map(run, overlays))
    known = find_known(overlays)
    return list(tried), [it for space in sorted(known) for it in _find_strange(space, seen[space], known[space])]


async def _look_around(api: Api, overlays: Iterable[RenderedOverlay], limit: asyncio.Semaphore) -> dict[str, _Seen]:
    """What there is in each namespace of the fleet."""
    needed: dict[str, set[str]] = defaultdict(set)
    for it in overlays:
        needed[it.identity.namespace].update(body["kind"] for body in it.objects)

    async def look(namespace: str) -> _Seen:
        async with limit:
            return await _look(api, namespace, needed[namespace])

    return dict(zip(needed, await asyncio.gather(*map(look, needed)), strict=True))


async def _find_pending(api: Api, overlays: Iterable[RenderedOverlay]) -> set[str]:
    """Namespaces and kinds that come with the fleet, and are not there yet."""
    bodies = [body for it in overlays for body in it.objects if body["kind"] in BRINGS]
    found = await asyncio.gather(*map(api.get, bodies))
    return {get(body, BRINGS[body["kind"]]) for body, live in zip(bodies, found, strict=True) if not live}


BRINGS: Mapping[str, Path] = {
    "Namespace": ("metadata", "name"),
    "CustomResourceDefinition": ("spec", "names", "kind"),
}
"""What others rest on, and where it says by which name."""


async def _try_one(api: Api, overlay: RenderedOverlay, seen: _Seen, pending: set[str]) -> DryRun:
    name, namespace, _ = overlay.identity
    bodies = _index(overlay)
    there = {key: it for key, it in seen.there.items() if it["metadata"]["labels"].get(INSTANCE) == name}
    answers = await asyncio.gather(*(_try(api, it, there, pending) for it in bodies.values()))
    tried = dict(zip(bodies, answers, strict=True))
    before = {key: it.live for key, it in tried.items() if it.live}
    strays = _find_strays(bodies.values(), there.values())
    former = {key: it for key in bodies if key not in before for it in _find_former(name, key, bodies[key], strays)}
    return DryRun(
        name,
        namespace,
        before={key: strip(it) for key, it in {**before, **former}.items()},
        after={key: strip(keep_marks(it.applied, former.get(key))) for key, it in tried.items()},
        overrides=tuple(
            (key_of(it), one) for key, it in before.items() for one in find_overrides(it, tried[key].applied)
        ),
        refusals=tuple(Refusal(*key_of(it.applied), it.refusal) for it in answers if it.refusal),
        strays=tuple(strip(it) for it in strays if it not in former.values()),
        unseen=seen.unseen,
        unapplied=sum(not find_manager(it) for it in before.values()),
    )


def _index(overlay: RenderedOverlay) -> dict[Key, Object]:
    """Full objects, by what `DryRun` has them by."""
    if isinstance(overlay, RenderedCluster):
        return index_truth(overlay.resources, overlay.identity)
    return {key_of(body): body for body in overlay.objects}


def _find_strange(namespace: str, seen: _Seen, known: set[str]) -> list[DryRun]:
    strange: dict[str, list[Object]] = defaultdict(list)
    for it in _find_strays([], seen.there.values()):
        if (name := it["metadata"]["labels"].get(INSTANCE, "")) not in known:
            strange[name].append(strip(it))
    return [DryRun(name, namespace, {}, {}, strays=tuple(it)) for name, it in sorted(strange.items())]


async def _look(api: Api, namespace: str, needed: set[str]) -> _Seen:
    """`needed` are kinds without which nothing can be told."""
    asked = (
        (api.find if kind in needed else partial(find_if_allowed, api))(version, kind, namespace, MADE)
        for kind, version in KINDS.items()
    )
    answers = await asyncio.gather(*asked)
    unseen = tuple(kind for kind, it in zip(KINDS, answers, strict=True) if it is None)
    return _Seen({key_of(it): it for answer in answers for it in answer or ()}, unseen)


async def _try(api: Api, body: Object, there: Mapping[Key, Object], pending: set[str]) -> _Tried:
    if pending & {body["kind"], body["metadata"].get("namespace", "")}:
        return _Tried(None, body)
    live = there.get(key_of(body)) or await api.get(body)
    body = keep_marks(body, live)
    try:
        applied = await api.try_apply(body, find_manager(live) if live else "")
    except AccessError as error:
        if not _is_refusal(error):
            raise
        merged = merge_patch(live, body, find_kind(body["kind"]).merge_keys) if live else body
        return _Tried(live, merged, str(error))
    return _Tried(live, applied if live else body)


def _is_refusal(error: AccessError) -> bool:
    return error.status in REFUSALS or (error.status == 403 and not WANT_OF_RIGHTS.search(str(error)))


def _find_strays(rendered: Iterable[Object], there: Iterable[Object]) -> list[Object]:
    names = {key_of(it) for it in rendered}
    return [it for it in there if key_of(it) not in names and not is_made(it, names)]


def _find_former(name: str, key: Key, body: Object, strays: Iterable[Object]) -> list[Object]:
    """What stood for an object whose name changes with what it holds: those that did, in their order."""
    kind, start = key[0], f"{name}-{key[1]}"
    if body["metadata"]["name"] in (start, key[1]):
        return []
    pattern = re.compile(re.escape(start) + HASH)
    found = [it for it in strays if it["kind"] == kind and pattern.fullmatch(it["metadata"]["name"])]
    return sorted(found, key=lambda it: it["metadata"].get("creationTimestamp", ""))
