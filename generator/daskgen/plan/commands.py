"""What one runs because of an edit, as values: two of them can be compared, and `plan.say.commands` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Object


class Named(NamedTuple):
    """An object, by its kind and its name."""

    kind: str
    name: str


class Delete(NamedTuple):
    """Delete objects of a namespace; of custom resources, wait until all that belongs to them is gone."""

    namespace: str
    objects: tuple[Named, ...]
    is_foreground: bool = False


class Apply(NamedTuple):
    """Apply a folder of the fleet."""

    folder: str


class DeleteOverlay(NamedTuple):
    """Delete all of an overlay, which only the commit before has."""

    name: str
    place: str = ""
    """The Kubernetes cluster, if there are several."""


class Shell(NamedTuple):
    """Run what an engine needs, in its own words."""

    text: str


Command = Delete | Apply | DeleteOverlay | Shell


def delete(bodies: Iterable[Object]) -> tuple[Command, ...]:
    """Delete objects of one namespace, custom resources first: the operator deletes what it has made of them.

    It takes a scheduler that is still there for one that it has made, so one has to wait until that is gone.
    """
    found = list(bodies)
    customs = [_name(body) for body in found if body["kind"] in CUSTOM]
    others = [_name(body) for body in found if body["kind"] not in CUSTOM]
    namespace = found[0]["metadata"]["namespace"]
    commands = [Delete(namespace, tuple(customs), is_foreground=True)] if customs else []
    return (*commands, *([Delete(namespace, tuple(others))] if others else []))


def cover(commands: Sequence[Command], others: Sequence[Command]) -> bool:
    """Return whether all that `others` do, if anything, is done by `commands`."""
    return bool(others) and all(any(_covers(one, other) for one in commands) for other in others)


def _covers(one: Command, other: Command) -> bool:
    if isinstance(one, Delete) and isinstance(other, Delete):
        return one.namespace == other.namespace and set(other.objects) <= set(one.objects)
    return one == other


def _name(body: Object) -> Named:
    return Named(body["kind"], body["metadata"]["name"])
