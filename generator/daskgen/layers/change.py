"""Describe how a cluster changes an object of its base: replicas, a strategic merge patch, JSON 6902 operations."""

from __future__ import annotations

from typing import Any, NamedTuple

from daskgen.kubernetes.kind import Kind
from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.merge import find_difference
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.operations import find_operations
from daskgen.paths import get, put


class Change(NamedTuple):
    """An object of the base that differs in a cluster, and the file that holds the patch."""

    base: Resource
    wanted: Object
    file: str

    def replicas(self) -> list[Object]:
        """Return the entry for `replicas` of a kustomization, if the base has another number."""
        number = self._number()
        return [] if number is None else [{"name": self.base.key[1], "count": number}]

    def patch(self) -> Any:
        """Return the patch for everything but replicas; empty if nothing else differs.

        Custom resources get JSON 6902 operations, since a strategic merge would replace their lists whole.
        """
        find = find_operations if self._kind.custom else self._merge
        return find(self._counted(), self.wanted, self._kind.merge_keys)

    def entry(self) -> Object:
        """Return the entry for `patches` of a kustomization, with the path of the patch."""
        if not self._kind.custom:
            return {"path": self.file}
        group, _, version = self.base.body["apiVersion"].rpartition("/")
        target = {"group": group, "version": version, "kind": self.base.kind, "name": self.base.key[1]}
        renamed = self.wanted["metadata"]["name"] != target["name"]
        return {"path": self.file, "target": target, **({"options": {"allowNameChange": True}} if renamed else {})}

    @property
    def _kind(self) -> Kind:
        return find_kind(self.base.kind)

    def _merge(self, base: Object, wanted: Object, keys: Any) -> Object:
        change = find_difference(base, wanted, keys)
        target = identify(self.base)
        target["metadata"] |= change.pop("metadata", {})
        return {**target, **change} if change or len(target["metadata"]) > 1 else {}

    def _number(self) -> int | None:
        path = self._kind.replicas
        number: int | None = get(self.wanted, path) if path else None
        return number if number != get(self.base.body, path) else None

    def _counted(self) -> Object:
        """Return the base with the cluster's number of pods."""
        number = self._number()
        counted: Object = self.base.body if number is None else put(self.base.body, self._kind.replicas, number)
        return counted


def identify(base: Resource) -> Object:
    """Return the fields by which a strategic merge patch names its object."""
    return {"apiVersion": base.body["apiVersion"], "kind": base.kind, "metadata": {"name": base.key[1]}}
