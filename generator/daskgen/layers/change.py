"""Describe how a cluster changes an object of its base: replicas, a strategic merge patch, JSON 6902 operations."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

from daskgen.kubernetes.merge import KEYS, find_difference
from daskgen.kubernetes.names import CUSTOM, REPLICAS
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.operations import find_operations
from daskgen.paths import get


class Change(NamedTuple):
    """An object of the base that differs in a cluster."""

    base: Resource
    wanted: Object

    def replicas(self) -> list[Object]:
        """Return the entry for `replicas` of a kustomization, if the base has another number."""
        number = self._number()
        return [] if number is None else [{"name": self.base.key[1], "count": number}]

    def patch(self) -> Object:
        """Return the strategic merge patch for everything but replicas; {} if nothing else differs."""
        if self.base.key[0] in CUSTOM:
            return {}
        change = find_difference(self._counted(), self.wanted, KEYS.get(self.base.key[0], {}))
        target = _identify(self.base)
        target["metadata"] |= change.pop("metadata", {})
        return {**target, **change} if change or len(target["metadata"]) > 1 else {}

    def operations(self) -> list[Object]:
        """Return JSON 6902 operations for a custom resource, whose lists a merge patch would replace whole."""
        kind = self.base.key[0]
        if kind not in CUSTOM:
            return []
        return find_operations(self._counted(), self.wanted, KEYS.get(kind, {}))

    def target(self) -> Object:
        """Return how a kustomization names the object, with leave to change its name if it does."""
        group, _, version = self.base.body["apiVersion"].rpartition("/")
        target = {"group": group, "version": version, "kind": self.base.key[0], "name": self.base.key[1]}
        renamed = self.wanted["metadata"]["name"] != target["name"]
        return {"target": target, **({"options": {"allowNameChange": True}} if renamed else {})}

    def _number(self) -> int | None:
        path = REPLICAS.get(self.base.key[0], ())
        number: int | None = get(self.wanted, path) if path else None
        return number if number != get(self.base.body, path) else None

    def _counted(self) -> Object:
        """Return the base with the number of pods that is wanted."""
        number = self._number()
        if number is None:
            return self.base.body
        *path, last = REPLICAS[self.base.key[0]]
        counted = deepcopy(self.base.body)
        get(counted, tuple(path))[last] = number
        return counted


def remove(base: Resource) -> Object:
    """Return the patch that removes an object of the base."""
    return {**_identify(base), "$patch": "delete"}


def _identify(base: Resource) -> Object:
    return {"apiVersion": base.body["apiVersion"], "kind": base.key[0], "metadata": {"name": base.key[1]}}
