"""Describe the engines that deliver a fleet: their marks on objects, their own objects, and what these report."""

from __future__ import annotations

from typing import NamedTuple

from daskgen.paths import Path


class Marks(NamedTuple):
    """Metadata that an engine adds to each object that it applies; no rendered file has it."""

    manager: str
    """Field manager of the engine's server-side apply."""
    tracking: Path
    """Path of the mark by which the engine finds the objects that it may prune."""
    labels: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    """Keys of annotations; the engine writes most of them only with some settings."""
    requests: tuple[str, ...] = ()
    """Keys of labels and annotations that the engine's other controllers or its command line write."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all of these keys."""
        return (*self.labels, *self.annotations, *self.requests)


class Substitution(NamedTuple):
    """The engine's replacement of variables in rendered texts."""

    option: str
    """The option that turns it on."""
    pattern: str
    """A regular expression that matches a variable."""
    escape: str
    """The form of a text that the engine does not replace."""
    disabled_by: str
    """The annotation of objects in which the engine replaces nothing."""


class OwnObject(NamedTuple):
    """An object of an engine: it delivers a group, or leads to those that do."""

    api_version: str
    kind: str
    namespace: str
    name: str


class EngineStatus(NamedTuple):
    """The status of a group, or of what leads to it, as the engine reports it."""

    revision: str
    """The revision of Git that the engine has applied; "" before the first."""
    ready: bool | None
    """True if everything is applied and healthy, None while the engine is applying it."""
    message: str
    """The engine's own message, in one line."""
    paused: bool = False
    """True if a person has stopped the engine: it applies no further commit."""
