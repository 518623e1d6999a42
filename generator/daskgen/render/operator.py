"""The operator that a fleet installs, on its way to an overlay of its own: as `review` has clusters."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from daskgen.findings.problem import Position
from daskgen.kubernetes.objects import Object, Resource
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.layers.overlay import Files, Overlay, write_base, write_overlay
from daskgen.layers.trace import find_origin
from daskgen.layers.truth import Identity, as_objects, personalize
from daskgen.operator.install import INSTANCE, Operator
from daskgen.paths import Path
from daskgen.rules.fleet import NAMESPACE, Claimed
from daskgen.spec.load import LoadedFleet
from daskgen.spec.written import Layer, Written

ROOT: Path = ("operator",)
"""Where daskgen.yaml has it."""

HEADER = "# Made by daskgen, the same in every fleet.\n"


class Installation(NamedTuple):
    """The operator and its objects under short names."""

    written: Written
    operator: Operator
    resources: Sequence[Resource]

    @property
    def name(self) -> str:
        """The name of its overlay."""
        return INSTANCE

    @property
    def at(self) -> Position:
        """Where it is written."""
        return self.written.at(())

    @property
    def identity(self) -> Identity:
        """What its objects get of their own."""
        return Identity(INSTANCE, self.operator.namespace.name, self.operator.pinned_image.reference)

    @property
    def truth(self) -> list[Resource]:
        """The objects under full names, in their order."""
        return personalize(self.resources, self.identity)

    @property
    def objects(self) -> list[Object]:
        """What Kubernetes gets, in the order in which it is to be applied."""
        return as_objects(self.truth)

    @property
    def totals(self) -> Totals:
        """What it asks for."""
        return add_up(it.body for it in self.resources)._replace(operators=1)

    @property
    def claims(self) -> Iterator[Claimed]:
        """What it takes for itself in the fleet."""
        namespace, file = self.operator.namespace, self.written.file
        if namespace.create:
            yield Claimed(NAMESPACE, namespace.name, file, (*ROOT, "namespace", "create"))

    def locate(self, resource: Resource, path: Path, *, key: bool) -> Position:
        """Find where the place `path` of an object was written; where its key stands, if that is what is wrong."""
        origin = find_origin(resource, path, (), self.written.value())
        return self.written.at(origin, key=key)

    def write_base(self) -> Files:
        """The files of its base, which are the same in every fleet."""
        return write_base(Operator().resources(), HEADER)

    def write_overlay(self) -> Files:
        """The files of its overlay: what differs from the base."""
        image = self.operator.pinned_image
        overlay = Overlay(self.written.file, INSTANCE, self.identity.namespace, image, INSTANCE)
        return write_overlay(overlay, self.resources, Operator().resources())


def find_operators(fleet: LoadedFleet, only: Container[str] = ()) -> list[Installation]:
    """The operator, if the fleet installs it and `only`, if given, names it; none otherwise."""
    operator = fleet.fleet.operator
    if not operator.install or (only and INSTANCE not in only):
        return []
    return [Installation(Written((Layer(fleet.source, ROOT),)), operator, operator.resources())]
