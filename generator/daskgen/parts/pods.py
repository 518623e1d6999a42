"""Build what pods have in common: resources, security, environment, volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from daskgen.kubernetes.labels import OURS, selecting
from daskgen.kubernetes.objects import metadata
from daskgen.model import Annotations, Items, Labels, refuse, refuse_parts
from daskgen.parts.containers import Containers, secure_all
from daskgen.parts.context import PodContext
from daskgen.parts.environment import Environment, combine
from daskgen.parts.gpu import tolerate
from daskgen.parts.image import PLACEHOLDER, OwnImage
from daskgen.parts.installing import build_volume, install_packages, mount_packages, name_index, search_packages
from daskgen.parts.placement import Placement
from daskgen.parts.places import At, copy_fields
from daskgen.parts.resources import Resources
from daskgen.parts.runtime import Runtime
from daskgen.parts.scratch import build_scratch
from daskgen.parts.security import secure_container, secure_pod
from daskgen.parts.storage import CONFIG, SCRATCH, SHM, SHM_PATH, Volume, scratch_mounts
from daskgen.parts.storage import OURS as OURS_MOUNTED
from daskgen.parts.tls import Role, mount_certificate

if TYPE_CHECKING:
    from daskgen.kubernetes.types import (
        Container,
        EnvVar,
        ObjectMeta,
        PodDisruptionBudget,
        PodSpec,
        PodTemplateSpec,
        Probe,
    )


def _check_labels(labels: Labels) -> Labels:
    if taken := sorted(set(labels).intersection(OURS)):
        raise refuse(f"{taken[0]} is set by daskgen, and selectors use it", "choose another key")
    return labels


PodLabels = Annotated[Labels, AfterValidator(_check_labels)]
"""Labels of pods that a spec may set."""


class Pod(Resources, Containers, Placement, Runtime):
    """Options of a pod with one Dask process."""

    role: ClassVar[Role]
    """Role whose certificate it has, if the cluster encrypts."""

    image: Annotated[
        OwnImage | None,
        At("spec.containers.image", "spec.containers.imagePullPolicy", "spec.imagePullSecrets"),
        Field(description="Image of these pods, instead of the cluster's."),
    ] = None
    env: Annotated[
        Environment,
        At("spec.containers.env"),
        Field(description="Environment variables, in addition to those of the cluster."),
    ] = {}
    volumes: Annotated[
        Items[Volume],
        At("spec.volumes", "spec.containers.volumeMounts"),
        Field(description="Volumes and their mount paths."),
    ] = ()
    labels: Annotated[
        PodLabels, At("metadata.labels"), Field(description="Labels of the pods and their Deployments.")
    ] = {}
    annotations: Annotated[
        Annotations, At("metadata.annotations"), Field(description="Annotations of the pods and their Deployments.")
    ] = {}

    @model_validator(mode="after")
    def _check_containers(self) -> Pod:
        if faults := self.find_container_faults(self.volumes):
            raise refuse_parts(faults)
        return self

    @property
    def own_mounts(self) -> Mapping[str, str]:
        """Return the volumes that daskgen adds to the pod, and their mount paths."""
        return {**OURS_MOUNTED, **({SHM: SHM_PATH} if self.shm else {})}

    def metadata(self, labels: Mapping[str, str]) -> ObjectMeta:
        """Return the metadata of the pods, which `labels` select."""
        meta: ObjectMeta = {"labels": {**labels, **self.labels}}
        if self.annotations:
            meta["annotations"] = dict(self.annotations)
        return meta

    def template(
        self, labels: dict[str, str], container: Container, grace: int, context: PodContext
    ) -> PodTemplateSpec:
        """Build the pod that runs `container`, hardened and with a scratch volume; `grace` is in seconds."""
        image, own = self.image or context.image, self._complete(container, context)
        first = list(self._install(own, context))
        secured: Any = {**secure_pod(context.platform), **self.confinement}
        spec: PodSpec = {
            "serviceAccountName": context.account.short_name,
            "automountServiceAccountToken": context.account.token,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": grace,
            "securityContext": secured,
            **self.placement(labels),
            "containers": [own, *secure_all(self.containers, self._secure())],
            "volumes": [
                *([context.encryption.volume(self.role)] if context.encryption else []),
                *(volume.volume() for volume in self.volumes),
                *self.shm_volumes(),
                *([build_volume()] if first else []),
                build_scratch(self.scratch, self.room),
                {"name": "config", "configMap": {"name": "dask"}},
            ],
        }
        if first or self.init_containers:
            spec["initContainers"] = [*first, *secure_all(self.init_containers, self._secure())]
        if named := context.name_addresses():
            spec["hostAliases"] = [*spec.get("hostAliases", ()), *named]
        if image.pull_secrets:
            spec["imagePullSecrets"] = [{"name": name} for name in image.pull_secrets]
        return {"metadata": self.metadata({**labels, **context.labels}), "spec": spec}

    def placement(self, labels: dict[str, str]) -> PodSpec:
        """Return where the pod may run, and its other fields that are Kubernetes' own."""
        spec: PodSpec = copy_fields(self)  # type: ignore[assignment]  # a part of one
        if more := tolerate(self.gpu, self.tolerations):
            spec["tolerations"] = [*spec.get("tolerations", ()), *more]
        return spec

    def _complete(self, container: Container, context: PodContext) -> Container:
        search = [search_packages()] if context.packages else []
        more: Any = {"envFrom": deepcopy(list(self.env_from))} if self.env_from else {}
        return {
            "name": container["name"],
            "image": self.image.reference if self.image else PLACEHOLDER,
            "imagePullPolicy": (self.image or context.image).pull_policy,
            **container,
            "env": combine([*search, *complete(container["env"])], context.env, self.env),
            **more,
            "resources": self.requirements(),
            "securityContext": self._secure(),
            "volumeMounts": [
                *([mount_certificate()] if context.encryption else []),
                *(mount for volume in self.volumes for mount in volume.build_mounts()),
                *self.shm_mounts(),
                *([mount_packages(is_read_only=True)] if search else []),
                *scratch_mounts(),
                {"name": "config", "mountPath": CONFIG, "readOnly": True},
            ],
        }

    def _secure(self) -> Any:
        return {**secure_container(), **self.seccomp}

    def _install(self, own: Container, context: PodContext) -> Iterator[Container]:
        """Build the container that installs packages, if any, for the container of Dask `own`."""
        if context.packages:
            variables = [*name_index(context.packages), *write_to_scratch()]
            yield install_packages(own, combine(variables, context.env, self.env))


