"""Reads the command of a container that runs Dask: which program, with which options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ENTRYPOINT = ("tini", "-g", "--", "/usr/bin/prepare.sh")
"""What the official images begin with (dask/dask-docker, base/Dockerfile)."""

PROGRAMS: Mapping[tuple[str, ...], str] = {
    ("dask", "scheduler"): "dask scheduler",
    ("dask", "worker"): "dask worker",
    ("dask-scheduler",): "dask-scheduler",
    ("dask-worker",): "dask-worker",
}

PROGRAM, ADDRESS = "program", "address"
"""What stands for the command itself and for the scheduler's address among the options."""

SWITCHES = {"--dashboard", "--jupyter", "--nanny", "--reconnect", "--show", "--validate"}
"""Options without a value, as all are that begin with --no-."""

Words = list[tuple[str, int, str]]
"""Field of the container, place in its list, and the word."""


def split(container: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Every word, and the field and place that it has."""
    for name in ("command", "args"):
        for index, word in enumerate(_list(container.get(name))):
            yield name, index, str(word)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def find_options(container: Mapping[str, Any]) -> list[tuple[str, str, tuple[str, int]]] | None:
    """Option, its value ("" of a switch), and where it stands; None if the command is not one of Dask's.

    `$(NAME)` in a value is what the container's own environment says literally.
    """
    words = _skip_entrypoint(list(split(container)))
    texts = tuple(text for _, _, text in words)
    program = next((it for it in PROGRAMS if texts[: len(it)] == it), None)
    if not program:
        return None
    field, index, _ = words[len(program) - 1]
    options = [(option, _fill_in(value, container), at) for option, value, at in _pair(words[len(program) :])]
    return [(PROGRAM, PROGRAMS[program], (field, index)), *options]


def read_options(container: Mapping[str, Any]) -> dict[str, str] | None:
    """Option to value; of one given twice, the last."""
    found = find_options(container)
    return None if found is None else {option: value for option, value, _ in found}


def _fill_in(text: str, container: Mapping[str, Any]) -> str:
    known = {it.get("name"): it.get("value") for it in container.get("env") or [] if isinstance(it, dict)}
    return re.sub(r"\$\(([A-Za-z_]\w*)\)", lambda match: str(known.get(match[1]) or match[0]), text)


def _skip_entrypoint(words: Words) -> Words:
    length = len(ENTRYPOINT)
    return words[length:] if tuple(text for _, _, text in words[:length]) == ENTRYPOINT else words


def _pair(words: Words) -> Iterator[tuple[str, str, tuple[str, int]]]:
    """Options with their values, whether after a blank or an equals sign."""
    rest = iter(words)
    held = next(rest, None)
    while held:
        field, index, text = held
        held = next(rest, None)
        if not text.startswith("-"):
            yield ADDRESS, text, (field, index)
            continue
        option, equals, value = text.partition("=")
        is_switch = option in SWITCHES or option.startswith("--no-")
        if not equals and not is_switch and held and not held[2].startswith("-"):
            value, held = held[2], next(rest, None)
        yield option, value, (field, index)
