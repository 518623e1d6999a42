"""Take out of the container that runs Dask what daskgen decides: its command, its ports, its probes."""

from __future__ import annotations

import re
from typing import Any

from daskgen.importing.draft import Part
from daskgen.importing.drafting.options import is_ucx, take_option
from daskgen.importing.reading.command import PROGRAM, Option, read_command, read_words
from daskgen.importing.reasons import COMMAND, ENTRYPOINT, OPTIONS, PORTS, PROBE_MOVED, PROBED, REMOVED, UCX
from daskgen.kubernetes import ports
from daskgen.paths import Path, get, has

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")

SERVED = {
    "scheduler": (ports.COMM, ports.DASHBOARD),
    "workers": (ports.WORKER_DASHBOARD, ports.WORKER, ports.NANNY),
    "job": (),
}
"""Role to the ports that its rendered process listens on."""

KNOWN = {port.number for row in SERVED.values() for port in row}

NUMBER = re.compile(r"[0-9]{1,5}")
IN_TEXT = re.compile(r"(?<=:)[0-9]{2,5}\b|\b[0-9]{4,5}\b")


def take_process(part: Part, here: Path) -> None:
    """Take out the command, the ports and the probes of the container at `here`, and note the outcome of each."""
    if part.role == "job":
        _take_program(part, here)
        return
    moved = _take_command(part, here)
    declared = _take_ports(part, here, moved)
    for name in PROBES:
        if reason := _explain_probe(get(part.tree, (*here, name)), part, here, moved | declared | KNOWN):
            part.explain((*here, name), reason)


def _take_program(part: Part, here: Path) -> None:
    """Take the program of a job out: it is the field `command`, and the entrypoint of the image starts it."""
    part.fields["command"] = [word.text for word in read_words(get(part.tree, here))]
    for name in ("command", "args"):
        if has(get(part.tree, here), name):
            part.explain((*here, name), field="command")


def _take_command(part: Part, here: Path) -> set[int]:
    """Take the command out, as daskgen sets `args` and no `command`; return the ports that its options set."""
    container = get(part.tree, here)
    command = read_command(container)
    if not command:
        return set()
    if command.is_cuda:
        part.fields["worker"] = {"program": "dask-cuda"}
    for option in command.options:
        field, index = option.place
        note = _explain_option(part, option)
        part.mention((*here, field, index), **note)
        if option.value and container[field][index] == option.name:
            part.mention((*here, field, index + 1), **note)
    part.folder = command.folder
    for field, reason in (("command", ENTRYPOINT), ("args", COMMAND)):
        if field in container:
            part.explain((*here, field), reason)
    return {port for option in command.options for port in _find_ports(option)}


def _explain_option(part: Part, option: Option) -> dict[str, str]:
    """Return the field that sets an option, or the reason why the rendered command does not have it."""
    if option.name == PROGRAM:
        part.options[PROGRAM] = option.value
        return {"field": "worker"} if "worker" in part.fields else {"reason": _explain_program(option.value)}
    if option.name == "--memory-limit":
        part.options[option.name] = option.value
    if is_ucx(option.name, option.value):
        return {"reason": UCX}
    if field := take_option(part, option.name, option.value):
        return {"field": field}
    if option.name in OPTIONS:
        return {"reason": OPTIONS[option.name]}
    part.fields.setdefault("args", []).append(f"{option.name}={option.value}" if option.value else option.name)
    return {"field": "args"}


def _explain_program(program: str) -> str:
    dask, minus, word = program.partition("-")
    return f"{program} {REMOVED.format(word=word)}" if minus and dask else COMMAND


def _find_ports(option: Option) -> set[int]:
    """Return the port that an option sets."""
    number = option.value.rpartition(":")[2]
    return {int(number)} if OPTIONS.get(option.name) == PORTS and NUMBER.fullmatch(number) else set()


def _take_ports(part: Part, here: Path, moved: set[int]) -> set[int]:
    """Take out the ports that Dask listened on, as daskgen renders its own; return them."""
    taken: set[int] = set()
    for index in reversed(range(len(get(part.tree, (*here, "ports")) or []))):
        number = get(part.tree, (*here, "ports", index, "containerPort"))
        name = str(get(part.tree, (*here, "ports", index, "name")) or "")
        words = ("comm", "dashboard", "scheduler", "worker", "nanny")
        if number in KNOWN | moved or any(word in name for word in words):
            part.explain((*here, "ports", index), PORTS)
            taken |= {number} if isinstance(number, int) else set()
    return taken


def _explain_probe(probe: Any, part: Part, here: Path, known: set[int]) -> str:
    """Return why a probe is not kept: daskgen's checks the same, or nothing listens on its port; "" if it is kept."""
    if _asks_health(probe):
        return PROBED
    served: set[Any] = {name for port in SERVED[part.role] for name in (port.name, port.number, str(port.number))}
    for port in get(part.tree, (*here, "ports")) or []:
        served |= {port.get("name"), port.get("containerPort"), str(port.get("containerPort"))}
    wrong = next((asked for asked in _find_asked(probe, known) if asked not in served), None)
    return "" if wrong is None else PROBE_MOVED.format(port=wrong)


def _asks_health(probe: Any) -> bool:
    path = get(probe, ("httpGet", "path"))
    return isinstance(path, str) and path.rstrip("/").rpartition("/")[2] in {"health", "status"}


def _find_asked(probe: Any, known: set[int]) -> list[str | int]:
    """Return the ports that a probe connects to, by name or number."""
    named = [get(probe, (field, "port")) for field in ("httpGet", "tcpSocket", "grpc")]
    words = get(probe, ("exec", "command"))
    texts = [str(word) for word in words] if isinstance(words, list) else []
    found = [match for text in texts for match in IN_TEXT.finditer(text)]
    numbers = [
        int(match[0]) for match in found if match.string[: match.start()].endswith(":") or int(match[0]) in known
    ]
    return [port for port in named if isinstance(port, str | int)] + numbers
