"""Define the commands that an edit requires, as values that can be compared; `plan.say.commands` writes them."""

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
    """Delete objects of a namespace; in the foreground, wait until everything that they own is deleted."""

    namespace: str
    objects: tuple[Named, ...]
    is_foreground: bool = False


class Apply(NamedTuple):
    """Apply a folder of the fleet."""

    folder: str


class DeleteOverlay(NamedTuple):
    """Delete all objects of an overlay that only the previous commit has."""

    name: str
    place: str = ""
    """The Kubernetes cluster, if the fleet uses several."""
    keeps: bool = False
    """True if some of its objects are kept, such as claims with data."""


class KeepReplicas(NamedTuple):
    """Keep the number of pods of a Deployment when the objects that are applied no longer contain it.

    The server removes a field when the last manager that applied it leaves it out, so another manager applies it too:
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership.
    """

    namespace: str
    name: str
    replicas: int


class Shell(NamedTuple):
    """Run a command that a delivery engine defines."""

    text: str


Command = Delete | Apply | DeleteOverlay | KeepReplicas | Shell


def delete(bodies: Iterable[Object]) -> tuple[Command, ...]:
    """Delete objects of one namespace, if any, custom resources first: the operator deletes what it made for them.

    The operator adopts a scheduler that still exists, so the command waits until everything is deleted.
    """
    found = list(bodies)
    customs = [_name(body) for body in found if body["kind"] in CUSTOM]
    others = [_name(body) for body in found if body["kind"] not in CUSTOM]
    namespaces = [body["metadata"]["namespace"] for body in found[:1]]
    return tuple(
        Delete(namespace, tuple(objects), is_foreground=objects is customs)
        for namespace in namespaces
        for objects in (customs, others)
        if objects
    )


def cover(commands: Sequence[Command], others: Sequence[Command]) -> bool:
    """Return whether `commands` do everything that `others` do; false if these are empty."""
    return bool(others) and all(any(_covers(one, other) for one in commands) for other in others)


def _covers(one: Command, other: Command) -> bool:
    if isinstance(one, Delete) and isinstance(other, Delete):
        return one.namespace == other.namespace and set(other.objects) <= set(one.objects)
    return one == other


def _name(body: Object) -> Named:
    return Named(body["kind"], body["metadata"]["name"])
