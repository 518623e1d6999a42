"""Define the program that workers run: Dask's own, or dask-cuda's, which runs one worker for each NVIDIA GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from daskgen.model import FromText, Items, Model, refuse
from daskgen.model.patterns import DASK_SIZE
from daskgen.words import show_found


class Command(NamedTuple):
    """The worker options that a program supports."""

    words: tuple[str, ...]
    counts: bool
    """True if `--nworkers` sets the number of workers; else there is one for each GPU."""
    fixes_nanny: bool
    """True if `--nanny-port` fixes the ports of nannies."""
    threads: int = 0
    """Threads of each worker by default; 0 if there is one for each core."""


COMMANDS: Mapping[str, Command] = {
    "dask": Command(("dask", "worker"), counts=True, fixes_nanny=True),
    "dask-cuda": Command(("dask", "cuda", "worker"), counts=False, fixes_nanny=False, threads=1),
}
"""Program to its command: distributed 2026.8.0, dask_cuda/cli.py of dask-cuda 26.10."""


def _check_size(value: Any) -> Any:
    """Check a size or a fraction of the GPU's memory."""
    if isinstance(value, float) and 0 < value <= 1:
        return value
    if isinstance(value, str) and re.search(DASK_SIZE, value):
        return value
    raise refuse(f"must be a size such as 10GiB, or a fraction of the GPU's memory, not {show_found(value)}")


Size = Annotated[
    str | float,
    PlainValidator(_check_size),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": DASK_SIZE}, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}]}
    ),
]


def _refuse_protocol(value: Any) -> Any:
    """Refuse another protocol than the scheduler's, which people look for here."""
    if value is None:
        return value
    message = "workers use tcp, as the scheduler does; UCX needs devices and ports that the pods do not have"
    raise refuse(message, "leave it out")


class WorkerProgram(Model):
    """The program of the workers, and the options of dask-cuda."""

    program: Annotated[
        Literal["dask", "dask-cuda"],
        Field(description="dask: `dask worker`. dask-cuda: `dask cuda worker`, one worker for each NVIDIA GPU."),
    ] = "dask"
    device_memory_limit: Annotated[
        Size | None, Field(description="Memory of the GPU at which a worker moves data to its own memory.")
    ] = None
    rmm_pool_size: Annotated[Size | None, Field(description="Size of RMM's pool of the GPU's memory at first.")] = None
    rmm_maximum_pool_size: Annotated[Size | None, Field(description="Largest size of the pool.")] = None
    rmm_managed_memory: Annotated[bool, Field(description="Have RMM use managed memory.")] = False
    rmm_async: Annotated[bool, Field(description="Have RMM use CUDA's asynchronous allocator.")] = False
    rmm_release_threshold: Annotated[
        Size | None, Field(description="Size of the pool above which rmmAsync gives unused memory back.")
    ] = None
    rmm_track_allocations: Annotated[bool, Field(description="Count what RMM allocates.")] = False
    set_rmm_allocator_for_libs: Annotated[
        Items[Literal["cupy", "torch"]], Field(description="Libraries that allocate by RMM too.")
    ] = ()
    enable_cudf_spill: Annotated[bool, Field(description="Have cuDF itself move data out of the GPU's memory.")] = False
    cudf_spill_stats: Annotated[
        int | None, Field(ge=0, le=2, description="Level of statistics about enableCudfSpill.")
    ] = None
    pre_import: Annotated[
        Items[Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*$")]],
        Field(description="Modules that workers import at first."),
    ] = ()

    protocol: Annotated[
        None, BeforeValidator(_refuse_protocol), Field(description="Not offered: workers use tcp, not UCX.")
    ] = None

    @model_validator(mode="after")
    def _check_options(self) -> WorkerProgram:
        given = [str(type(self).model_fields[name].alias) for name, _ in self._list_given()]
        if given and self.program != "dask-cuda":
            raise refuse(f"{given[0]} is an option of dask-cuda", "write program: dask-cuda too")
        if self.rmm_async and self.rmm_managed_memory:
            raise refuse("rmmAsync and rmmManagedMemory exclude each other", "write one of them")
        if self.rmm_release_threshold is not None and not self.rmm_async:
            raise refuse("rmmReleaseThreshold needs rmmAsync", "write rmmAsync: true too")
        return self

    @property
    def threads(self) -> int:
        """Return the program's own default of threads for each worker; 0 if it has none."""
        return self.command.threads

    @property
    def command(self) -> Command:
        """Return the options that the program supports."""
        return COMMANDS[self.program]

    def _list_given(self) -> Iterator[tuple[str, Any]]:
        names = (name for name in type(self).model_fields if name not in {"program", "protocol"})
        values = ((name, getattr(self, name)) for name in names)
        return ((name, value) for name, value in values if value not in (None, False, ()))

    def options(self) -> Iterator[str]:
        """Return the options of dask-cuda, which have the names of the fields."""
        for name, value in self._list_given():
            option = f"--{name.replace('_', '-')}"
            yield option if value is True else f"{option}={','.join(value) if isinstance(value, tuple) else value}"


ProgramField = Annotated[WorkerProgram, FromText(lambda text: {"program": text})]
