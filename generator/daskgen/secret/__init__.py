"""Define what all ways to deliver a Secret from Git have in common: the repository holds no value that can be read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, Field

from daskgen.kubernetes.objects import Object, Resource, metadata, resource
from daskgen.model import ObjectName, refuse
from daskgen.model.patterns import ENTRY
from daskgen.model.variants import Variant

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ObjectMeta

Entry = Annotated[str, Field(pattern=ENTRY, min_length=1)]
"""A key of a Secret."""

V = TypeVar("V")


def _check_some(data: dict[str, V]) -> dict[str, V]:
    if not data:
        raise refuse("lists no keys", "list those that the pods use")
    return data


Some = AfterValidator(_check_some)
"""Refuse a Secret without keys."""

SecretType = Literal["Opaque", "kubernetes.io/tls", "kubernetes.io/dockerconfigjson", "kubernetes.io/basic-auth"]


class DeliveredSecret(Variant):
    """A Secret that an operator in the Kubernetes cluster makes of an object which holds no readable value."""

    keeps_name: ClassVar[bool] = False
    """Says that the object has the name of the Secret, without the cluster's."""

    name: Annotated[ObjectName, Field(examples=["dask-login"], description="Name of the Secret, in full.")]
    type: Annotated[SecretType, Field(description="Type of the Secret.")] = "Opaque"

    @property
    @abstractmethod
    def keys(self) -> Collection[str]:
        """Return the keys that the Secret will have."""

    @abstractmethod
    def build(self, metadata: ObjectMeta) -> Object:
        """Build the object of which the Secret is made."""

    @property
    def annotations(self) -> dict[str, str]:
        """Return the annotations of the object."""
        return {}

    def resource(self, index: int) -> Resource:
        """Return the object, named after the Secret."""
        made = resource(self.build(metadata(self.name, None, self.annotations)), "secrets.yaml", "secrets", index)
        return made._replace(full_name=self.name) if self.keeps_name else made
