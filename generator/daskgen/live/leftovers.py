"""Clusters that are in no file of the fleet any more, and still there, in namespaces where the fleet has others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from daskgen.kubernetes.kinds import CUSTOM, find_kind
from daskgen.kubernetes.labels import CLUSTER, INSTANCE, MANAGED_BY
from daskgen.kubernetes.objects import Object
from daskgen.live.state import ClusterState, explain_custom
from daskgen.outside.kubernetes import AccessError, Api
from daskgen.render.overlay import RenderedOverlay

MADE = {**CLUSTER, MANAGED_BY: "daskgen"}
"""Labels of everything rendered for a cluster."""

KINDS = {kind: find_kind(kind).version for kind in ("Deployment", *CUSTOM)}
"""What a cluster's pods hang on, and the API version of each."""


async def find_leftovers(api: Api, overlays: Iterable[RenderedOverlay]) -> list[ClusterState]:
    """The state of each of them. Raises `AccessError`."""
    found = await asyncio.gather(*(_find(api, *it) for it in find_known(overlays).items()))
    return [_describe(*cluster, objects) for it in found for cluster, objects in sorted(it.items())]


async def find_elsewhere(api: Api, overlays: Iterable[RenderedOverlay]) -> Mapping[str, tuple[str, ...]]:
    """Find other namespaces that hold a cluster of a name of the fleet, as a move leaves behind; {} for want of rights.

    They may belong to another fleet, which nothing in the cluster tells.
    """
    own = {(overlay.name, overlay.identity.namespace) for overlay in overlays}
    names = {name for name, _ in own}
    found: dict[str, set[str]] = defaultdict(set)
    asked = (find_if_allowed(api, version, kind, "", MADE) for kind, version in KINDS.items())
    for body in [body for answer in await asyncio.gather(*asked) for body in answer or ()]:
        name, namespace = body["metadata"]["labels"].get(INSTANCE, ""), body["metadata"]["namespace"]
        if name in names and (name, namespace) not in own:
            found[name].add(namespace)
    return {name: tuple(sorted(namespaces)) for name, namespaces in found.items()}


def find_known(overlays: Iterable[RenderedOverlay]) -> Mapping[str, set[str]]:
    """Each namespace of the fleet, and what it has there."""
    known: dict[str, set[str]] = defaultdict(set)
    for it in overlays:
        known[it.identity.namespace].add(it.name)
    return known


async def _find(api: Api, namespace: str, known: set[str]) -> Mapping[tuple[str, str], Sequence[Object]]:
    """The objects of a namespace that belong to none of the `known` clusters, by name of their cluster."""
    strange: dict[tuple[str, str], list[Object]] = defaultdict(list)
    asked = (find_if_allowed(api, version, kind, namespace, MADE) for kind, version in KINDS.items())
    for answer in await asyncio.gather(*asked):
        for it in answer or ():
            name = it["metadata"]["labels"].get(INSTANCE, "")
            # What has an owner goes with it, and the operator's own mark on what it has adopted tells nothing here.
            if name not in known and (it["kind"] in CUSTOM or not it["metadata"].get("ownerReferences")):
                strange[name, namespace].append(it)
    return strange


async def find_if_allowed(
    api: Api, version: str, kind: str, namespace: str, labels: Mapping[str, str]
) -> list[Object] | None:
    """What `Api.find` finds; None for want of rights, as those to the operator's resources are seldom given."""
    try:
        return await api.find(version, kind, namespace, labels)
    except AccessError as error:
        if error.status == 403:
            return None
        raise


def _describe(name: str, namespace: str, objects: Sequence[Object]) -> ClusterState:
    names = ", ".join(f"{it['kind']} {it['metadata']['name']}" for it in objects)
    missing = f"is in no file of the fleet any more, and still there: {names}"
    stuck = tuple(filter(None, (explain_custom(it, it, made=True) for it in objects if it["kind"] in CUSTOM)))
    return ClusterState(name, namespace, "", missing=missing, blocked=stuck)
