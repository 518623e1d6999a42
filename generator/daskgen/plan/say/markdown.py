"""Markdown as GitHub and GitLab read it, safe against whatever a text holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"[\\`*_{}\[\]<>&|~$]|[@#](?=\w)")
"""What means something within a line, ends a cell of a table, calls people, or links to issues."""

BREAK = "&#8203;"
"""A space that nobody sees."""

LONGEST, LONGEST_CODE = 400, 160
"""Characters of one text within a line."""


def plain(text: str, longest: int = LONGEST) -> str:
    """Write a text within a line, so that it means nothing but itself."""
    return SPECIAL.sub(lambda match: _replace(match[0]), _shorten(text, longest))


def code(text: str) -> str:
    """A text within a line, or a cell of a table, as code."""
    short = _shorten(text, LONGEST_CODE)
    if "|" in short:
        # A cell ends even within code at a bar, and readers do not agree on how backslashes keep it.
        return f"<code>{plain(short)}</code>"
    ticks = "`" * (_find_longest_run(short) + 1)
    pad = " " if short.startswith("`") or short.endswith("`") else ""
    return f"{ticks}{pad}{short}{pad}{ticks}"


def fence(text: str, language: str) -> str:
    """A block of code; its fence is longer than any in the text."""
    ticks = "`" * max(3, _find_longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def fold(summary: str, *blocks: str) -> str:
    """Blocks that are seen after a click on their summary, which is text."""
    return "\n\n".join([f"<details><summary>{plain(summary)}</summary>", *blocks, "</details>"])


def lay_row(cells: Iterable[str]) -> str:
    """A row of a table, of cells that are Markdown without a line break or a bar."""
    return f"| {' | '.join(cells)} |"


def head_table(titles: Sequence[str], numbers: Sequence[str] = ()) -> list[str]:
    """The first two rows of a table; columns of `numbers` stand to the right."""
    return [lay_row(titles), lay_row("--:" if it in numbers else "---" for it in titles)]


def _replace(character: str) -> str:
    # Readers look for calls when characters are what they stand for.
    return character + BREAK if character in "@#" else f"&#{ord(character)};"


def _shorten(text: str, longest: int) -> str:
    line = "".join(it if it.isprintable() else it.encode("unicode_escape").decode() for it in text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _find_longest_run(text: str) -> int:
    return max((len(it) for it in re.findall("`+", text)), default=0)
