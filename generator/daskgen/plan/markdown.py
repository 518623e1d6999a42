"""Markdown as GitHub and GitLab read it, safe against whatever a text holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape

SPECIAL = re.compile(r"[\\`*_{}\[\]<>&|~$]")
"""What means something within a line, or ends a cell of a table."""

CALLS = re.compile(r"[@#](?=\w)")
"""What calls people, or links to issues; not within code."""

BREAK = "&#8203;"
"""A space that nobody sees."""

LONGEST, LONGEST_CODE = 400, 160
"""Characters of one text within a line."""


def plain(text: str, longest: int = LONGEST) -> str:
    """A text within a line, that means nothing but itself."""
    safe = SPECIAL.sub(lambda match: f"&#{ord(match[0])};", _shorten(text, longest))
    return CALLS.sub(lambda match: match[0] + BREAK, safe)


def code(text: str) -> str:
    """A text within a line, or a cell of a table, as code."""
    short = _shorten(text, LONGEST_CODE)
    if "|" in short:
        # A cell ends even within code at a bar, and readers do not agree on how backslashes keep it.
        return f"<code>{SPECIAL.sub(lambda match: f'&#{ord(match[0])};', short)}</code>"
    ticks = "`" * (_find_longest_run(short) + 1)
    pad = " " if short.startswith("`") or short.endswith("`") else ""
    return f"{ticks}{pad}{short}{pad}{ticks}"


def fence(text: str, language: str) -> str:
    """A block of code; its fence is longer than any in the text."""
    ticks = "`" * max(3, _find_longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def fold(summary: str, *blocks: str) -> str:
    """Blocks that are seen after a click on their summary, which is text."""
    head = CALLS.sub(lambda match: match[0] + BREAK, escape(_shorten(summary, LONGEST), quote=False))
    return "\n\n".join([f"<details><summary>{head}</summary>", *blocks, "</details>"])


def lay_row(cells: Iterable[str]) -> str:
    """A row of a table, of cells that are Markdown without a line break or a bar."""
    return f"| {' | '.join(cells)} |"


def head_table(titles: Sequence[str], numbers: Sequence[str] = ()) -> list[str]:
    """The first two rows of a table; columns of `numbers` stand to the right."""
    return [lay_row(titles), lay_row("--:" if it in numbers else "---" for it in titles)]


def _shorten(text: str, longest: int) -> str:
    line = text if text.isprintable() else json.dumps(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _find_longest_run(text: str) -> int:
    return max((len(it) for it in re.findall("`+", text)), default=0)
