"""Define what every engine that delivers a fleet from Git to Kubernetes has in common."""

from __future__ import annotations

import re
import sys
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from daskgen.kubernetes.objects import Object, Resource
from daskgen.model import Model, Name, refuse
from daskgen.model.patterns import DNS_LABEL
from daskgen.model.variants import OneOf, Variant
from daskgen.parts.delivered import EngineStatus, Marks, OwnObject, Substitution
from daskgen.parts.groups import Group
from daskgen.parts.repository import RepositoryAddress, RepositoryFolder, Revision
from daskgen.paths import get

GITOPS = "gitops"
"""The folder under overlays/ that configures delivery; it holds no cluster."""

ENTRIES = f"overlays/{GITOPS}"
"""The folder of objects that a person applies once; each engine has a subfolder with its name."""

OPENSHIFT_AI = "openshift-ai"
"""Folder beside those of engines, with what administrators of OpenShift AI apply."""

GROUPS = f"{ENTRIES}/groups"
"""The folder of the groups, which are the same for every engine."""


class Delivery(Variant):
    """An engine that delivers: the source of the fleet, its groups, and what happens to objects removed from Git."""

    installs_charts: ClassVar[bool] = False
    """Says that it installs Helm charts, with values from a Git repository."""

    repository: Annotated[
        RepositoryAddress,
        Field(
            examples=["https://git.example.com/team/fleet.git"],
            description="Address of the Git repository, or oci:// and that of an artifact.",
        ),
    ]
    namespace: Annotated[Name, Field(description="Namespace of the engine.")]
    branch: Annotated[Revision | None, Field(description="Branch; main by default.")] = None
    tag: Annotated[Revision | None, Field(description="Tag instead of a branch; artifacts have nothing else.")] = None
    path: Annotated[
        RepositoryFolder, Field(description="Folder of the fleet in the repository; its root by default.")
    ] = ""
    name: Annotated[
        str, Field(pattern=DNS_LABEL, max_length=40, description="Name of its own objects; the others begin with it.")
    ] = "dask"
    group_by: Annotated[
        Literal["folder", "namespace", "cluster"],
        Field(description="How clusters are grouped; with folder, files that are in none are grouped by namespace."),
    ] = "folder"
    groups: Annotated[Mapping[Name, Model], Field(description="Settings of single groups, by name.")] = {}
    prune: Annotated[bool, Field(description="Delete objects that are removed from Git.")] = True
    cascade: Annotated[
        bool | None,
        Field(description="Delete the clusters of a group that is removed; by default only if groupBy is cluster."),
    ] = None

    @model_validator(mode="after")
    def _check_source(self) -> Delivery:
        if self.is_artifact and not self.tag:
            raise refuse("an artifact needs a tag", "write tag: latest, or what you push")
        if self.branch and self.tag:
            raise refuse("branch and tag exclude each other", "remove one of them")
        return self

    @property
    def revision(self) -> str:
        """Return the branch or the tag."""
        return self.tag or self.branch or "main"

    @property
    def source(self) -> tuple[str, str, str]:
        """Return the repository, the branch or tag, and the folder of the fleet."""
        return self.repository, self.revision, self.path

    @property
    def is_artifact(self) -> bool:
        """Return whether the fleet is in an OCI registry."""
        return self.repository.startswith("oci://")

    @property
    def holds_secret(self) -> bool:
        """Return whether the address holds a password, or a token in place of a user."""
        return bool(re.match(r"(https?|oci)://[^/]*@|ssh://[^/@]*:[^/@]*@", self.repository))

    @property
    def cascades(self) -> bool:
        """Return whether a removed group deletes its clusters. By default groups that may be split do not."""
        return self.group_by == "cluster" if self.cascade is None else self.cascade

    @property
    def identity(self) -> tuple[str, str]:
        """Return the namespace and the name of the engine's own objects."""
        return self.namespace, self.name

    @property
    def substitution(self) -> Substitution | None:
        """Return how the engine replaces variables in rendered texts; None if it does not."""
        return None

    def keeps_objects(self, other: Delivery) -> bool:
        """Return whether an edit to `other` updates the engine's objects in place and deletes none of them."""
        return self.identity == other.identity

    def locate(self, folder: str) -> str:
        """Find a folder of the fleet in the repository."""
        return str(PurePosixPath(self.path, folder))

    def name_group(self, group: Group) -> str:
        """Return the name of a group's object."""
        return f"{self.name}-{group.name}"

    def take_back(self, group: Group) -> str:
        """Return the command that makes the engine manage objects created by hand; "" if none is needed."""
        return ""

    @classmethod
    @abstractmethod
    def title(cls) -> str:
        """Return the name of the engine, as users know it."""

    @classmethod
    @abstractmethod
    def marks(cls) -> Marks:
        """Return the metadata that the engine adds to each object that it applies."""

    @classmethod
    @abstractmethod
    def prunes_adopted(cls) -> bool:
        """Return whether the engine prunes an object that has an owner, such as one adopted by the operator."""

    @classmethod
    @abstractmethod
    def keep_marks(cls) -> Mapping[str, str]:
        """Return the annotations of an object that the engine must never delete."""

    @classmethod
    @abstractmethod
    def recreate_marks(cls) -> Mapping[str, str]:
        """Return the annotations of an object that the engine recreates with every change; none if it cannot."""

    @classmethod
    def prunes(cls, body: Object) -> bool:
        """Return whether the engine deletes a running object once it is removed from Git."""
        meta = body["metadata"]
        is_kept = cls.keep_marks().items() <= meta.get("annotations", {}).items()
        return (
            get(body, cls.marks().tracking) is not None
            and not is_kept
            and (cls.prunes_adopted() or not meta.get("ownerReferences"))
        )

    @abstractmethod
    def find_own(self, group: Group) -> OwnObject:
        """Return the engine's object that delivers a group."""

    @abstractmethod
    def find_entry_points(self) -> tuple[OwnObject, ...]:
        """Return the engine's objects that lead to those of the groups: the source, and the root."""

    @classmethod
    @abstractmethod
    def read_status(cls, body: Object) -> EngineStatus:
        """Read the status of one of these objects, as the API server returns it."""

    @abstractmethod
    def find_place(self, group: Group) -> str:
        """Name the Kubernetes cluster to which a group is delivered."""

    def find_origin(self, group: Group) -> tuple[str, ...]:
        """Return the path of the settings of a group; empty if it has none."""
        return ("groups", group.root) if group.root in self.groups else ()

    @abstractmethod
    def resources(self, groups: Sequence[Group]) -> list[Resource]:
        """Build the objects that deliver the groups, under full names; origins are fields of the delivery."""

    def extras(self, groups: Sequence[Group]) -> dict[str, str]:
        """Write further files, by path under overlays/gitops, for users to copy where they are needed."""
        return {}


DELIVERIES = OneOf(sys.modules[__name__], Delivery)
"""All engines; it is defined last, as their modules import this one."""


def list_engines() -> list[type[Delivery]]:
    """List all engines, including those that the fleet does not use."""
    return list(DELIVERIES.variants.values())


def keep(body: Object) -> Object:
    """Return an object with the annotations by which each engine leaves it in place once it is removed from Git."""
    marks = {key: value for engine in list_engines() for key, value in engine.keep_marks().items()}
    meta = body["metadata"]
    return {**body, "metadata": {**meta, "annotations": {**marks, **meta.get("annotations", {})}}}


def name_engines(engines: Iterable[type[Delivery]]) -> tuple[str, ...]:
    """Return the names of engines, as users know them."""
    return tuple(engine.title() for engine in engines)
