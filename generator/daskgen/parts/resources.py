"""Define the resources of a pod: cores, memory, disk, GPUs and others that a node offers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field, model_validator

from daskgen.model import Model, Quantity, refuse
from daskgen.model.patterns import RESOURCE_NAME
from daskgen.parts.gpu import USUAL, Gpus
from daskgen.parts.places import At
from daskgen.parts.scratch import ScratchField

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ResourceRequirements

PLACE = "spec.containers.resources"

CPU, MEMORY, STORAGE = "cpu", "memory", "ephemeral-storage"

SHORT: Mapping[str, str] = {CPU: "cpu", MEMORY: "memory", STORAGE: "scratch"}
"""Resource of Kubernetes to the field that is its short form: request and limit in one."""


def _at_amount(resource: str) -> At:
    return At(*(f"{PLACE}.{part}.{resource}" for part in ("limits", "requests")))


AT_CPU, AT_MEMORY, AT_SCRATCH = map(_at_amount, SHORT)

LittleMemory = Annotated[
    Quantity | None,
    AT_MEMORY,
    Field(description="Memory: request and limit.", json_schema_extra={"default": "2Gi"}),
]
"""Memory of a pod that holds no data of the cluster: the scheduler, a job, a notebook."""

LittleScratch = Annotated[
    ScratchField | None,
    AT_SCRATCH,
    Field(
        description="Size of the scratch volume, for temporary files; or {size, storageClass}.",
        json_schema_extra={"default": "1Gi"},
    ),
]
"""Scratch volume of such a pod, which does not spill."""

Amounts = dict[Annotated[str, Field(pattern=RESOURCE_NAME)], Quantity]


class Row(NamedTuple):
    """The request and the limit of a container for a resource; None if it is not set."""

    request: str | None
    limit: str | None

    @property
    def amount(self) -> str:
        """Return the limit, or the request if there is no limit."""
        return self.limit or self.request or "0"

    @property
    def part(self) -> str:
        """Return which of the two that is."""
        return "limits" if self.limit else "requests"


class Resources(Model):
    """Resources of a pod: the short forms, Kubernetes' own maps beside them, and GPUs."""

    cpu: Annotated[
        Quantity | None,
        AT_CPU,
        Field(description="Cores: request and limit.", json_schema_extra={"default": "1"}),
    ] = None
    memory: Annotated[Quantity | None, AT_MEMORY, Field(description="Memory: request and limit.")] = None
    scratch: Annotated[ScratchField | None, AT_SCRATCH, Field(description="Size of the scratch volume.")] = None
    gpu: Annotated[
        Gpus,
        At(*(f"{PLACE}.{part}.{name}" for part in ("limits", "requests") for name in USUAL)),
        Field(
            description="Number of GPUs, of nvidia.com/gpu or by resource: {amd.com/gpu: 1}. Their nodes' taint is "
            "tolerated, and workers count them as Dask's resource GPU."
        ),
    ] = {}
    requests: Annotated[
        Amounts,
        At(f"{PLACE}.requests"),
        Field(
            description="Requests by Kubernetes' names. A resource that is only requested has no limit, unless its "
            "short form gives one."
        ),
    ] = {}
    limits: Annotated[
        Amounts,
        At(f"{PLACE}.limits"),
        Field(description="Limits by Kubernetes' names. The request is the same, unless it is given too."),
    ] = {}

    @model_validator(mode="after")
    def _check_gpu(self) -> Resources:
        for name in self.gpu:
            if name in self.requests or name in self.limits:
                raise refuse(f"{name} is given by gpu, and in requests or limits too", "leave it out there")
        return self

    def row(self, resource: str) -> Row:
        """Return request and limit of a resource."""
        request, limit = self.requests.get(resource), self.limits.get(resource)
        if resource not in SHORT:
            # Kubernetes takes no request of these without an equal limit.
            whole = str(self.gpu[resource]) if resource in self.gpu else None
            return Row(request or limit or whole, limit or request or whole)
        said = self._say(resource)
        if not (said or request or limit):
            said = usual(type(self), SHORT[resource])
        limit = limit or said
        return Row(request or said or limit, limit)

    def _say(self, resource: str) -> str | None:
        """Return the amount of a short form, if the spec says it."""
        if resource == STORAGE:
            return self.scratch.node_share if self.scratch else None
        said: str | None = getattr(self, SHORT[resource])
        return said

    def requirements(self) -> ResourceRequirements:
        """Return requests and limits, equal unless the spec differs: a full node then starts no further pod,
        and kills none."""
        names = dict.fromkeys((*SHORT, *self.gpu, *self.requests, *self.limits))
        rows = {name: self.row(name) for name in names}
        requests: dict[str, int | str] = {name: row.request for name, row in rows.items() if row.request}
        limits: dict[str, int | str] = {name: row.limit for name, row in rows.items() if row.limit}
        return {"requests": requests, "limits": limits}

    @property
    def room(self) -> str:
        """Return the size of the scratch volume."""
        return self.scratch.size if self.scratch else self.row(STORAGE).amount

    @property
    def gpus(self) -> int:
        """Return the number of GPUs."""
        return sum(self.gpu.values())


@cache
def usual(model: type[Resources], field: str) -> str:
    """Return the amount of a short form that the spec leaves out, as its description names it."""
    extra: Any = model.model_fields[field].json_schema_extra
    return str(extra["default"])
