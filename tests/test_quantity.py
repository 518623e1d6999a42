"""Quantities mean what Kubernetes makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity

from daskgen.quantity import format_bytes, parse, suggest


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4", 4),
        ("0.5", 0.5),
        ("500m", 0.5),
        ("16Gi", 16 << 30),
        ("1G", 10**9),
        ("1e3", 1000),
        ("1E", 10**18),
        (".5k", 500),
    ],
)
def test_amounts(text: str, amount: float) -> None:
    assert parse(text) == amount


@pytest.mark.parametrize("text", ["", "16GB", "16 Gi", "1,5Gi", "Gi", "1.5.0", "1e", "0x10", "1K", "--1", "1ki"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes quantity"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("16GB", "did you mean 16G or 16Gi?"),
        ("16GiB", "did you mean 16Gi?"),
        ("16gb", "did you mean 16G or 16Gi?"),
        ("16 Gi", "did you mean 16Gi?"),
        ("512mb", "did you mean 512M or 512Mi?"),
        ("1,5Gi", "did you mean 1.5Gi?"),
        ("1K", "did you mean 1k or 1Ki?"),
        ("plenty", ""),
    ],
)
def test_what_was_probably_meant(text: str, hint: str) -> None:
    assert suggest(text) == hint


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (1023, "1023"), (1 << 30, "1Gi"), (3 << 29, "1.5Gi"), (5 << 40, "5Ti")]
)
def test_bytes_for_people(amount: int, text: str) -> None:
    assert format_bytes(amount) == text


numbers = st.decimals(0, 10**6, places=3, allow_nan=False).map(str)
suffixes = st.sampled_from(["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])


@given(numbers, suffixes)
def test_the_official_client_agrees(number: str, suffix: str) -> None:
    theirs = parse_quantity(number + suffix)  # type: ignore[no-untyped-call]
    assert float(parse(number + suffix)) == pytest.approx(float(theirs))


@given(st.text(max_size=8))
def test_a_suggestion_is_a_quantity(text: str) -> None:
    for word in suggest(text).removeprefix("did you mean ").removesuffix("?").split(" or "):
        assert not word or parse(word) >= 0
