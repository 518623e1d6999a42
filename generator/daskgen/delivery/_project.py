"""Restrict an AppProject to what a fleet renders."""

from __future__ import annotations

from collections.abc import Sequence

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
