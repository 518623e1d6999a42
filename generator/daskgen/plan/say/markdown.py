"""Write Markdown for GitHub and GitLab, and escape every text in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"[\\`*_{}\[\]<>&|~$]|[@#](?=\w)")
"""Characters that have a meaning within a line, end a cell of a table, mention people, or link to issues."""

BREAK = "&#8203;"
"""A space of zero width."""

LONGEST, LONGEST_CODE = 400, 160
"""Maximum number of characters of one text within a line."""


def plain(text: str, longest: int = LONGEST) -> str:
    """Write a text within a line, with all special characters escaped."""
    return SPECIAL.sub(lambda match: _replace(match[0]), _shorten(text, longest))


def code(text: str) -> str:
    """Write a text as code, within a line or a cell of a table."""
    short = _shorten(text, LONGEST_CODE)
    if "|" in short:
        # A bar ends a cell even within code, and parsers treat a backslash before it differently.
        return f"<code>{plain(short)}</code>"
    ticks = "`" * (_find_longest_run(short) + 1)
    pad = " " if short.startswith("`") or short.endswith("`") else ""
    return f"{ticks}{pad}{short}{pad}{ticks}"


def fence(text: str, language: str) -> str:
    """Write a block of code; its fence is longer than any in the text."""
    ticks = "`" * max(3, _find_longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def fold(summary: str, *blocks: str) -> str:
    """Write blocks that are shown after a click on their summary, which is plain text."""
    return "\n\n".join([f"<details><summary>{plain(summary)}</summary>", *blocks, "</details>"])


def lay_row(cells: Iterable[str]) -> str:
    """Write a row of a table; cells are Markdown without a line break or a bar."""
    return f"| {' | '.join(cells)} |"


def head_table(titles: Sequence[str], numbers: Sequence[str] = ()) -> list[str]:
    """Write the first two rows of a table; columns of `numbers` are aligned to the right."""
    return [lay_row(titles), lay_row("--:" if title in numbers else "---" for title in titles)]


def _replace(character: str) -> str:
    # A mention is recognized after entities are decoded, so an entity does not prevent it.
    return character + BREAK if character in "@#" else f"&#{ord(character)};"


def _shorten(text: str, longest: int) -> str:
    line = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _find_longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
