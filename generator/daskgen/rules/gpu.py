"""Rules about GPUs and the program that uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daskgen.findings.finding import Finding
from daskgen.parts.gpu import DASK, is_nvidia
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import Path, format_path
from daskgen.rules import Rule, RuleContext

RELEASE = re.compile(r"(2[0-9])\.([0-9]{2})(?![0-9])")
WITH_PORTS = (26, 6)
"""The first release of dask-cuda with `--worker-port`; 26.04 has none."""

Fault = tuple[str, str, str]
"""A field of a group, its fault, and what to do."""


def check_program(context: RuleContext) -> Iterator[Finding]:
    """Refuse what `dask cuda worker` cannot do, and GPUs that cannot be shared out evenly."""
    for index, group in enumerate(context.cluster.workers):
        find = _find_shares if group.worker.command.counts else _find_cuda_faults
        for field, message, hint in find(group):
            path: Path = ("workers", index, field)
            yield Finding(path, "DG244", f"workers.{index}.{field}: {message}", hint)


def _find_cuda_faults(group: WorkerGroup) -> Iterator[Fault]:
    program = group.worker.program
    if not group.gpus:
        yield "worker", f"{program} needs a GPU, and the group has none", "set gpu: 1"
    if not all(map(is_nvidia, group.gpu)):
        yield "gpu", f"{program} runs only on GPUs of NVIDIA", "write worker: dask"
    if group.processes > 1:
        yield "processes", f"{program} runs one worker for each GPU", "leave it out, and set gpu"
    if not group.nanny:
        yield "nanny", f"{program} always has a nanny for each worker", "leave it out"
    if group.lifetime:
        yield "lifetime", f"{program} has no such option", "set distributed.worker.lifetime in config"


def check_release(context: RuleContext) -> Iterator[Finding]:
    """Refuse images of RAPIDS whose dask-cuda has no option for the workers' port."""
    for index, group in enumerate(context.cluster.workers):
        image = group.image or context.cluster.image
        release = RELEASE.match(image.tag) if "rapidsai" in image.name else None
        if release and not group.worker.command.counts and (int(release[1]), int(release[2])) < WITH_PORTS:
            path: Path = ("workers", index, "image") if group.image else ("image",)
            message = f"{format_path(path)}: dask-cuda {release[0]} (read from the tag) has no --worker-port, and exits"
            yield Finding(path, "DG244", message, "use RAPIDS 26.06 or later")


def _find_shares(group: WorkerGroup) -> Iterator[Fault]:
    if group.gpus % group.count and DASK not in group.resources:
        message = f"{group.gpus} cannot be shared out to {group.count} processes"
        yield "gpu", message, f"set processes to a divisor of it, or resources: {{{DASK}: …}} for each"


RULES: tuple[Rule, ...] = (check_program, check_release)
