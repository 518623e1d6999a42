"""What an overlay says of an object of its base: a number of pods, a strategic merge patch, JSON 6902 operations."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

from daskgen.kubernetes.merge import KEYS, find_difference
from daskgen.kubernetes.names import CUSTOM, REPLICAS
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.operations import find_operations
from daskgen.paths import get


class Change(NamedTuple):
    """An object of the base that a cluster has otherwise, or not at all."""

    base: Resource
    wanted: Object | None

    def replicas(self) -> list[Object]:
        """How many pods it wants, if the base has another number: kustomize has a field for that."""
        number = self._number()
        return [] if number is None else [{"name": self.base.key[1], "count": number}]

    def patch(self) -> Object:
        """The strategic merge patch that does the rest; {} if there is none."""
        target = {"apiVersion": self.base.body["apiVersion"], "kind": self.base.key[0]}
        meta = {"name": self.base.key[1]}
        if self.wanted is None:
            return {**target, "metadata": meta, "$patch": "delete"}
        if self.base.key[0] in CUSTOM:
            return {}
        change = find_difference(self._counted(), self.wanted, KEYS.get(self.base.key[0], {}))
        meta |= change.pop("metadata", {})
        return {**target, "metadata": meta, **change} if change or len(meta) > 1 else {}

    def operations(self) -> list[Object]:
        """What does the rest of a custom resource, whose lists a merge would replace whole."""
        kind = self.base.key[0]
        if self.wanted is None or kind not in CUSTOM:
            return []
        return find_operations(self._counted(), self.wanted, KEYS.get(kind, {}))

    def target(self) -> Object:
        """How a kustomization names the object, and that its name changes if it does."""
        group, _, version = self.base.body["apiVersion"].rpartition("/")
        target = {"group": group, "version": version, "kind": self.base.key[0], "name": self.base.key[1]}
        renamed = self.wanted is not None and self.wanted["metadata"]["name"] != target["name"]
        return {"target": target, **({"options": {"allowNameChange": True}} if renamed else {})}

    def _number(self) -> int | None:
        path = REPLICAS.get(self.base.key[0], ())
        number: int | None = get(self.wanted, path) if path else None
        return number if number != get(self.base.body, path) else None

    def _counted(self) -> Object:
        """The base, with the number of pods that is wanted."""
        number = self._number()
        if number is None:
            return self.base.body
        *path, last = REPLICAS[self.base.key[0]]
        counted = deepcopy(self.base.body)
        get(counted, tuple(path))[last] = number
        return counted
