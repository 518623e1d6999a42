"""Find running clusters rendered by daskgen that no file of the fleet describes in their namespace."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from daskgen.kubernetes.kinds import CUSTOM, find_kind
from daskgen.kubernetes.labels import CLUSTER, COMPONENT, INSTANCE, MANAGED_BY
from daskgen.kubernetes.objects import Object
from daskgen.live.requests import find_if_allowed
from daskgen.live.state import ClusterState, Place, explain_custom
from daskgen.operator.install import NAME as CONTROLLER
from daskgen.outside.kubernetes import Api
from daskgen.render.cluster import RenderedCluster
from daskgen.render.overlay import RenderedOverlay

MADE = {**CLUSTER, MANAGED_BY: "daskgen"}
"""Labels of everything rendered for a cluster."""

KINDS = {kind: find_kind(kind).version for kind in ("Deployment", "StatefulSet", *CUSTOM)}
"""Kinds of the objects that own a cluster's pods, and the API version of each."""


class Orphans(NamedTuple):
    """Running clusters that no file of the fleet describes in their namespace."""

    elsewhere: Mapping[str, tuple[Place, ...]]
    """Places of clusters with the name, or former name, of one of the fleet, by its name: a move leaves them behind.
    They may belong to another fleet, which Kubernetes does not know."""
    removed: tuple[ClusterState, ...]
    """Clusters in a namespace of the fleet that are in no file."""
    unknown: tuple[Place, ...]
    """Clusters with other names in other namespaces: of another fleet, or left behind. Operators elsewhere are none."""


async def find_orphans(api: Api, overlays: Sequence[RenderedOverlay]) -> Orphans:
    """Find them in all namespaces, or without the right for that, in those of the fleet."""
    found = await _find_strange(api, overlays)
    spaces, names = find_names(overlays).keys(), _find_all_names(overlays)
    elsewhere: dict[str, list[Place]] = defaultdict(list)
    for place in found:
        if place.name in names:
            elsewhere[names[place.name]].append(place)
    return Orphans(
        {name: tuple(places) for name, places in elsewhere.items()},
        tuple(_describe(place, objects) for place, objects in found.items() if place.namespace in spaces),
        tuple(
            place
            for place, objects in found.items()
            if place.namespace not in spaces and place.name not in names and not _is_operator(objects)
        ),
    )


def _is_operator(objects: Iterable[Object]) -> bool:
    """Return whether all objects are those of an operator, which serves any number of fleets."""
    return all(body["metadata"]["labels"].get(COMPONENT) == CONTROLLER for body in objects)


def find_names(overlays: Iterable[RenderedOverlay]) -> Mapping[str, set[str]]:
    """Return the names that the fleet has in each of its namespaces."""
    names: dict[str, set[str]] = defaultdict(set)
    for overlay in overlays:
        names[overlay.identity.namespace].add(overlay.name)
    return names


def _find_all_names(overlays: Iterable[RenderedOverlay]) -> Mapping[str, str]:
    """Return the name of each cluster of the fleet by the names that it has and had."""
    clusters = [overlay.cluster for overlay in overlays if isinstance(overlay, RenderedCluster) and overlay.cluster]
    former = {cluster.renamed_from: cluster.name for cluster in clusters if cluster.renamed_from}
    return {**former, **{overlay.name: overlay.name for overlay in overlays}}


async def _find_strange(api: Api, overlays: Iterable[RenderedOverlay]) -> Mapping[Place, Sequence[Object]]:
    """Find objects that own pods of clusters that are not in the fleet, by the place of their cluster."""
    names = find_names(overlays)
    strange: dict[Place, list[Object]] = defaultdict(list)
    answers = await asyncio.gather(*(_list(api, kind, names) for kind in KINDS))
    for body in [body for answer in answers for body in answer]:
        meta = body["metadata"]
        place = Place(meta["labels"].get(INSTANCE, ""), meta["namespace"])
        # Owned objects are deleted with their owner. Of what the operator has adopted, it is an owner, too.
        is_kept = body["kind"] in CUSTOM or not meta.get("ownerReferences")
        if is_kept and place.name not in names.get(place.namespace, ()):
            strange[place].append(body)
    return dict(sorted(strange.items()))


async def _list(api: Api, kind: str, namespaces: Iterable[str]) -> list[Object]:
    """List a kind in all namespaces if that is allowed, else in each of the fleet's where it is."""
    version = KINDS[kind]
    everywhere = await find_if_allowed(api, version, kind, "", MADE)
    if everywhere is not None:
        return everywhere
    answers = await asyncio.gather(*(find_if_allowed(api, version, kind, space, MADE) for space in namespaces))
    return [body for answer in answers for body in answer or ()]


def _describe(place: Place, objects: Sequence[Object]) -> ClusterState:
    names = ", ".join(f"{body['kind']} {body['metadata']['name']}" for body in objects)
    stuck = (explain_custom(body, body, made=True) for body in objects if body["kind"] in CUSTOM)
    missing = f"is no longer in any file of the fleet, but still exists: {names}"
    return ClusterState(place.name, place.namespace, "", missing=missing, blocked=tuple(filter(None, stuck)))
