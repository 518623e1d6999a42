"""Create PersistentVolumeClaims that a spec asks for, and name those that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from daskgen.kubernetes.labels import CLUSTER, KEPT
from daskgen.kubernetes.objects import metadata
from daskgen.model import Items, Model, ObjectName, Quantity, Unique, refuse

if TYPE_CHECKING:
    from daskgen.kubernetes.types import PersistentVolumeClaim

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]


class NewClaim(Model):
    """A PersistentVolumeClaim that is created with the cluster."""

    size: Annotated[Quantity, Field(examples=["100Gi"], description="Requested size.")]
    storage_class: Annotated[
        ObjectName | None, Field(description="Name of a StorageClass; the default one of Kubernetes if left out.")
    ] = None
    access_modes: Annotated[Items[AccessMode], Unique, Field(min_length=1, description="How nodes may mount it.")] = (
        "ReadWriteOnce",
    )
    when_deleted: Annotated[
        Literal["Retain", "Delete"],
        Field(description="What Argo CD and Flux do with the claim and its data when the cluster is removed."),
    ] = "Retain"

    def build(self, name: str) -> PersistentVolumeClaim:
        """Build the claim under its short name."""
        spec: Any = {"accessModes": list(self.access_modes), "resources": {"requests": {"storage": self.size}}}
        if self.storage_class:
            spec["storageClassName"] = self.storage_class
        kept = {KEPT: "true"} if self.when_deleted == "Retain" else {}
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata(name, {**CLUSTER, **kept}),
            "spec": spec,
        }


class ClaimSource(Model):
    """A PersistentVolumeClaim of a volume: an existing one by its name, or one that is created with the cluster."""

    claim_name: Annotated[
        ObjectName | None,
        Field(examples=["csv-files"], description="Name of an existing claim, in full; of another cluster's, too."),
    ] = None
    create: Annotated[
        NewClaim | None,
        Field(description="Create the claim; its name is the cluster's, a hyphen, and that of the volume."),
    ] = None
    read_only: Annotated[bool, Field(description="Mount it read-only in every pod.")] = False

    @model_validator(mode="after")
    def _check_choice(self) -> ClaimSource:
        if bool(self.claim_name) == bool(self.create):
            raise refuse("a claim takes either claimName or create", "name a claim that exists, or create one")
        return self

    def source(self, volume: str) -> dict[str, Any]:
        """Return the source of a volume of this name, in a pod's spec."""
        source: dict[str, Any] = {"claimName": self.claim_name or volume}
        return {**source, "readOnly": True} if self.read_only else source
