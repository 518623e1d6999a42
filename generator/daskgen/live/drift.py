"""Find how running objects differ from rendered ones."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff
from typing import NamedTuple

from daskgen.engine._update import COMPONENT_LABEL
from daskgen.kubernetes.kinds import CUSTOM
from daskgen.kubernetes.objects import Key, Object, key_of
from daskgen.yaml.write import dump


class Drift(NamedTuple):
    """An object that differs from the rendered one, and how: a unified diff, or a few words."""

    kind: str
    name: str
    how: str


def find_drift(rendered: Object, live: Object | None, applied: Object) -> Drift | None:
    """Compare an object with the result of applying the rendered one; None if that changes nothing."""
    kind, name = rendered["kind"], rendered["metadata"]["name"]
    if not live:
        return Drift(kind, name, "does not exist")
    here, wanted = strip(live), strip(applied)
    if here == wanted:
        return None
    before, after = (dump(body).splitlines() for body in (here, wanted))
    return Drift(kind, name, "\n".join(unified_diff(before, after, "live", "rendered", lineterm="")))


def find_strays(rendered: Iterable[Object], live: Iterable[Object]) -> list[Drift]:
    """Find objects that own pods of the cluster and are no longer rendered."""
    names = set(map(key_of, rendered))
    strays = [key_of(body) for body in live if not is_made(body, names)]
    return [Drift(*stray, "is no longer rendered, but still exists") for stray in strays if stray not in names]


def is_made(live: Object, rendered: set[Key]) -> bool:
    """Return whether an owner created the object, and will delete it. What the operator has only adopted stays."""
    owners = {(owner["kind"], owner.get("name", "")) for owner in live["metadata"].get("ownerReferences", [])}
    adopted = live["kind"] in CUSTOM and COMPONENT_LABEL not in live["metadata"]["labels"]
    return bool(owners) and not (adopted and owners & rendered)


OWN = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid")
"""Metadata that Kubernetes sets itself."""


def strip(body: Object) -> Object:
    """Return an object without these, and without its status; kind and version first, which lists have elsewhere."""
    meta = {key: value for key, value in body["metadata"].items() if key not in OWN}
    rest = {key: value for key, value in body.items() if key != "status"}
    return {"apiVersion": body.get("apiVersion"), "kind": body["kind"], **rest, "metadata": meta}
