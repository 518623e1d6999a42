"""Read the command of a container that runs Dask: which program, with which options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

PROGRAMS: Mapping[tuple[str, ...], str] = {
    ("dask", "scheduler"): "dask scheduler",
    ("dask", "worker"): "dask worker",
    ("dask", "cuda", "worker"): "dask cuda worker",
    ("dask-cuda-worker",): "dask-cuda-worker",
    ("dask-scheduler",): "dask-scheduler",
    ("dask-worker",): "dask-worker",
}

MODULES: Mapping[str, str] = {
    "dask": "dask",
    "dask.__main__": "dask",
    "distributed.cli.dask_scheduler": "dask-scheduler",
    "distributed.cli.dask_worker": "dask-worker",
}
"""Module to the program that `python -m MODULE` runs."""

WRAPPERS = {"tini", "dumb-init", "catatonit", "env", "exec", "nohup", "prepare.sh", "start.sh"}
"""Programs that start the command after them, such as the entrypoint of the official images (dask/dask-docker)."""

SHELLS = {"sh", "bash", "dash", "ash", "zsh"}

PYTHON = re.compile(r"python[0-9.]*")

OPERATORS = re.compile(r"[;&|<>(){}`*?~]|\$\(")
"""Characters that make a script more than one plain command."""

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)")

REFERENCE = re.compile(r"\$\(([A-Za-z_]\w*)\)")
"""A variable in a command, as Kubernetes replaces it."""

LONGEST = 60
"""Longest name of a program in a message, in characters."""

PROGRAM, ADDRESS = "program", "address"
"""Names of the options that hold the command itself and the scheduler's address."""

SWITCHES = {
    *("--dashboard", "--jupyter", "--nanny", "--reconnect", "--show", "--validate"),
    *("--rmm-async", "--rmm-managed-memory", "--rmm-track-allocations"),
}
"""Options without a value."""

NEGATIONS = ("--no-", "--enable-", "--disable-")
"""Prefixes of other options without a value."""

USUAL_FOLDERS = {"", "/bin", "/usr/bin", "/usr/local/bin", "/opt/conda/bin"}
"""Folders that are in the PATH of usual images."""

Place = tuple[str, int]
"""A field of the container, and an index in its list."""


class Word(NamedTuple):
    """A word of a command."""

    place: Place
    text: str


class Option(NamedTuple):
    """An option, its value ("" for a switch), and the place where it is written."""

    name: str
    value: str
    place: Place


class Command(NamedTuple):
    """A command that starts a scheduler or a worker."""

    program: str
    """One of `PROGRAMS`."""
    folder: str
    """Folder of the program, if the command names one that is unusual."""
    options: tuple[Option, ...]
    """The options in order; the program itself is the first."""

    @property
    def role(self) -> str:
        """Return `scheduler` or `worker`."""
        return self.program.replace("-", " ").rpartition(" ")[2]

    @property
    def is_cuda(self) -> bool:
        """Return whether it is the worker of dask-cuda."""
        return "cuda" in self.program


def read_words(container: Mapping[str, Any]) -> list[Word]:
    """Return every word of a container's command, in order."""
    lists = ((field, container.get(field)) for field in ("command", "args"))
    return [
        Word((field, index), str(word))
        for field, words in lists
        for index, word in enumerate(words if isinstance(words, list) else [])
    ]


def name_program(container: Mapping[str, Any]) -> str:
    """Return the program that a command starts, in at most three words; "" if the container has no command."""
    texts = [word.text for word in _unwrap(read_words(container))[1]]
    if texts[:1] and texts[0] in SHELLS:
        return "a script of the shell"
    length = 3 if texts[:1] and (texts[0] == "dask" or PYTHON.fullmatch(texts[0])) else 1
    return " ".join(texts[:length])[:LONGEST]


def read_command(container: Mapping[str, Any]) -> Command | None:
    """Return the command of a container; None if it starts neither a scheduler nor a worker.

    `$(NAME)` in a value is replaced if the container's own environment sets the variable literally.
    """
    folder, words = _unwrap(read_words(container))
    texts = tuple(word.text for word in words)
    program = next((words for words in PROGRAMS if texts[: len(words)] == words), None)
    if not program:
        return None
    pairs = _pair(words[len(program) :])
    options = [Option(option.name, _fill_in(option.value, container), option.place) for option in pairs]
    first = Option(PROGRAM, PROGRAMS[program], words[len(program) - 1].place)
    return Command(PROGRAMS[program], folder, (first, *options))


def _fill_in(text: str, container: Mapping[str, Any]) -> str:
    entries = container.get("env")
    known = {entry.get("name"): entry.get("value") for entry in entries or [] if isinstance(entry, dict)}
    return REFERENCE.sub(lambda match: str(known.get(match[1]) or match[0]), text)


def _unwrap(words: list[Word]) -> tuple[str, list[Word]]:
    """Return the folder of the program behind all wrappers, and its command."""
    while words:
        folder, _, name = words[0].text.rpartition("/")
        rest = words[1:]
        if name in WRAPPERS:
            words = _skip_options(rest)
        elif name in SHELLS and (script := _read_script(rest)):
            words = script
        elif PYTHON.fullmatch(name) and (module := _read_module(rest)):
            return _leave_usual(folder), module
        else:
            return _leave_usual(folder), [words[0]._replace(text=name), *rest]
    return "", []


def _leave_usual(folder: str) -> str:
    return "" if folder in USUAL_FOLDERS else folder


def _skip_options(words: list[Word]) -> list[Word]:
    first = next((index for index, word in enumerate(words) if not word.text.startswith("-")), len(words))
    return words[first:]


def _read_script(words: list[Word]) -> list[Word]:
    """Return the words of a shell script with Kubernetes' form of variables; [] unless it is one plain command."""
    rest = _skip_options(words)
    options = [word.text for word in words[: len(words) - len(rest)]]
    if len(rest) != 1 or not options or not options[-1].endswith("c"):
        return []
    [(place, text)] = rest
    script = text.replace("\\\n", " ").strip()
    if "\n" in script or OPERATORS.search(VARIABLE.sub("", script)):
        return []
    try:
        texts = shlex.split(VARIABLE.sub(r"$(\1\2)", script))
    except ValueError:
        return []
    return [Word(place, text) for text in texts]


def _read_module(words: list[Word]) -> list[Word]:
    """Return the command that `python -m` runs; [] if it is not Dask's."""
    rest = _skip_options(words)
    options = [word.text for word in words[: len(words) - len(rest)]]
    if not rest or options[-1:] != ["-m"] or rest[0].text not in MODULES:
        return []
    return [rest[0]._replace(text=MODULES[rest[0].text]), *rest[1:]]


def _pair(words: list[Word]) -> Iterator[Option]:
    """Pair options with their values, which follow a space or an equals sign."""
    rest = iter(words)
    held = next(rest, None)
    while held:
        place, text = held
        held = next(rest, None)
        if not text.startswith("-"):
            yield Option(ADDRESS, text, place)
            continue
        option, equals, value = text.partition("=")
        is_switch = option in SWITCHES or option.startswith(NEGATIONS)
        if not equals and not is_switch and held and not held.text.startswith("-"):
            value, held = held.text, next(rest, None)
        yield Option(option, value, place)
