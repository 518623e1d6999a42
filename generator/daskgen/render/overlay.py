"""What a cluster and the operator have in common: objects under short names that are written to one overlay."""

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
from daskgen.spec.cluster import Patch
from daskgen.spec.written import Written


@dataclass(frozen=True)
class RenderedOverlay(ABC):
    """A cluster, or the operator, with its objects."""

    written: Written
    """Its spec, as it was written."""
    resources: Sequence[Resource]
    """Its objects under short names."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name, and that of its overlay."""

    @property
    @abstractmethod
    def at(self) -> Position:
        """Where it is written."""

    @property
    @abstractmethod
    def identity(self) -> Identity:
        """What its overlay adds to every object: name, namespace and image."""

    @property
    @abstractmethod
    def patches(self) -> Sequence[Patch]:
        """The patches of its spec."""

    @property
    @abstractmethod
    def totals(self) -> Totals:
        """What it requests from Kubernetes."""

    @property
    @abstractmethod
    def claims(self) -> Sequence[Claimed]:
        """What it takes that only one in the fleet can have."""

    @property
    def truth(self) -> list[Resource]:
        """The objects under full names, in the order of `resources`."""
        return personalize(self.resources, self.identity)

    @property
    def objects(self) -> list[Object]:
        """What Kubernetes gets, in the order in which it is to be applied."""
        return as_objects(self.truth)

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Find where the place `path` of an object was written; where its key stands, if that is what is wrong."""
        origin = find_origin(resource, path, self.patches, self.written.value())
        return self.written.at(origin, key=key)
