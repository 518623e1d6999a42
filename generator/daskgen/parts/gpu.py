"""Define the GPUs of a pod: their resource, the taint of their nodes, and how Dask counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from daskgen.model import FromNumber
from daskgen.model.patterns import GPU_NAME

if TYPE_CHECKING:
    from daskgen.kubernetes.types import Toleration

NVIDIA = "nvidia.com/gpu"

MOST_GPUS = 64

TAINTS: Mapping[str, str] = {"nvidia.com": NVIDIA, "amd.com": "amd.com/gpu"}
"""Domain of a resource to the taint that its vendor documents, for whole GPUs and parts of them."""

USUAL = (NVIDIA, "nvidia.com/gpu.shared", "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe")
"""Names that the report of an import knows as `gpu`."""

DASK = "GPU"
"""Name of Dask's own resource for GPUs, from its documentation."""

Gpus = Annotated[
    dict[Annotated[str, Field(pattern=GPU_NAME)], Annotated[int, Field(ge=1, le=MOST_GPUS)]],
    FromNumber(0, MOST_GPUS, lambda number: {NVIDIA: number} if number else {}),
]
"""Numbers of GPUs by resource; a single number means `nvidia.com/gpu`."""


def is_nvidia(resource: str) -> bool:
    """Return whether a resource is an NVIDIA GPU or a part of one."""
    return resource.startswith("nvidia.com/")


def tolerate(gpus: Mapping[str, int], given: Iterable[Mapping[str, Any]]) -> list[Toleration]:
    """Build tolerations for the taints of nodes with GPUs, except for keys that `given` tolerations have.

    GKE, AKS and the admission plugin ExtendedResourceToleration use the resource's own name as the key.
    """
    known = {toleration.get("key") for toleration in given}
    keys = (key for name in gpus for key in (TAINTS.get(name.partition("/")[0], name), name))
    missing = (key for key in dict.fromkeys(keys) if key not in known)
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in missing]
