"""Add containers to a pod: init containers, sidecars, and what the Dask container gets beside its own fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import AfterValidator, Field

from daskgen.kubernetes.pods import check_containers
from daskgen.kubernetes.schema import Fault
from daskgen.model import Items, Model, Quantity, refuse_parts
from daskgen.parts.image import PLACEHOLDER, read_reference
from daskgen.parts.native import Native
from daskgen.parts.places import At
from daskgen.parts.storage import OURS, SHM, SHM_PATH, Volume

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Container, SecurityContext, VolumeMount
    from daskgen.kubernetes.types import Volume as VolumeObject

OWN_NAMES = ("scheduler", "worker", "job")
"""Names of the containers that run Dask."""

ALWAYS = "Always"
"""The restartPolicy of an init container that makes it a native sidecar."""

NativeContainer = Annotated[dict[str, Any], Native("Container")]

Check = Callable[[dict[str, Any]], Iterator[Fault]]


def _check_image(container: dict[str, Any]) -> Iterator[Fault]:
    image = container.get("image")
    if not image:
        yield Fault(("image",), "is missing", "for example image: ghcr.io/example/proxy:1.4.2")
    elif read_reference(image)["name"] == PLACEHOLDER:
        message = f"must not be {image}: kustomize replaces the image {PLACEHOLDER} by the cluster's"
        yield Fault(("image",), message, f"write it in full: docker.io/library/{image}")
    if container["name"] in OWN_NAMES:
        yield Fault(("name",), f"must not be {container['name']}, the name of a container of Dask", "choose another")


def _check_each(check: Check, containers: Sequence[dict[str, Any]]) -> Any:
    faults = [_move(fault, index) for index, container in enumerate(containers) for fault in check(container)]
    if faults:
        raise refuse_parts(faults)
    return containers


def _check_sidecar(container: dict[str, Any]) -> Iterator[Fault]:
    yield from _check_image(container)
    if "restartPolicy" in container:
        hint = "leave it out, or move the container to initContainers"
        yield Fault(("restartPolicy",), "is for init containers", hint)


def _check_init_container(container: dict[str, Any]) -> Iterator[Fault]:
    yield from _check_image(container)
    policy = container.get("restartPolicy", ALWAYS)
    if policy != ALWAYS:
        hint = f"write {ALWAYS} for a sidecar, or leave it out for a container that ends"
        yield Fault(("restartPolicy",), f"must not be {policy}", hint)


def _move(fault: Fault, index: int) -> Fault:
    return fault._replace(path=(index, *fault.path))


class Containers(Model):
    """Further containers of a pod, and further parts of the Dask container."""

    init_containers: Annotated[
        Items[NativeContainer],
        AfterValidator(partial(_check_each, _check_init_container)),
        At("spec.initContainers"),
        Field(
            description="Containers that run before Dask starts, in the format of Kubernetes; with "
            "restartPolicy: Always, sidecars that run beside it."
        ),
    ] = ()
    containers: Annotated[
        Items[NativeContainer],
        AfterValidator(partial(_check_each, _check_sidecar)),
        Field(
            description="Sidecars, in the format of Kubernetes. What their securityContext leaves out is that of the "
            "Dask container."
        ),
    ] = ()
    env_from: Annotated[
        Items[Annotated[dict[str, Any], Native("EnvFromSource")]],
        At("spec.containers.envFrom"),
        Field(description="ConfigMaps and Secrets whose entries are variables: {secretRef: {name: name}, prefix: P_}."),
    ] = ()
    shm: Annotated[
        Quantity | None,
        Field(description="Size of /dev/shm, which is in memory: what is written there counts against `memory`."),
    ] = None

    def find_container_faults(self, volumes: Sequence[Volume]) -> list[Fault]:
        """Find what Kubernetes refuses in these containers although each of their fields is right."""
        known = [*({"name": name} for name in OURS), *(volume.volume() for volume in volumes), *self.shm_volumes()]
        lists = {"initContainers": list(self.init_containers), "containers": list(self.containers)}
        return list(check_containers({**lists, "volumes": known}))

    def shm_volumes(self) -> list[VolumeObject]:
        """Build the volume for /dev/shm, if there is one; it is in memory."""
        return [{"name": SHM, "emptyDir": {"medium": "Memory", "sizeLimit": self.shm}}] if self.shm else []

    def shm_mounts(self) -> list[VolumeMount]:
        """Build its mount."""
        return [{"name": SHM, "mountPath": SHM_PATH}] if self.shm else []


def secure_all(containers: Sequence[dict[str, Any]], secure: SecurityContext) -> list[Container]:
    """Return containers whose security contexts have all of `secure` that they do not set themselves."""
    return [cast("Container", _secure(deepcopy(container), secure)) for container in containers]


def _secure(container: dict[str, Any], secure: SecurityContext) -> dict[str, Any]:
    written = container.get("securityContext") or {}
    capabilities = {**deepcopy(secure.get("capabilities", {})), **(written.get("capabilities") or {})}
    return {**container, "securityContext": {**deepcopy(secure), **written, "capabilities": capabilities}}
