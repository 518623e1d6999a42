"""Format small pieces of text for all reports: counts, lists, values in a line; and escape them.

Characters that cannot be printed are escaped like in JSON. Quoted text from people, servers and files can then not
begin a line, hide the text after it, or contain commands for a terminal or a CI runner. Backslashes are not escaped:
the result is read by people, and never decoded.
"""

from __future__ import annotations

import json
import re
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

SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

COMMAND = re.compile(r"##(?=\w*\[)")
"""Start of a command anywhere in a log line: `##[add-mask]` for GitHub's runner (its ActionCommand.cs), `##vso[` for
that of Azure."""

SURROGATE = re.compile("[\ud800-\udfff]")

COMMAND_LINE = re.compile(r"^( *):(?=:)", re.MULTILINE)
"""Start of a line that is a command for GitHub's runner: `::stop-commands::`."""


def escape(text: str) -> str:
    """Escape characters that cannot be printed, including line breaks, and the start of a command within a line."""
    return COMMAND.sub(r"#\\u0023", text if text.isprintable() else "".join(map(_escape_character, text)))


def shorten(text: str, most: int = 100) -> str:
    """Cut a text that is longer than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def escape_lines(text: str) -> str:
    """Escape each line of a text of several lines. The value of JSON does not change."""
    return "\n".join(map(escape, text.split("\n")))


def lay_lines(lines: Iterable[str]) -> str:
    """Join lines, and escape line breaks in them."""
    return "\n".join(map(escape, lines))


def disarm_lines(text: str) -> str:
    """Escape the start of each line that would be a command to GitHub's runner."""
    return COMMAND_LINE.sub(r"\1\\u003a", text)


def dump_json(document: Any) -> str:
    """Write JSON for people and programs: readable, and without characters that cannot be printed.

    Bytes of file names that are not UTF-8 become U+FFFD, as many parsers of JSON refuse surrogates.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    return escape_lines(SURROGATE.sub("\ufffd", text))


def _escape_character(character: str) -> str:
    if character.isprintable():
        return character
    return SHORT_ESCAPES.get(character) or json.dumps(character)[1:-1].replace("\x7f", r"\u007f")


def count(number: float, noun: str) -> str:
    """Write a number and its noun: 1 core, 2 cores."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def count_overlays(clusters: int, operators: int) -> str:
    """Count clusters, and name the operator if it is one of them."""
    counted = [count(clusters, "cluster")] if clusters or not operators else []
    return " and ".join([*counted, *["the operator"] * operators])


def enumerate_all(parts: Iterable[str]) -> str:
    """Join names: a, b and c."""
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
    """Describe a value of a wrong type: the number 3, a list."""
    if isinstance(found, bool):
        return "true" if found else "false"
    noun = NOUNS.get(type(found), "something else")
    return f"{noun} {shorten(str(found))}" if isinstance(found, str | int | float) else noun
