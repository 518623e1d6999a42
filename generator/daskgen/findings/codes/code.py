"""What a finding is."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A kind of finding: a few words for it, and what is behind it."""

    title: str
    text: str
