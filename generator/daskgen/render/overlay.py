"""Define what clusters and the operator share: objects under short names, written to one overlay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from daskgen.findings.problem import Position
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.totals import Totals
from daskgen.layers.trace import find_origin
from daskgen.layers.truth import Identity, as_objects, personalize
from daskgen.paths import Path
from daskgen.rules.fleet import Claimed
from daskgen.spec.changes import Patch
from daskgen.spec.written import Written


@dataclass(frozen=True)
class RenderedOverlay(ABC):
    """A cluster, or the operator, with its objects."""

    written: Written
    """The spec as it was written."""
    resources: Sequence[Resource]
    """Its objects under short names."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Return its name, which is that of its overlay."""

    @property
    @abstractmethod
    def at(self) -> Position:
        """Return the position of the file or field that describes it."""

    @property
    @abstractmethod
    def identity(self) -> Identity:
        """Return the name, namespace and image that its overlay sets on every object."""

    @property
    @abstractmethod
    def patches(self) -> Sequence[Patch]:
        """Return the patches of its spec."""

    @property
    @abstractmethod
    def totals(self) -> Totals:
        """Return the amounts that its pods request from Kubernetes."""

    @property
    @abstractmethod
    def claims(self) -> Sequence[Claimed]:
        """Return the names, hosts and ports that must be unique in the fleet."""

    @property
    def truth(self) -> list[Resource]:
        """Return the objects under full names, in the order of `resources`."""
        return personalize(self.resources, self.identity)

    @property
    def objects(self) -> list[Object]:
        """Return the full objects that kustomize builds, in the order in which they are applied."""
        return as_objects(self.truth)

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Find the position at which the place `path` of an object was written; the position of its key, if `key`."""
        origin = find_origin(resource, path, self.patches, self.written.value())
        return self.written.at(origin, key=key)
