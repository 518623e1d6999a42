"""Find fields of pods that the API server drops silently, unless a feature gate is on.

Taken from Kubernetes 1.37: `dropDisabledFields` in pkg/api/pod/util.go, and the defaults of its gates in
pkg/features/kube_features.go. https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from daskgen.kubernetes.kinds import CONTAINER_LISTS
from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, PathPattern, Tree, find_marks, plant


class Gate(NamedTuple):
    """A feature gate, and the fields of pods that are kept only if it is on."""

    name: str
    since: int | None
    """The first minor version of Kubernetes 1 in which it is on by default; None if it is in no version yet."""
    places: tuple[PathPattern, ...]


def _gate(name: str, since: int | None, *places: str) -> Gate:
    return Gate(name, since, tuple(tuple(place.split(".")) for place in places))


def _in_containers(name: str, since: int | None, *places: str) -> Gate:
    return _gate(name, since, *(f"{field}.*.{place}" for field in CONTAINER_LISTS for place in places))


SOURCES = "volumes.*.projected.sources.*"

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")

FILES = ("configMap", "secret", "downwardAPI")

GATES = (
    _gate("UserNamespacesSupport", 33, "hostUsers"),
    _gate("SupplementalGroupsPolicy", 33, "securityContext.supplementalGroupsPolicy"),
    _gate("SELinuxChangePolicy", 33, "securityContext.seLinuxChangePolicy"),
    _gate("PodLevelResources", 34, "resources"),
    _gate("DynamicResourceAllocation", 34, "resourceClaims"),
    _in_containers("DynamicResourceAllocation", 34, "resources.claims"),
    _gate("VolumeAttributesClass", 34, "volumes.*.ephemeral.volumeClaimTemplate.spec.volumeAttributesClassName"),
    _gate("ImageVolume", 35, "volumes.*.image"),
    _gate("HostnameOverride", 35, "hostnameOverride"),
    _gate("ClusterTrustBundleProjection", None, f"{SOURCES}.clusterTrustBundle"),
    _gate("PodCertificateRequest", None, f"{SOURCES}.podCertificate"),
    _gate("GenericWorkload", None, "workloadRef", "schedulingGroup"),
    _gate("EvictionRequestAPI", None, "evictionResponders"),
    _gate("EmptyDirVolumeMode", None, "volumes.*.emptyDir.mode"),
    _gate(
        "AtomicWriteVolumeUserFields",
        None,
        "volumes.*.projected.defaultUser",
        f"{SOURCES}.serviceAccountToken.user",
        *(f"volumes.*.{source}.{field}" for source in FILES for field in ("defaultUser", "items.*.user")),
        *(f"{SOURCES}.{source}.items.*.user" for source in FILES),
    ),
    _in_containers("ProcMountType", 33, "securityContext.procMount"),
    _in_containers("InPlacePodVerticalScaling", 33, "resizePolicy"),
    _in_containers("ContainerRestartRules", 35, "restartPolicyRules"),
    _in_containers("EnvFiles", 35, "env.*.valueFrom.fileKeyRef"),
    _in_containers("ContainerStopSignals", None, "lifecycle.stopSignal"),
    _in_containers("VolumeBindMountOptions", None, "volumeMounts.*.bindMountOptions"),
    _in_containers("GRPCContainerProbeTLS", None, *(f"{probe}.grpc.mode" for probe in PROBES)),
)


class Dropped(NamedTuple):
    """A field of a pod that is dropped, and the gate on which it depends."""

    path: Path
    gate: Gate


def find_dropped(pod: Object, minor: str) -> Iterator[Dropped]:
    """Find the fields of a pod's spec that Kubernetes `minor` drops with the gates that it has by default."""
    for path, _, gate in find_marks(pod, _plant_closed(minor)):
        yield Dropped(path, gate)


@cache
def _plant_closed(minor: str) -> Tree:
    """Build the tree of the gates that are off by default."""
    number = int(minor.partition(".")[2])
    return plant((place, gate) for gate in GATES if not gate.since or gate.since > number for place in gate.places)
