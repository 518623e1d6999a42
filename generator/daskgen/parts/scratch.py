"""Give pods a scratch volume: a folder of the node, or a claim that is created and deleted with each pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from daskgen.model import FromAmount, Model, ObjectName, Quantity
from daskgen.parts.storage import scratch_volume
from daskgen.paths import get

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Volume

NODE_SHARE = "1Gi"
"""Ephemeral storage of a pod whose scratch volume is on a claim: for its logs."""


class Scratch(Model):
    """The scratch volume of a pod."""

    size: Annotated[Quantity, Field(examples=["100Gi"], description="Size of the volume.")]
    storage_class: Annotated[
        ObjectName | None,
        Field(
            description="StorageClass of a claim for each pod, such as one of local NVMe disks; without it, the volume "
            "is on the disk of the node."
        ),
    ] = None

    @property
    def node_share(self) -> str:
        """Return the ephemeral storage that the pod uses on its node."""
        return NODE_SHARE if self.storage_class else self.size


ScratchField = Annotated[Scratch, FromAmount("size")]


def build_scratch(scratch: Scratch | None, room: str) -> Volume:
    """Build the scratch volume, of the size `room` if it is on the node."""
    if not scratch or not scratch.storage_class:
        return scratch_volume(room)
    spec: Any = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": scratch.storage_class,
        "resources": {"requests": {"storage": scratch.size}},
    }
    return {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": spec}}}


def read_scratch(volumes: list[Any]) -> dict[str, Any]:
    """Return the scratch field that gives the scratch volume of a pod, if that is on a claim; {} if it is not."""
    for volume in volumes:
        spec = get(volume, ("ephemeral", "volumeClaimTemplate", "spec"))
        found = {
            "size": get(spec, ("resources", "requests", "storage")),
            "storageClass": get(spec, ("storageClassName",)),
        }
        if volume.get("name") == "scratch" and all(found.values()):
            return {"scratch": found}
    return {}
