"""Define objects under their short names, as in bases and overlays: `scheduler`, not `prod-scheduler`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ObjectMeta
    from daskgen.paths import Path

    Origins = tuple[tuple[Path, Path], ...]

Object = dict[str, Any]

Key = tuple[str, str]
"""Kind and name, which identify an object within a cluster or a namespace."""


class Resource(NamedTuple):
    """One complete Kubernetes object of a cluster.

    `file` is its file in the overlay or the base; `origin` is the part of the spec that it comes from.
    """

    body: Object
    file: str
    origin: Path
    inner: Origins = ()
    """Places in it that come from other parts of the spec, and these parts."""
    stable: bool = False
    """True if a ConfigMap keeps its name when its content changes, instead of getting a hash of it."""
    suffix: str = ""
    """The end of its name, after the short name of `body`."""
    full_name: str = ""
    """Its full name in Kubernetes, if that does not begin with the cluster's name."""
    template: bool = False
    """True if it is not applied itself, but objects like it are created for the users of a hub."""

    @property
    def key(self) -> Key:
        """Return kind and short name, which identify the object within its cluster."""
        return self.body["kind"], self.body["metadata"]["name"]

    @property
    def kind(self) -> str:
        """Return its kind."""
        kind: str = self.body["kind"]
        return kind

    @property
    def generated(self) -> bool:
        """Return whether kustomize generates it from a file: a ConfigMap that holds the text of `file`."""
        return self.key[0] == "ConfigMap" and self.file in self.body.get("data", {})

    @property
    def named(self) -> Object:
        """Return the object under the name that it has in its overlay."""
        if not self.suffix:
            return self.body
        return {**self.body, "metadata": {**self.body["metadata"], "name": f"{self.key[1]}{self.suffix}"}}

    def origins(self) -> list[tuple[Path, Path]]:
        """List the places in it that come from parts of the spec, and these parts; the innermost first."""
        return [*self.inner, ((), self.origin)]


def key_of(body: Object) -> Key:
    """Return the kind and the name of an object."""
    return body["kind"], body["metadata"]["name"]


def resource(body: Mapping[str, Any], file: str, *origin: str | int, inner: Origins = ()) -> Resource:
    """Make a resource of `body`, a typed dict of `types`, with its file and the part of the spec it comes from."""
    return Resource(cast("Object", body), file, origin, inner)


def metadata(
    name: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> ObjectMeta:
    """Build metadata without empty fields."""
    meta: ObjectMeta = {"name": name}
    if labels:
        meta["labels"] = dict(labels)
    if annotations:
        meta["annotations"] = dict(annotations)
    return meta
