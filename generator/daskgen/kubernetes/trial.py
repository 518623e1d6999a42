"""What is found when objects are applied to a cluster that runs, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from daskgen.kubernetes.objects import Key, Object
from daskgen.paths import Path


class Override(NamedTuple):
    """A field that somebody else has set since, and that applying sets anew; None: not there."""

    path: Path
    before: Any
    after: Any
    by: str


class Refusal(NamedTuple):
    """An object that the API server does not accept, and its words."""

    kind: str
    name: str
    message: str


class Trial(NamedTuple):
    """A cluster, or the operator, as it runs and as applying would make it."""

    name: str
    namespace: str
    before: Mapping[Key, Object]
    """What is there of what is rendered, without what Kubernetes notes of it: by kind and short name; full names, if it
    is the operator."""
    after: Mapping[Key, Object]
    overrides: tuple[tuple[Key, Override], ...] = ()
    """Kind and full name of an object, and what somebody has set in it."""
    refusals: tuple[Refusal, ...] = ()
    strays: tuple[Object, ...] = ()
    """What is there, and not rendered."""
    unseen: tuple[str, ...] = ()
    """Kinds that may not be looked at, for more of these."""
    unapplied: int = 0
    """Objects that nobody has applied by server-side apply."""
