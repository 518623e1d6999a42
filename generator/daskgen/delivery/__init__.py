"""How a fleet gets from Git to Kubernetes: what every engine that delivers it has in common."""

from __future__ import annotations

import re
import sys
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from daskgen.kubernetes.objects import Object, Resource
from daskgen.model import Model, Name, refuse
from daskgen.model.patterns import DNS_LABEL
from daskgen.model.variants import OneOf, Variant
from daskgen.parts.groups import Group
from daskgen.parts.repository import RepositoryAddress, RepositoryFolder, Revision
from daskgen.paths import Path, get

GITOPS = "gitops"
"""The folder under overlays/ that is about delivery, and no cluster."""

ENTRIES = f"overlays/{GITOPS}"
"""Where what is applied by hand once is, in a folder of the engine's name."""

GROUPS = f"{ENTRIES}/groups"
"""Where the groups are: they are the same for every engine."""


class Marks(NamedTuple):
    """What an engine adds to the metadata of each object that it applies, and what no file says."""

    manager: str
    """Its field manager, by server-side apply."""
    tracking: Path
    """The place of the mark by which it knows what it may prune."""
    labels: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    """Keys; most of them are only there with some settings of the engine."""
    requests: tuple[str, ...] = ()
    """Keys of labels and annotations that its other parts write, or its command line."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all of these keys."""
        return (*self.labels, *self.annotations, *self.requests)


class Substitution(NamedTuple):
    """How an engine replaces variables in the texts of what is rendered."""

    option: str
    """The option that asks for it."""
    pattern: str
    """A regular expression for what it replaces."""
    escape: str
    """How to write what it is to leave as it is."""
    disabled_by: str
    """The annotation of objects in which it replaces nothing."""


class OwnObject(NamedTuple):
    """The object of an engine that delivers a group."""

    api_version: str
    kind: str
    namespace: str
    name: str


class EngineStatus(NamedTuple):
    """What an engine says of a group."""

    revision: str
    """The revision of Git that it has applied; "" before the first."""
    ready: bool | None
    """Whether all of it is applied and healthy; None while the engine is at work."""
    message: str
    """What it says about that, in one line."""


class Delivery(Variant):
    """A way to deliver: where the fleet is, which clusters go together, and what happens to what is gone from Git."""

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
        Field(description="What makes a group: the folder under clusters/, or the namespace of files in none."),
    ] = "folder"
    groups: Annotated[Mapping[Name, Model], Field(description="What is different for some groups, by name.")] = {}
    prune: Annotated[bool, Field(description="Whether what is gone from Git is deleted.")] = True
    cascade: Annotated[
        bool | None,
        Field(description="Whether a group that is gone takes its clusters along; by default if groupBy is cluster."),
    ] = None

    @model_validator(mode="after")
    def _check_source(self) -> Delivery:
        if self.is_artifact and not self.tag:
            raise refuse("an artifact needs a tag", "write tag: latest, or what you push")
        if self.branch and self.tag:
            raise refuse("branch and tag exclude each other", "leave one out")
        return self

    @property
    def revision(self) -> str:
        """Return the branch or the tag."""
        return self.tag or self.branch or "main"

    @property
    def source(self) -> tuple[str, str, str]:
        """Return where the fleet is: repository, branch or tag, folder."""
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
        """Return whether a group that is gone takes its clusters along. Not where a group may be split."""
        return self.group_by == "cluster" if self.cascade is None else self.cascade

    @property
    def identity(self) -> tuple[str, str]:
        """Return the namespace and the name of its own objects."""
        return self.namespace, self.name

    @property
    def substitution(self) -> Substitution | None:
        """Return how it replaces variables in rendered texts, if it is told to."""
        return None

    def becomes(self, other: Delivery) -> bool:
        """Return whether its object for a group becomes that of `other`, so that neither is deleted."""
        return self.identity == other.identity

    def locate(self, folder: str) -> str:
        """Find a folder of the fleet in the repository."""
        return str(PurePosixPath(self.path, folder))

    def name_group(self, group: Group) -> str:
        """Return the name of a group's object."""
        return f"{self.name}-{group.name}"

    def take_back(self, group: Group) -> str:
        """Return the command after which it prunes what was created by hand one day; "" if it needs none."""
        return ""

    @classmethod
    @abstractmethod
    def title(cls) -> str:
        """Return its name, as people know it."""

    @classmethod
    @abstractmethod
    def marks(cls) -> Marks:
        """Return what it adds to each object that it applies."""

    @classmethod
    @abstractmethod
    def prunes_adopted(cls) -> bool:
        """Return whether it prunes an object that has an owner, such as one that the operator has adopted."""

    @classmethod
    @abstractmethod
    def keep_marks(cls) -> Mapping[str, str]:
        """Return the annotations of an object that it is never to delete."""

    @classmethod
    @abstractmethod
    def recreate_marks(cls) -> Mapping[str, str]:
        """Return the annotations of an object that it is to delete and recreate with every change, if it can."""

    @classmethod
    def prunes(cls, body: Object) -> bool:
        """Return whether it deletes an object, as the API server has it, once that is gone from Git."""
        meta = body["metadata"]
        is_kept = cls.keep_marks().items() <= meta.get("annotations", {}).items()
        return (
            get(body, cls.marks().tracking) is not None
            and not is_kept
            and (cls.prunes_adopted() or not meta.get("ownerReferences"))
        )

    @abstractmethod
    def find_own(self, group: Group) -> OwnObject:
        """Return its object that delivers a group."""

    @classmethod
    @abstractmethod
    def read_status(cls, body: Object) -> EngineStatus:
        """Read what that object, as the API server has it, says of the group."""

    @abstractmethod
    def find_place(self, group: Group) -> str:
        """Return the Kubernetes cluster that a group goes to, as people call it."""

    def find_origin(self, group: Group) -> tuple[str, ...]:
        """Return the field that says most of a group."""
        return ("groups", group.root) if group.root in self.groups else ()

    @abstractmethod
    def resources(self, groups: Sequence[Group]) -> list[Resource]:
        """Build what delivers the groups, under full names; the origins are fields of the delivery."""

    def extras(self, groups: Sequence[Group]) -> dict[str, str]:
        """Files beside those, by path under overlays/gitops: what a person puts where it belongs."""
        return {}


DELIVERIES = OneOf(sys.modules[__name__], Delivery)
"""All engines; their modules import what stands above."""


def list_engines() -> list[type[Delivery]]:
    """List all engines there are, whether or not a fleet uses them."""
    return list(DELIVERIES.variants.values())


def name_engines(engines: Iterable[type[Delivery]]) -> tuple[str, ...]:
    """Name engines as people know them."""
    return tuple(engine.title() for engine in engines)
