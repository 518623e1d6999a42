"""Build the command of scheduler and workers: processes, threads, memory, lifetime, and further options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from daskgen.kubernetes import ports
from daskgen.kubernetes.ports import FIRST_PORT, Port
from daskgen.model import Items, Model, Text, refuse
from daskgen.model.patterns import DASK_DURATION
from daskgen.parts.config import DEFAULTS
from daskgen.parts.gpu import DASK
from daskgen.parts.program import ProgramField, WorkerProgram
from daskgen.words import show_found

if TYPE_CHECKING:
    from daskgen.kubernetes.types import EnvVar

MOST_PROCESSES = 64

MEMORY = DEFAULTS["distributed"]["worker"]["memory"]

Duration = Annotated[str, Field(pattern=DASK_DURATION)]


def _check_share(value: Any) -> Any:
    if value is False or (isinstance(value, float | int) and not isinstance(value, bool) and 0 < value <= 1):
        return value
    raise refuse(f"must be a fraction of memory, above 0 and at most 1, or false, not {show_found(value)}")


Share = Annotated[
    float | Literal[False],
    PlainValidator(_check_share),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"const": False}]}),
]


class Process(Model):
    """Options of a Dask process that its command takes."""

    preload: Annotated[
        Items[Text], Field(description="Modules, files or addresses of scripts that the process loads first.")
    ] = ()
    args: Annotated[
        Items[Text],
        Field(description="Further options of the command, such as --death-timeout=120."),
    ] = ()

    def more(self, script: str = "") -> list[str]:
        """Return the options that follow daskgen's own. `script` is what daskgen's configuration loads."""
        options = [*(f"--preload={script}" for script in self.preload), *self.args]
        # Dask loads what options name instead of what its configuration names.
        replaced = script and any(option.startswith("--preload") for option in options)
        return [*([f"--preload={script}"] if replaced else []), *options]


class MemoryFractions(Model):
    """Fractions of its memory at which a worker acts; `false` turns that off. Dask's `distributed.worker.memory`."""

    target: Annotated[Share, Field(description="Spill the oldest results to disk.")] = MEMORY["target"]
    spill: Annotated[Share, Field(description="Spill until the process is below `target` again.")] = MEMORY["spill"]
    pause: Annotated[Share, Field(description="Start no more tasks.")] = MEMORY["pause"]
    terminate: Annotated[Share, Field(description="Have the nanny restart the worker.")] = MEMORY["terminate"]

    @model_validator(mode="after")
    def _check_order(self) -> MemoryFractions:
        shares = [(name, share) for name in type(self).model_fields if (share := getattr(self, name)) is not False]
        for (lower, small), (upper, large) in pairwise(shares):
            if small > large:
                raise refuse(f"{lower} {small} is more than {upper} {large}", f"write {lower} below {upper}")
        return self

    def variables(self) -> list[EnvVar]:
        """Build the variables that Dask reads them from."""
        start = "DASK_DISTRIBUTED__WORKER__MEMORY__"
        values = ((name, str(getattr(self, name))) for name in type(self).model_fields)
        return [{"name": f"{start}{name.upper()}", "value": value} for name, value in values]


def _check_resources(value: Any) -> Any:
    """Refuse Kubernetes' resources, which have the same name in a container."""
    if isinstance(value, Mapping) and (taken := [key for key in ("limits", "requests") if key in value]):
        hint = f"move {' and '.join(taken)} up, into the group itself"
        raise refuse("these are Dask's own resources, such as {GPU: 1}, not those of Kubernetes", hint)
    return value


class WorkerProcess(Process):
    """Options of the workers in a pod."""

    worker: Annotated[ProgramField, Field(description="Program of the workers, and its options.")] = (
        WorkerProgram.model_construct()
    )
    processes: Annotated[
        int, Field(ge=1, le=MOST_PROCESSES, description="Workers in a pod, which share its cores and memory evenly.")
    ] = 1
    nanny: Annotated[
        bool, Field(description="Have a nanny watch the worker, and restart it where its memory is full.")
    ] = True
    resources: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z_][\w.-]*$")], Annotated[float, Field(gt=0)]],
        BeforeValidator(_check_resources),
        Field(description="Dask's own resources of each worker, which tasks ask for, such as {GPU: 1}."),
    ] = {}
    lifetime: Annotated[
        Duration | None, Field(description="Time after which a worker hands over its data and is started again.")
    ] = None
    lifetime_stagger: Annotated[
        Duration | None, Field(description="Random part that is added to or taken from the lifetime of each.")
    ] = None
    memory_fractions: Annotated[
        MemoryFractions | None, Field(description="Fractions of memory at which workers spill, pause and restart.")
    ] = None

    @model_validator(mode="after")
    def _check_process(self) -> WorkerProcess:
        if self.processes > 1 and not self.nanny:
            raise refuse("several processes need a nanny each", "write processes: 1, or leave nanny out")
        if self.lifetime_stagger and not self.lifetime:
            raise refuse("lifetimeStagger needs a lifetime", "write lifetime too")
        return self

    @property
    def count(self) -> int:
        """Return the number of workers in a pod."""
        return self.processes

    def command(self) -> list[str]:
        """Return the program and its options up to the ports of workers and nannies, which policies name."""
        program = self.worker.command
        number, nanny = str(ports.WORKER.number), str(ports.NANNY.number)
        if self.count > 1:
            middle = FIRST_PORT + self.count
            number, nanny = f"{FIRST_PORT}:{middle - 1}", f"{middle}:{self.last_port}"
        nannies = ["--nanny-port", nanny] if self.nanny else ["--no-nanny"]
        return [
            *(*program.words, "--name", "$(DASK_WORKER_NAME)"),
            *(["--nworkers", str(self.count)] if program.counts else []),
            *("--nthreads", "$(THREADS)", "--memory-limit", "$(MEMORY_LIMIT)", "--worker-port", number),
            *(nannies if program.fixes_nanny else []),
        ]

    def ports(self, dashboard: Port = ports.WORKER_DASHBOARD) -> list[Port]:
        """Return the ports that the container names, `dashboard` first; it cannot name those of several processes."""
        own = [ports.WORKER, *([ports.NANNY] if self.nanny and self.worker.command.fixes_nanny else [])]
        return [dashboard, *(own if self.count == 1 else [])]

    @property
    def last_port(self) -> int:
        """Return the last port of several processes; 0 if there is one process, with the usual ports."""
        return FIRST_PORT + 2 * self.count - 1 if self.count > 1 else 0

    def worker_options(self, gpus: int, encrypted: bool = False) -> Iterator[str]:
        """Return the options for the fields of this class; `gpus` is the number of GPUs of the pod.

        Where connections are `encrypted`, the nanny ends too, whose certificate ends as the worker's does."""
        yield from self.worker.options()
        resources = {**({DASK: gpus / self.count} if gpus else {}), **self.resources}
        if resources:
            yield f"--resources={' '.join(f'{name}={amount:g}' for name, amount in resources.items())}"
        if self.lifetime:
            yield f"--lifetime={self.lifetime}"
            # Without a nanny the process ends, and the kubelet starts it again.
            yield from ["--lifetime-restart"] if self.nanny and not encrypted else []
        if self.lifetime_stagger:
            yield f"--lifetime-stagger={self.lifetime_stagger}"
