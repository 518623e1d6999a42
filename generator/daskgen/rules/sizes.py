"""Rules about the amounts of pods: memory, cores, threads, disk, and the number of pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from daskgen.findings.finding import Finding
from daskgen.kubernetes import quantity
from daskgen.kubernetes.kinds import POD_KINDS, find_kind
from daskgen.parts.config import DEFAULTS
from daskgen.parts.replicas import MOST
from daskgen.parts.workers import WorkerGroup
from daskgen.paths import format_path, get, has
from daskgen.rules import Container, Rule, RuleContext
from daskgen.rules.requests import find_amount, find_written

TERMINATE = ("distributed", "worker", "memory", "terminate")

NANNY = 90 << 20
"""Bytes of a container for others than the worker: the nanny uses 61 MiB itself (distributed 2026.8.0), and checks
the worker ten times a second, between which it may grow."""


class Least(NamedTuple):
    """An amount below which a container does not start: in thousandths, as text, and the reason."""

    thousandths: int
    text: str
    reason: str


MEMORY: Mapping[str, Least] = {
    "scheduler": Least((64 << 20) * 1000, "64Mi", "a scheduler without work does not start in less"),
    "worker": Least((112 << 20) * 1000, "112Mi", "a worker and its nanny, without work, do not start in less"),
}
"""Measured with distributed 2026.8.0, bokeh 3.9.2 and Python 3.11 under a limit of the kernel's memory cgroup: a
scheduler is killed at 56 MiB and runs at 64, a worker with one thread and its nanny at 104 and 112."""

CPU = Least(10, "10m", "with so small a share of a core, probes fail before Dask has started")

SCRATCH = Least((1 << 20) * 1000, "1Mi", "the kubelet evicts a pod that writes more to its disk")


def check_least(context: RuleContext) -> Iterator[Finding]:
    """Refuse amounts with which no scheduler or worker starts, such as 8 for 8Gi."""
    for container in context.containers:
        memory = MEMORY.get(str(container.body.get("name")))
        if memory and container.path[-2] == "containers":
            for name, least in (("memory", memory), *OTHERS):
                for part in _find_short(container, name, least):
                    yield _report_amount(context, container, part, name, least)


def _find_short(container: Container, name: str, least: Least) -> Iterator[str]:
    """Find whether the limit of a container, or without one its request, is too small for it."""
    amounts = {part: get(container.body, ("resources", part, name)) for part in ("limits", "requests")}
    part = next((part for part, amount in amounts.items() if amount is not None), "")
    if part and not _is_enough(str(amounts[part]), least.thousandths):
        yield part


OTHERS = (("cpu", CPU), ("ephemeral-storage", SCRATCH))
"""Further resources and their least amounts."""


@lru_cache(maxsize=4096)
def _is_enough(text: str, thousandths: int) -> bool:
    try:
        return quantity.parse(text) * 1000 >= thousandths
    except ValueError:
        return True  # not a quantity, which the schema reports


def _report_amount(context: RuleContext, container: Container, part: str, name: str, least: Least) -> Finding:
    amount = get(container.body, ("resources", part, name))
    path = find_amount(context, container, part, name)
    unit = " bytes" if str(amount).isdecimal() and name != "cpu" else ""
    message = f"{format_path(path)}: {amount}{unit} is too little: {least.reason}"
    meant = f"did you mean {amount}Gi? It takes" if unit else "write"
    return Finding(path, "DG251", message, f"{meant} {least.text} or more")


def check_replicas(context: RuleContext) -> Iterator[Finding]:
    """Refuse more pods than the spec's own field allows."""
    for resource in context.find_all(*POD_KINDS):
        path = find_kind(resource.kind).replicas
        number = get(resource.body, path)
        if isinstance(number, int) and not 0 <= number <= MOST:
            message = f"{resource.key[1]}: {number} replicas; 0 to {MOST} are possible"
            yield Finding(context.origin(resource, *path), "DG252", message, "write another number")


def check_threads(context: RuleContext) -> Iterator[Finding]:
    """Refuse a fraction of a thread: Dask counts threads in whole numbers."""
    for index, group in enumerate(context.cluster.workers):
        cpu = group.row("cpu")
        if group.threads is None and not group.worker.threads and quantity.parse(cpu.amount) % group.count:
            each = "" if group.count == 1 else f" for each of {group.count} processes"
            path = ("workers", index, *find_written(group, cpu.part, "cpu"))
            message = f"{format_path(path)}: {cpu.amount} is not a whole number of threads{each}"
            yield Finding(path, "DG205", message, "set threads, or whole cores")


def check_spill(context: RuleContext) -> Iterator[Finding]:
    """Refuse to spill more than the scratch volume holds; a pod that fills it is evicted."""
    for index, group in enumerate(context.cluster.workers):
        if group.spill and quantity.parse(group.spill) > quantity.parse(group.room):
            message = f"workers.{index}.spill: {group.spill} is more than scratch has, {group.room}"
            yield Finding(("workers", index, "spill"), "DG206", message, "raise scratch, or remove spill")
    path = ("config", "distributed", "worker", "memory")
    memory = get(context.cluster.config, path[1:])
    for key in [key for key in ("max-spill", "max_spill") if has(memory, key)]:
        message = f"{format_path((*path, key))} has no effect: each group of workers sets its own"
        yield Finding((*path, key), "DG206", message, "set workers.N.spill instead")


def check_grace(context: RuleContext) -> Iterator[Finding]:
    """Report a worker that may be killed before it has handed over all its data."""
    for index, group in enumerate(context.cluster.workers):
        if group.hand_over_time > group.grace:
            field = "gracePeriod" if group.grace_period else "terminationGracePeriodSeconds"
            memory = group.row("memory").amount
            message = f"workers.{index}.{field}: {memory} may take {group.hand_over_time} s to hand over"
            hint = f"raise it from {group.grace}, or remove it"
            yield Finding(("workers", index, field), "DG218", message, hint, "warning")


def check_nanny(context: RuleContext) -> Iterator[Finding]:
    """Report a container whose memory is full before the nanny stops its worker."""
    for index, group in enumerate(context.cluster.workers):
        terminate = _find_terminate(context.cluster.config, group)
        left = _subtract_from_one(terminate) if isinstance(terminate, float) else Fraction(0)
        memory = group.row("memory")
        room = int(quantity.parse(memory.amount) * left)
        least = NANNY * group.count
        if left > 0 and room < least and _is_enough(memory.amount, MEMORY["worker"].thousandths):
            whose = "the worker's nanny" if group.count == 1 else f"the nannies of {group.count} workers"
            path = ("workers", index, *find_written(group, memory.part, "memory"))
            message = f"{format_path(path)}: {memory.amount} leaves {room >> 20} MiB for {whose}"
            hint = f"set {ceil(least / left) >> 20}Mi or more"
            yield Finding(path, "DG212", message, hint, "warning")


@lru_cache(maxsize=64)
def _subtract_from_one(share: float) -> Fraction:
    """Return one minus the share, without rounding."""
    return 1 - Fraction(str(share))


def _find_terminate(config: Mapping[str, Any], group: WorkerGroup) -> Any:
    """Return the fraction of its memory at which a worker is restarted, or the other value that is set."""
    if not group.nanny:
        return False
    if group.memory_fractions:
        return group.memory_fractions.terminate
    own = get(config, TERMINATE)
    return get(DEFAULTS, TERMINATE) if own is None else own


RULES: tuple[Rule, ...] = (
    check_least,
    check_replicas,
    check_threads,
    check_spill,
    check_grace,
    check_nanny,
)
