"""Define the row of a kind of finding."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A kind of finding: its title, and the explanation of it."""

    title: str
    text: str
