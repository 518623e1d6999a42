"""Define the result of applying objects by a dry run of the API server, which changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Key, Object
from daskgen.paths import Path


class Override(NamedTuple):
    """A field that another manager has set since, and that applying sets back; None if the field is absent."""

    path: Path
    before: Any
    after: Any
    by: str


class Refusal(NamedTuple):
    """An object that the API server refuses, and its message."""

    kind: str
    name: str
    message: str


class DryRun(NamedTuple):
    """The objects of a cluster, or of the operator, before and after a dry run."""

    name: str
    namespace: str
    before: Mapping[Key, Object]
    """Rendered objects that exist, without fields that Kubernetes sets: by kind and short name; by full name for the
    operator."""
    after: Mapping[Key, Object]
    """Rendered objects that exist then: without those that cannot be created."""
    overrides: tuple[tuple[Key, Override], ...] = ()
    """Kind and full name of an object, and a field of it."""
    refusals: tuple[Refusal, ...] = ()
    strays: tuple[Object, ...] = ()
    """Objects that exist and are not rendered."""
    unseen: tuple[str, ...] = ()
    """Kinds that daskgen may not list, so that some of them may be missing here."""
    unapplied: int = 0
    """Number of objects that were never applied by server-side apply."""
