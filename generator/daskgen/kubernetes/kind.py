"""Define what daskgen needs to know about a kind of objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from daskgen.kubernetes.merge import Keys
from daskgen.paths import PathPattern

DASK_GROUP = "kubernetes.dask.org"
"""The API group of the kinds that dask-kubernetes defines."""


class Reference(NamedTuple):
    """A field that names another object. The name is followed only if the cluster has that object."""

    kind: str
    place: PathPattern
    """Path of the map with the field."""
    field: str = "name"


@dataclass(frozen=True)
class Kind:
    """The facts about all objects of a kind."""

    name: str
    version: str
    """The `apiVersion`: the group, if there is one, and the version."""
    namespaced: bool = True
    misplaced: bool = False
    """True if kustomize 5.8, whose table of kinds ends with Kubernetes 1.21, takes it for one that has a namespace."""
    prefixed: bool = True
    """True if kustomize adds the cluster's name as a prefix."""
    early: bool = False
    """True if it is applied before the others; early kinds in the order of their rows."""
    plural: str = ""
    """The last part of its path in the API, if that is not the name with an s."""
    longest_name: int = 253
    """Longest name, with room for the suffixes that names of its pods, Services and labels get.
    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""
    pods: tuple[PathPattern, ...] = ()
    """Paths of the specs of pods."""
    shares_labels: bool = False
    """True if its pods have its own labels, as there are no others in it."""
    replicas: PathPattern = ()
    """Path of the number of pods."""
    selectors: tuple[PathPattern, ...] = ()
    """Paths of labels that get the cluster's instance, with `includeSelectors`."""
    references: tuple[Reference, ...] = ()
    merge_keys: Keys = field(default_factory=dict)
    """Lists whose elements have a name, and the fields that hold it. All other lists are replaced whole."""
    applied: tuple[PathPattern, ...] = ()
    """Fields of a custom resource whose changes the operator applies; it reads all others when it makes pods."""

    @property
    def group(self) -> str:
        """Return the API group; empty for the core group."""
        return self.version.rpartition("/")[0]

    @property
    def custom(self) -> bool:
        """Return whether dask-kubernetes defines it."""
        return self.group == DASK_GROUP

    @property
    def path(self) -> str:
        """Return the last part of its path in the API: deployments."""
        return self.plural or f"{self.name.lower()}s"
