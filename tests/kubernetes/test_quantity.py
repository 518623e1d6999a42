"""Amounts are what Kubernetes makes of them, and near misses are told what to write."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils import quantity as kubernetes_client

from daskgen.kubernetes.quantity import FACTORS, format_bytes, parse, suggest

numbers = st.from_regex(r"[+-]?([0-9]{1,12}(\.[0-9]{0,6})?|\.[0-9]{1,6})", fullmatch=True)
endings = st.sampled_from(sorted(FACTORS)) | st.from_regex(r"[eE][+-]?[0-9]", fullmatch=True)
quantities = st.builds(str.__add__, numbers, endings)


def parse_by_kubernetes(text: str) -> Fraction:
    return Fraction(kubernetes_client.parse_quantity(text))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("2", 2),
        ("500m", Fraction(1, 2)),
        ("1500m", Fraction(3, 2)),
        ("0.1", Fraction(1, 10)),
        ("100u", Fraction(1, 10_000)),
        ("7n", Fraction(7, 10**9)),
        ("1.", 1),
        (".5Gi", 2**29),
        ("+5", 5),
        ("-5Ki", -5120),
        ("1k", 1000),
        ("1Ki", 1024),
        ("16G", 16 * 10**9),
        ("16Gi", 16 * 2**30),
        ("1.5Ti", 3 * 2**39),
        ("2E", 2 * 10**18),
        ("2E3", 2000),
        ("2e3", 2000),
        ("2e-3", Fraction(1, 500)),
    ],
)
def test_amounts_are_exact(text: str, amount: int | Fraction) -> None:
    assert parse(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "Gi", ".", "16GB", "16gi", "16 Gi", " 16Gi", "1,5Gi", "1.5.0", "1_000", "1e", "1e1.5", "--1", "\u0661", "inf"],
)
def test_what_kubernetes_refuses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes quantity"):
        parse(text)


@pytest.mark.parametrize("text", ["1e999999999", "9" * 5000])
def test_amounts_that_would_take_all_memory_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes quantity"):
        parse(text)


@given(quantities)
def test_amounts_are_those_of_the_kubernetes_client(text: str) -> None:
    # It counts with 28 digits, and rounds what has more.
    assert float(parse(text)) == pytest.approx(float(parse_by_kubernetes(text)), rel=1e-20)


@given(quantities, quantities)
def test_the_order_is_that_of_the_kubernetes_client(one: str, other: str) -> None:
    assert (parse(one) < parse(other)) == (parse_by_kubernetes(one) < parse_by_kubernetes(other))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("16GB", "did you mean 16G or 16Gi?"),
        ("16gb", "did you mean 16G or 16Gi?"),
        ("16g", "did you mean 16G or 16Gi?"),
        ("16K", "did you mean 16k or 16Ki?"),
        ("16GiB", "did you mean 16Gi?"),
        ("16gi", "did you mean 16Gi?"),
        ("16 Gi", "did you mean 16Gi?"),
        ("16g i", "did you mean 16Gi?"),
        ("500 m", "did you mean 500m?"),
        ("1,5Gi", "did you mean 1.5Gi?"),
        ("0.5 TB", "did you mean 0.5T or 0.5Ti?"),
        ("1024 bytes", "did you mean 1024?"),
        ("1,000Mi", ""),
        ("1.5.0", ""),
        ("16iB", ""),
        ("16Gi", ""),
        ("lots", ""),
        ("", ""),
    ],
)
def test_near_misses_are_told_what_to_write(text: str, hint: str) -> None:
    assert suggest(text) == hint


@given(st.from_regex(r"[0-9]{1,9}[.,]?[0-9]{0,4} ?[kKmMgGtT]? ?i?[bB]?", fullmatch=True))
def test_what_is_suggested_is_a_quantity(text: str) -> None:
    for suggestion in suggest(text).removeprefix("did you mean ").rstrip("?").split(" or "):
        assert not suggestion or parse(suggestion) >= 0


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (1023, "1023"),
        (1024, "1Ki"),
        (1536, "1.5Ki"),
        (16 * 2**30, "16Gi"),
        (16 * 2**30 + 1, "16Gi"),
        (2**30 - 1, "1Gi"),
        (10**9, "953.7Mi"),
        (2**70, "1024Ei"),
        (Fraction(3, 2), "1.5"),
    ],
)
def test_bytes_are_shown_in_the_largest_unit(amount: int | Fraction, text: str) -> None:
    assert format_bytes(amount) == text


@given(st.integers(0, 2**63))
def test_bytes_shown_are_right_to_the_decimal(amount: int) -> None:
    shown, half_a_step = parse(format_bytes(amount)), Fraction(amount, 20)
    assert -half_a_step <= shown - amount <= half_a_step
