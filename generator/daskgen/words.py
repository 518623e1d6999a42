"""Small pieces of sentences that every report uses: counts, lists, and values in a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NOUNS: Mapping[type, str] = {
    str: "the text",
    int: "the number",
    float: "the number",
    list: "a list",
    dict: "a map",
    type(None): "nothing",
}


def count(number: float, noun: str) -> str:
    """A number and its noun: 1 core, 2 cores."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def count_overlays(clusters: int, operators: int) -> str:
    """Count clusters, and name the operator if it is among what is counted."""
    counted = [count(clusters, "cluster")] if clusters or not operators else []
    return " and ".join([*counted, *["the operator"] * operators])


def enumerate_all(parts: Iterable[str]) -> str:
    """Join names as a sentence does: a, b and c."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def name_some(names: Sequence[str], most: int) -> str:
    """Join the first `most` names, and say how many more there are: a, b and 3 more."""
    hidden = len(names) - most
    return ", ".join(names[:most]) + (f" and {hidden} more" if hidden > 0 else "")


def show_value(value: Any) -> str:
    """Write a value of a spec or an object in one line."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def first_lines(lines: Sequence[str], most: int, indent: str = "") -> list[str]:
    """Keep the first `most` lines, and add a line that says how many were left out."""
    hidden = len(lines) - most
    return [*lines[:most], *([f"{indent}… and {hidden} more"] if hidden > 0 else [])]


def show_found(found: Any) -> str:
    """Say what was written where something else is wanted: the number 3, a list."""
    if isinstance(found, bool):
        return "true" if found else "false"
    noun = NOUNS.get(type(found), "something else")
    return f"{noun} {found}" if isinstance(found, str | int | float) else noun
