"""Objects under their short names, as bases and overlays hold them: `scheduler` and not yet `prod-scheduler`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ObjectMeta
    from daskgen.paths import Path

Object = dict[str, Any]

Key = tuple[str, str]
"""Kind and name: what tells objects of a cluster, or of a namespace, apart."""


class Resource(NamedTuple):
    """One Kubernetes object of a cluster, in full.

    `file` is where the overlay (or the base) keeps it; `origin` is the part of the spec that asks for it.
    """

    body: Object
    file: str
    origin: Path
    inner: tuple[tuple[Path, Path], ...] = ()
    """Places in it that other parts of the spec ask for, and which."""
    stable: bool = False
    """Whether a ConfigMap keeps its name whatever it holds, instead of one made of what it holds."""
    suffix: str = ""
    """What its name ends in beside its short name, which is that of `body`."""

    @property
    def key(self) -> Key:
        """Kind and short name: what tells a cluster's objects apart."""
        return key_of(self.body)

    @property
    def named(self) -> Object:
        """The object under the name that it has in its overlay."""
        if not self.suffix:
            return self.body
        return {**self.body, "metadata": {**self.body["metadata"], "name": f"{self.key[1]}{self.suffix}"}}

    def origins(self) -> list[tuple[Path, Path]]:
        """Every place in it that a part of the spec asks for, and which part; the innermost first."""
        return [*self.inner, ((), self.origin)]


def key_of(body: Object) -> Key:
    """The kind and the name of an object."""
    return body["kind"], body["metadata"]["name"]


def resource(body: Mapping[str, Any], file: str, *origin: str | int) -> Resource:
    """Note for `body`, one of the typed dicts of `types`, where it is kept and where it comes from."""
    return Resource(cast("Object", body), file, origin)


def metadata(
    name: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> ObjectMeta:
    """Metadata without empty fields."""
    meta: ObjectMeta = {"name": name}
    if labels:
        meta["labels"] = dict(labels)
    if annotations:
        meta["annotations"] = dict(annotations)
    return meta
