"""Define volumes: the scratch volume that every pod has, and those that a spec adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, model_validator

from daskgen.model import Model, MountPath, Name, SubPath, refuse
from daskgen.parts.native import Native

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Volume as VolumeObject
    from daskgen.kubernetes.types import VolumeMount

SCRATCH = "/scratch"
CONFIG = "/etc/dask"
CERTIFICATE = "/etc/dask-dashboard"

OURS = {"scratch": SCRATCH, "config": CONFIG, "certificate": CERTIFICATE}
"""Volumes that daskgen adds, and their mount paths; a spec's volumes must have others."""

Source = dict[str, Any] | None


class Volume(Model):
    """A volume, and its mount path in the container.

    Its source is one of those that Pod Security `restricted` allows, written as Kubernetes writes it.
    """

    name: Annotated[Name, Field(examples=["data"], description="Name of the volume.")]
    mount_path: Annotated[MountPath, Field(examples=["/data"], description="Mount path in the container.")]
    sub_path: Annotated[SubPath, Field(description="Folder of the volume that is mounted, instead of its root.")] = ""
    read_only: Annotated[bool, Field(description="Mount the volume read-only.")] = False
    persistent_volume_claim: Annotated[
        Source, Native("PersistentVolumeClaimVolumeSource"), Field(description="An existing claim: {claimName: name}.")
    ] = None
    config_map: Annotated[
        Source, Native("ConfigMapVolumeSource"), Field(description="A ConfigMap's entries as files: {name: name}.")
    ] = None
    secret: Annotated[
        Source, Native("SecretVolumeSource"), Field(description="A Secret's entries as files: {secretName: name}.")
    ] = None
    empty_dir: Annotated[
        Source, Native("EmptyDirVolumeSource"), Field(description="A folder that is deleted with the pod.")
    ] = None
    ephemeral: Annotated[
        Source, Native("EphemeralVolumeSource"), Field(description="A claim that is created and deleted with each pod.")
    ] = None
    projected: Annotated[
        Source, Native("ProjectedVolumeSource"), Field(description="Several sources in one folder.")
    ] = None
    csi: Annotated[Source, Native("CSIVolumeSource"), Field(description="A volume of a CSI driver.")] = None
    downward_api: Annotated[
        Source, Native("DownwardAPIVolumeSource"), Field(alias="downwardAPI", description="Fields of the pod as files.")
    ] = None

    @model_validator(mode="after")
    def _check_source(self) -> Volume:
        if len(self.source()) != 1:
            raise refuse("a volume takes exactly one source", f"one of {', '.join(SOURCES)}")
        return self

    def source(self) -> dict[str, Any]:
        """Return the source of the volume, as in a pod's spec."""
        fields = type(self).model_fields
        return {str(fields[name].alias): value for name in SOURCE_FIELDS if (value := getattr(self, name)) is not None}

    def volume(self) -> VolumeObject:
        """Build the volume of a pod."""
        return cast("VolumeObject", {"name": self.name, **self.source()})

    def mount(self) -> VolumeMount:
        """Build the mount of a container."""
        mount: VolumeMount = {"name": self.name, "mountPath": self.mount_path}
        if self.sub_path:
            mount["subPath"] = self.sub_path
        if self.read_only:
            mount["readOnly"] = True
        return mount


SOURCE_FIELDS = [name for name in Volume.model_fields if name not in {"name", "mount_path", "sub_path", "read_only"}]
SOURCES = [str(Volume.model_fields[name].alias) for name in SOURCE_FIELDS]


def scratch_volume(size: str) -> VolumeObject:
    """Build a volume of at most `size` that is deleted with the pod."""
    return {"name": "scratch", "emptyDir": {"sizeLimit": size}}


def scratch_mounts() -> list[VolumeMount]:
    """Build the mounts of the scratch volume: as /scratch, and a part of it as /tmp."""
    return [
        {"name": "scratch", "mountPath": SCRATCH},
        {"name": "scratch", "mountPath": "/tmp", "subPath": "tmp"},  # noqa: S108
    ]
