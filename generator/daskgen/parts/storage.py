"""Define volumes: the scratch volume that every pod has, and those that a spec adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, model_validator

from daskgen.kubernetes.pod_security import Level
from daskgen.model import Items, Model, MountPath, Name, SubPath, refuse
from daskgen.parts.claims import ClaimSource
from daskgen.parts.native import Native
from daskgen.parts.tls import MOUNT, TLS
from daskgen.paths import Path

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Volume as VolumeObject
    from daskgen.kubernetes.types import VolumeMount

SCRATCH = "/scratch"
CONFIG = "/etc/dask"
CERTIFICATE = "/etc/dask-dashboard"

SHM, SHM_PATH = "shm", "/dev/shm"  # noqa: S108
"""The volume that `shm` gives, and its mount path."""

OURS = {"scratch": SCRATCH, "config": CONFIG, "certificate": CERTIFICATE, TLS: MOUNT}
"""Volumes that daskgen adds, and their mount paths, which volumes of the spec may not use."""

Source = dict[str, Any] | None

STATED = ("azureFile", "nfs", "hostPath")
"""Sources that Pod Security `restricted` refuses, for which the spec must give a reason."""


class Mount(Model):
    """A mount of a volume in the container."""

    mount_path: Annotated[MountPath, Field(examples=["/data"], description="Mount path in the container.")]
    sub_path: Annotated[SubPath, Field(description="Folder of the volume that is mounted, instead of its root.")] = ""
    read_only: Annotated[bool, Field(description="Mount the volume read-only.")] = False

    def build(self, volume: str) -> VolumeMount:
        """Build the mount of a container."""
        mount: VolumeMount = {"name": volume, "mountPath": self.mount_path}
        if self.sub_path:
            mount["subPath"] = self.sub_path
        if self.read_only:
            mount["readOnly"] = True
        return mount


class Volume(Model):
    """A volume and its mounts in the container: at `mountPath`, or in several places by `mounts`.

    Its source has the format of Kubernetes.
    """

    name: Annotated[Name, Field(examples=["data"], description="Name of the volume.")]
    mount_path: Annotated[MountPath | None, Field(examples=["/data"], description="Mount path in the container.")] = (
        None
    )
    sub_path: Annotated[SubPath, Field(description="Folder of the volume that is mounted, instead of its root.")] = ""
    read_only: Annotated[bool, Field(description="Mount the volume read-only.")] = False
    mounts: Annotated[Items[Mount], Field(description="Several mounts of the volume, instead of mountPath.")] = ()
    reason: Annotated[
        str,
        Field(description="Why azureFile, nfs or hostPath is needed, which Pod Security restricted refuses."),
    ] = ""
    persistent_volume_claim: Annotated[
        ClaimSource | None, Field(description="A claim: claimName of an existing one, or `create`.")
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
    azure_file: Annotated[
        Source, Native("AzureFileVolumeSource"), Field(description="A share of Azure Files; needs a reason.")
    ] = None
    nfs: Annotated[Source, Native("NFSVolumeSource"), Field(description="An NFS share; needs a reason.")] = None
    host_path: Annotated[
        Source, Native("HostPathVolumeSource"), Field(description="A folder of the node; needs a reason.")
    ] = None

    @model_validator(mode="after")
    def _check_source(self) -> Volume:
        if len(self._list_sources()) != 1:
            raise refuse("a volume takes exactly one source", f"one of {', '.join(SOURCES)}")
        if self.mounts and self.mount_path:
            raise refuse("mountPath and mounts are both given", "move mountPath into mounts, or leave mounts out")
        if not self.mounts and not self.mount_path:
            raise refuse("the volume is mounted nowhere", "write mountPath: /data, or mounts: [{mountPath: /data}]")
        if self.mounts and (self.sub_path or self.read_only):
            raise refuse("subPath and readOnly belong to a mount", "move them into the entries of mounts")
        return self

    @model_validator(mode="after")
    def _check_reason(self) -> Volume:
        if self.is_stated and len(self.reason) < SHORTEST:
            [source] = self._list_sources()
            hint = "say why in reason: (10 characters or more), or use persistentVolumeClaim or csi"
            raise refuse(f"Pod Security restricted refuses {source}", hint)
        if self.reason and not self.is_stated:
            raise refuse("this source needs no reason", f"leave reason out; it is for {', '.join(STATED)}")
        return self

    @property
    def is_stated(self) -> bool:
        """Return whether the source goes beyond Pod Security `restricted`, which `reason` justifies."""
        return any(source in STATED for source in self._list_sources())

    @property
    def level(self) -> Level:
        """Return the highest level of Pod Security that admits the volume."""
        return "privileged" if self.host_path is not None else "baseline" if self.is_stated else "restricted"

    def _list_sources(self) -> dict[str, Any]:
        fields = type(self).model_fields
        return {str(fields[name].alias): value for name in SOURCE_FIELDS if (value := getattr(self, name)) is not None}

    def source(self) -> dict[str, Any]:
        """Return the source of the volume, as in a pod's spec."""
        claim = self.persistent_volume_claim
        return {"persistentVolumeClaim": claim.source(self.name)} if claim else self._list_sources()

    def volume(self) -> VolumeObject:
        """Build the volume of a pod."""
        return cast("VolumeObject", {"name": self.name, **self.source()})

    def list_mounts(self) -> list[tuple[Path, Mount]]:
        """List the mounts, each with its place in the fields of the volume."""
        if self.mount_path:
            return [((), Mount(mountPath=self.mount_path, subPath=self.sub_path, readOnly=self.read_only))]
        return [(("mounts", index), mount) for index, mount in enumerate(self.mounts)]

    def build_mounts(self) -> list[VolumeMount]:
        """Build the mounts of the container."""
        return [mount.build(self.name) for _, mount in self.list_mounts()]


SHORTEST = 10
"""Shortest reason, in characters."""

SOURCE_FIELDS = [
    name
    for name in Volume.model_fields
    if name not in {"name", "mount_path", "sub_path", "read_only", "mounts", "reason"}
]
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
