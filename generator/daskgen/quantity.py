"""Quantities as Kubernetes writes them: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", 1)},
}

QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]+))?")
LOOKS_LIKE = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*([kKmMgGtTpPeE])?\s*([iI])?\s*[bB]?(?:ytes)?\s*")


@lru_cache(4096)
def parse(text: str) -> Fraction:
    """The exact amount in cores or bytes. Raises `ValueError` if `text` is no quantity."""
    match = QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f"{text} is not a Kubernetes quantity")
    number, suffix, exponent = match.groups()
    if exponent:
        return Fraction(number) * Fraction(10) ** int(exponent[:5])
    return Fraction(number) * SUFFIXES[suffix or ""]


def suggest(text: str) -> str:
    """What was probably meant, as a hint; "" where that cannot be told."""
    match = LOOKS_LIKE.fullmatch(text)
    if not match:
        return ""
    number, letter, binary = match[1].replace(",", "."), (match[2] or "").upper(), match[3]
    if not letter:
        return f"did you mean {number}?"
    decimal = f"{number}{letter.replace('K', 'k')}"
    return f"did you mean {number}{letter}i?" if binary else f"did you mean {decimal} or {number}{letter}i?"


def format_bytes(amount: Fraction | int) -> str:
    """An amount of bytes for people, in the largest binary unit that leaves at least one of it: 16Gi, 1.5Gi."""
    for suffix in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
        if amount >= SUFFIXES[suffix]:
            return f"{round(float(amount / SUFFIXES[suffix]), 1):g}{suffix}"
    return str(int(amount))
