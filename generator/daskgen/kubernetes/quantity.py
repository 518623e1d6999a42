"""Parse quantities of Kubernetes: 500m of a core, 16Gi of memory.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

BINARY = {letter + "i": 1024**power for power, letter in enumerate("KMGTPE", 1)}

FACTORS: Mapping[str, int | Fraction] = {
    **{letter: Fraction(1, 1000**power) for power, letter in enumerate("mun", 1)},
    "": 1,
    **{letter: 1000**power for power, letter in enumerate("kMGTPE", 1)},
    **BINARY,
}

QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))"
    r"(?:(?P<suffix>[munkMGTPE]?|[KMGTPE]i)|[eE](?P<exponent>[+-]?[0-9]{1,2}))"
)
"""Allows far more digits than the 19 that Kubernetes supports."""

NEAR_MISS = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+|,[0-9]{1,2})?)(?P<letter>[KMGTPE]?)(?P<binary>I?)(?:B|BYTES?)?")
"""Common mistakes, in capitals and without spaces. A comma before three digits may mean thousands, so it is not one."""


@lru_cache(maxsize=4096)
def parse(text: str) -> int | Fraction:
    """Return the exact amount, in cores or bytes. Raises `ValueError` if `text` is not a quantity."""
    match = QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f"{text} is not a Kubernetes quantity")
    number, suffix, exponent = match.groups()
    factor = Fraction(10) ** int(exponent) if exponent else FACTORS[suffix]
    amount = (Fraction(number) if "." in number else int(number)) * factor
    return int(amount) if amount.denominator == 1 else amount


def suggest(text: str) -> str:
    """Suggest what was probably meant, such as "did you mean 16G or 16Gi?"; "" if nothing is similar."""
    compact = "".join(text.split())
    match = NEAR_MISS.fullmatch(compact.upper())
    if not match:
        return ""
    tidy, (number, letter, binary) = compact.replace(",", "."), match.groups()
    number = number.replace(",", ".")
    if QUANTITY.fullmatch(tidy):
        meant = [tidy]
    else:
        meant = [f"{number}{letter}i"] if binary else [f"{number}{letter.replace('K', 'k')}", f"{number}{letter}i"]
    likely = [amount for amount in meant if amount != text and QUANTITY.fullmatch(amount)]
    return f"did you mean {' or '.join(likely)}?" if likely else ""


def format_bytes(amount: int | Fraction) -> str:
    """Format bytes for people, as 16Gi or 1.5Gi: rounded to one decimal, in the largest unit that fits."""
    for suffix, size in reversed(BINARY.items()):
        count = float(amount / size)
        if round(count, 3) >= 1:
            return f"{round(count, 1):g}{suffix}"
    return f"{float(amount):g}"
