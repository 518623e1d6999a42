"""Rules about the options that a spec adds to the commands of Dask, parsed with click like in Dask itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from daskgen.findings.finding import Finding
from daskgen.findings.problem import suggest
from daskgen.paths import Path
from daskgen.rules import Rule, RuleContext

if TYPE_CHECKING:
    import click

TAKEN: Mapping[str, str] = {
    "--dashboard": "the dashboard answers the probes; leave it out",
    "--dashboard-address": "policies and probes name the port; leave it out",
    "--dashboard-prefix": "set expose.dashboard",
    "--contact-address": "policies name the pod's own address; leave it out",
    "--host": "policies name the pod's own address; leave it out",
    "--interface": "policies name the pod's own address; leave it out",
    "--lifetime": "set lifetime",
    "--lifetime-restart": "set lifetime",
    "--lifetime-stagger": "set lifetimeStagger",
    "--listen-address": "policies name the pod's own address; leave it out",
    "--local-directory": "workers write to the scratch volume; set scratch",
    "--memory-limit": "set memory",
    "--name": "the hand-over finds a worker by its name; leave it out",
    "--nanny": "set nanny",
    "--nanny-port": "policies name the port; leave it out",
    "--nthreads": "set threads",
    "--nworkers": "set processes",
    "--port": "policies and Services name the port; leave it out",
    "--preload": "set preload",
    "--resources": "set resources",
    "--scheduler-file": "workers find the scheduler by its Service; leave it out",
    "--worker-port": "policies name the port; leave it out",
}
"""Options that daskgen sets itself, or that contradict it, and what to do instead."""


FILES: Mapping[str, str] = {"cuda worker": "cuda-options.json"}
"""Program to the file of its options, if they are not distributed's own."""


def check_options(context: RuleContext) -> Iterator[Finding]:
    """Refuse options that `dask scheduler` and `dask worker` do not have, and those that daskgen sets."""
    if context.cluster.scheduler.args:
        yield from _check(("scheduler", "args"), "scheduler", context.cluster.scheduler.args)
    for index, group in enumerate(context.cluster.workers):
        if group.args:
            yield from _check(("workers", index, "args"), " ".join(group.worker.command.words[1:]), group.args)


def _check(path: Path, program: str, words: Sequence[str]) -> Iterator[Finding]:
    taken = {index: name for index, word in enumerate(words) if (name := _find_taken(program, word))}
    for index, name in taken.items():
        yield Finding((*path, index), "DG247", f"{name} is set by daskgen", TAKEN[name])
    if not taken and (fault := _parse(program, words)):
        index, message, hint = fault
        yield Finding((*path, index), "DG246", f"dask {program}: {message}", hint)


def _find_taken(program: str, word: str) -> str:
    """Return the name in `TAKEN` of the option that a word gives, under any of its names; "" if it gives none."""
    written = word.partition("=")[0]
    options = (option["names"] for option in _read(program))
    names: list[str] = next((names for names in options if written in names), [])
    return next((name for name in names if name in TAKEN), "")


def _parse(program: str, words: Sequence[str]) -> tuple[int, str, str] | None:
    """Return the index of the first word that Dask refuses, why, and what to do; None if it takes all of them."""
    import click  # noqa: PLC0415 - few specs have options of their own

    try:
        make_command(program).make_context(f"dask {program}", list(words))
    except click.NoSuchOption as error:
        names = [name for option in _read(program) for name in option["names"]]
        hint = suggest(error.option_name, names, f"`dask {program} --help` lists its options")
        return _find(words, error.option_name), f"there is no option {error.option_name}", hint
    except click.UsageError as error:
        message = error.message.rstrip(".")
        hint = "write each option and its value as --name=value"
        return _find(words, _name_option(error)), message[:1].lower() + message[1:], hint
    return None


def _name_option(error: click.UsageError) -> str:
    """Return the option that an error is about; "" if it is about another word."""
    parameter = getattr(error, "param", None)
    return str(getattr(error, "option_name", "") or (parameter.opts[0] if parameter else ""))


def _find(words: Sequence[str], name: str) -> int:
    """Return the index of the word that begins with an option's name; else of the first that is no option."""
    found = (index for index, word in enumerate(words) if (word.partition("=")[0] == name if name else word[:1] != "-"))
    return next(found, 0)


@cache
def make_command(program: str) -> click.Command:
    """Make a command that parses what Dask's own parses, and does nothing."""
    import click  # noqa: PLC0415 - as above

    types: Mapping[str, Any] = {"integer": click.INT}
    options = [
        click.Option(
            ["/".join(option["names"])] if option["flag"] else option["names"],
            is_flag=option["flag"] or None,
            multiple=option["multiple"],
            type=None if option["flag"] else types.get(option["type"], click.STRING),
        )
        for option in _read(program)
        if option["names"] != ["--version"]
    ]
    return click.Command(program, params=[*options], add_help_option=False)


@cache
def _read(program: str) -> list[dict[str, Any]]:
    """Return the options of a program, as scripts/make_options.py and scripts/make_cuda_options.py write them."""
    known = json.loads((files("daskgen") / "data" / FILES.get(program, "options.json")).read_text("utf-8"))
    options: list[dict[str, Any]] = known[program]
    return options


def check_processes(context: RuleContext) -> Iterator[Finding]:
    """Refuse several workers in a pod where the engine knows each pod by the name of one worker."""
    engine = context.cluster.engine
    for index, group in enumerate(context.cluster.workers):
        if group.count > 1 and not engine.several_workers:
            field = "processes" if group.processes > 1 else "gpu"
            message = f"workers.{index}.{field}: engine {engine.kind} knows one worker a pod, by the pod's name"
            yield Finding(("workers", index, field), "DG248", message, "set more replicas, or another engine")


RULES: tuple[Rule, ...] = (check_options, check_processes)