def complete(env: Sequence[EnvVar]) -> list[EnvVar]:
    """Add the variables of every pod to those of a container, which win."""
    names = {variable["name"] for variable in env}
    return [*env, *(variable for variable in write_to_scratch() if variable["name"] not in names)]


def write_to_scratch() -> list[EnvVar]:
    """Return variables that make every program write to the only writable volume.

    Dask ends with "No usable temporary directory found" otherwise, and `getpass.getuser` fails for a user without an
    entry in /etc/passwd, as OpenShift's are (dask/helm-chart#79). `DASK_CONFIG` makes the mounted files win over those
    in the image.
    """
    return [
        {"name": "DASK_TEMPORARY_DIRECTORY", "value": SCRATCH},
        {"name": "HOME", "value": SCRATCH},
        {"name": "TMPDIR", "value": SCRATCH},
        {"name": "USER", "value": "dask"},
        {"name": "DASK_CONFIG", "value": CONFIG},
    ]


def disruption_budget(name: str, labels: dict[str, str], most: int | str) -> PodDisruptionBudget:
    """Let a drain evict a limited number of the pods `labels` at a time; pods that are not ready never block it."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name, labels),
        "spec": {
            "maxUnavailable": most,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": selecting(labels),
        },
    }


def probe(path: str, port: str, period: int, failures: int, timeout: int = 5, scheme: str = "HTTP") -> Probe:
    """Build a probe that gets `path` every `period` seconds and fails after `failures` answers later than `timeout`."""
    get: Any = {"path": path, "port": port}
    if scheme != "HTTP":
        get["scheme"] = scheme
    return {"httpGet": get, "periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": failures}
