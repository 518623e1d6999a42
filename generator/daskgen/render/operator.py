"""Render the operator that a fleet installs, to a base and an overlay of its own."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from daskgen.findings.problem import Position
from daskgen.kubernetes.totals import Totals, add_up
from daskgen.layers.overlay import Files, Overlay, write_base, write_overlay
from daskgen.layers.truth import Identity
from daskgen.operator.install import INSTANCE, Operator
from daskgen.paths import Path
from daskgen.render.overlay import RenderedOverlay
from daskgen.rules.fleet import NAMESPACE, Claimed
from daskgen.spec.changes import Patch
from daskgen.spec.load import Settings
from daskgen.spec.written import Layer, Written

ROOT: Path = ("operator",)
"""Path of the operator's settings in daskgen.yaml."""

HEADER = "# Made by daskgen, the same in every fleet.\n"


@dataclass(frozen=True)
class RenderedOperator(RenderedOverlay):
    """The operator and its objects."""

    operator: Operator

    @property
    def name(self) -> str:
        """Return the name of its overlay."""
        return INSTANCE

    @property
    def at(self) -> Position:
        """Return the position of the field `operator` of daskgen.yaml."""
        return self.written.at(())

    @property
    def identity(self) -> Identity:
        """Return its name, its namespace and its image."""
        return Identity(INSTANCE, self.operator.namespace.name, self.operator.pinned_image.reference)

    @property
    def patches(self) -> Sequence[Patch]:
        """Return nothing: the operator has no patches."""
        return ()

    @property
    def totals(self) -> Totals:
        """Return the amounts that its pods request from Kubernetes."""
        return add_up(resource.body for resource in self.resources)._replace(operators=1)

    @property
    def claims(self) -> Sequence[Claimed]:
        """Return its namespace, if that is rendered."""
        namespace, file = self.operator.namespace, self.written.file
        return [Claimed(NAMESPACE, namespace.name, file, (*ROOT, "namespace", "create"))] if namespace.create else []

    def write_base(self) -> Files:
        """Write the files of its base, which are the same in every fleet."""
        return write_base(Operator().resources(), HEADER)

    def write_overlay(self) -> Files:
        """Write the files of its overlay: the differences from the base."""
        image = self.operator.pinned_image
        overlay = Overlay(self.written.file, INSTANCE, self.identity.namespace, image, INSTANCE)
        return write_overlay(overlay, self.resources, Operator().resources())


def render_operators(settings: Settings, only: Container[str] = ()) -> list[RenderedOperator]:
    """Build the operator, if the fleet installs it and `only`, if given, names it; an empty list otherwise."""
    operator = settings.fleet.operator
    if not operator.install or (only and INSTANCE not in only):
        return []
    return [RenderedOperator(Written((Layer(settings.source, ROOT),)), operator.resources(), operator)]
