"""Restrict an AppProject to what a fleet renders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.objects import Object
from daskgen.parts.groups import Group


def restrict_project(repository: str, destinations: Sequence[Object], groups: Sequence[Group]) -> Object:
    """Build the spec of the AppProject: one repository, and the namespaces and kinds of the groups."""
    kinds = sorted(set[tuple[str, str]]().union(*(group.kinds for group in groups)))
    return {
        "description": "What daskgen renders, and nothing else",
        "sourceRepos": [repository],
        "destinations": list(destinations),
        "clusterResourceWhitelist": _list_kinds(kinds, namespaced=False),
        "namespaceResourceWhitelist": _list_kinds(kinds, namespaced=True),
    }


def _list_kinds(kinds: Sequence[tuple[str, str]], *, namespaced: bool) -> list[Object]:
    return [{"group": group, "kind": kind} for group, kind in kinds if find_kind(kind).namespaced is namespaced]


def describe_place(place: str) -> dict[str, str]:
    """Name a Kubernetes cluster by its address or its name in Argo CD."""
    return {"server" if "://" in place else "name": place}


def list_places(places: Iterable[tuple[str, str]]) -> list[Object]:
    """List Kubernetes clusters and namespaces as the destinations of a project."""
    return [{**describe_place(place), "namespace": name} for place, name in sorted(places)]
