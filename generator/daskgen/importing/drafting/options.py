"""Read options of `dask scheduler` and `dask worker` into the fields of the spec that set them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from daskgen.autoscaler.keda import SERVE
from daskgen.importing.draft import Part
from daskgen.model.patterns import DASK_DURATION
from daskgen.parts.process import MOST_PROCESSES
from daskgen.parts.program import WorkerProgram

AMOUNT = re.compile(r"([A-Za-z_][\w.-]*)=([0-9.]+(?:[eE][+]?[0-9]+)?)")


class OptionField(NamedTuple):
    """The field that sets an option; `read` returns its value, or None if the option means something else."""

    field: str
    read: Callable[[str, Part], Any]


def take_option(part: Part, name: str, value: str) -> str:
    """Keep an option as a field of the spec; return the field, or "" if there is none for it."""
    if "worker" in part.fields and (field := _take_cuda(part.fields["worker"], name, value)):
        return field
    known = FIELDS.get(name)
    if not known or (part.role != "workers" and known.field != "preload"):
        return ""
    found = known.read(value, part)
    if found is None:
        return ""
    if known.field == "preload":
        found = [*part.fields.get("preload", []), *found]
    part.fields[known.field] = found
    return known.field


def is_ucx(name: str, value: str) -> bool:
    """Return whether an option is about UCX."""
    return name.rpartition("able-")[2] in UCX_OPTIONS or (name == "--protocol" and value.startswith("ucx"))


UCX_OPTIONS = ("tcp-over-ucx", "infiniband", "nvlink", "rdmacm")
"""What `--enable-` and `--disable-` of dask-cuda switch on and off for UCX only."""


def _take_cuda(program: dict[str, Any], name: str, value: str) -> str:
    """Keep an option of dask-cuda in the field of the same name."""
    field = WorkerProgram.model_fields.get(name.removeprefix("--").replace("-", "_"))
    if not field or field.alias in {"program", "protocol"}:
        return ""
    lists = field.alias in ("preImport", "setRmmAllocatorForLibs")
    program[str(field.alias)] = value.split(",") if lists else _read_size(value) if value else True
    return "worker"


def _read_size(value: str) -> Any:
    """Read a fraction or a level as a number; a size in bytes stays text, like other sizes in Dask."""
    if re.fullmatch(r"0?\.[0-9]+|1\.0*", value):
        return float(value)
    return int(value) if re.fullmatch("[0-9]", value) else value


def _read_number(value: str, _: Part) -> int | None:
    return int(value) if re.fullmatch("[0-9]{1,4}", value) else None


def _read_processes(value: str, part: Part) -> int | None:
    number = _read_number(value, part) or 0
    return number if 1 < number <= MOST_PROCESSES and part.several_workers else None


def _read_duration(value: str, _: Part) -> str | None:
    return value if re.search(DASK_DURATION, value) else None


def _read_resources(value: str, _: Part) -> dict[str, float] | None:
    words = value.replace(",", " ").split()
    pairs = [match for word in words if (match := AMOUNT.fullmatch(word))]
    if len(pairs) != len(words):
        return None
    return {match[1]: _plain(float(match[2])) for match in pairs}


def _plain(number: float) -> float:
    return int(number) if number.is_integer() else number


FIELDS: Mapping[str, OptionField] = {
    "--lifetime": OptionField("lifetime", _read_duration),
    "--lifetime-stagger": OptionField("lifetimeStagger", _read_duration),
    "--no-nanny": OptionField("nanny", lambda _, __: False),
    "--nprocs": OptionField("processes", _read_processes),
    "--nthreads": OptionField("threads", _read_number),
    "--nworkers": OptionField("processes", _read_processes),
    "--preload": OptionField("preload", lambda value, _: [value] * (value != SERVE)),
    "--resources": OptionField("resources", _read_resources),
}
"""Options of `dask worker`, of which `dask scheduler` has `--preload`, and their fields."""
