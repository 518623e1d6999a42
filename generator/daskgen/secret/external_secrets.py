"""Have External Secrets Operator copy a Secret from a vault: https://external-secrets.io/latest/api/externalsecret/."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Literal, final

from pydantic import Field

from daskgen.kubernetes.objects import Object
from daskgen.model import Duration, FromText, Model, ObjectName, Text
from daskgen.secret import DeliveredSecret, Entry, Some

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ObjectMeta

DEFAULTS = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
"""What the operator's API adds to each reference; engines that compare with Git would report it as a difference."""


class Store(Model):
    """A store of secrets that the platform has set up."""

    name: Annotated[ObjectName, Field(examples=["vault"], description="Name of the store.")]
    kind: Annotated[
        Literal["SecretStore", "ClusterSecretStore"],
        Field(description="SecretStore: one of the cluster's namespace. ClusterSecretStore: one for all namespaces."),
    ] = "ClusterSecretStore"


class Remote(Model):
    """A value in a store."""

    key: Annotated[Text, Field(examples=["teams/data/dask"], description="Name of the secret in the store.")]
    property: Annotated[Text | None, Field(description="Part of it, where the secret is a map.")] = None
    version: Annotated[Text | None, Field(description="Version of it; the newest by default.")] = None

    def reference(self) -> dict[str, str]:
        """Return the reference of an ExternalSecret."""
        return {**self.model_dump(exclude_none=True), **DEFAULTS}


@final
class ExternalSecret(DeliveredSecret):
    """A Secret whose values stay in a vault; Git holds their names there."""

    kind: Literal["external-secrets"]
    store: Annotated[
        Annotated[Store, FromText(lambda name: {"name": name})],
        Field(examples=["vault"], description="Store of the values: its name, or {name, kind}."),
    ]
    data: Annotated[
        dict[Entry, Annotated[Remote, FromText(lambda key: {"key": key})]],
        Some,
        Field(
            examples=[{"client-secret": {"key": "teams/data/dask", "property": "client"}}],
            description="Keys of the Secret, each with the value in the store: its name, or {key, property, version}.",
        ),
    ]
    refresh: Annotated[Duration, Field(description="Time after which the values are read again.")] = "1h"

    @property
    def keys(self) -> Collection[str]:
        """Return the keys of `data`."""
        return self.data.keys()

    def build(self, metadata: ObjectMeta) -> Object:
        """Build an ExternalSecret; the Secret goes with it."""
        target: Object = {"name": self.name, "creationPolicy": "Owner", "deletionPolicy": "Retain"}
        if self.type != "Opaque":
            target["template"] = {"type": self.type}
        spec: Object = {
            "refreshInterval": self.refresh,
            "secretStoreRef": {"kind": self.store.kind, "name": self.store.name},
            "target": target,
            "data": [{"secretKey": key, "remoteRef": remote.reference()} for key, remote in self.data.items()],
        }
        return {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": metadata, "spec": spec}
