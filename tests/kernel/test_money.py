"""Money: whole minor units, one currency, parts that sum to the whole."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.money import Money, MoneyError, exponent, total, zero

AMOUNTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_the_currency_decides_the_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("1500", "JPY", 1500),
        ("1500.00", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("-0.05", "USD", -5),
    ],
)
def test_a_decimal_text_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    money = Money.parse(text, currency)
    assert money.minor == minor
    assert money.decimal == Decimal(text)


@pytest.mark.parametrize("text", ["", "ten", "1,50", "NaN", "Infinity", "1e400", "9" * 20, "12.345"])
def test_a_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text, "EUR")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(MoneyError, match="XXZ"):
        Money(1, "XXZ")


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_minor_units_are_whole_numbers(minor: object) -> None:
    with pytest.raises(MoneyError):
        Money(minor, "EUR")  # pyright: ignore[reportArgumentType] - the wrong type is the point


def test_two_currencies_never_meet() -> None:
    with pytest.raises(MoneyError):
        total([Money(1, "EUR"), Money(1, "USD")], "EUR")
    with pytest.raises(MoneyError):
        total([Money(1, "EUR")], "USD")


def test_three_parts_of_a_hundred_differ_by_one_cent() -> None:
    assert [part.minor for part in Money(10000, "EUR").allocate([1, 1, 1])] == [3334, 3333, 3333]


@settings(deadline=None)
@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_whole(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "EUR").allocate(weights)
    assert total(parts, "EUR") == Money(minor, "EUR")
    assert all(part.minor * minor >= 0 for part in parts)


@settings(deadline=None)
@given(AMOUNTS, WEIGHTS)
def test_a_part_is_less_than_one_minor_unit_away_from_its_exact_share(minor: int, weights: list[int]) -> None:
    weight = sum(weights)
    parts = Money(minor, "EUR").allocate(weights)
    shares = weights if weight else [1] * len(weights)
    assert all(abs(p.minor * sum(shares) - minor * w) < sum(shares) for p, w in zip(parts, shares, strict=True))


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_there_is_nothing_to_split_among(weights: list[int]) -> None:
    with pytest.raises(MoneyError):
        Money(1, "EUR").allocate(weights)


def test_half_a_cent_rounds_away_from_zero() -> None:
    assert Money(5, "EUR").percent(Decimal(10)) == Money(1, "EUR")
    assert Money(-5, "EUR").percent(Decimal(10)) == Money(-1, "EUR")


def test_nothing_is_falsy_and_sums_of_nothing_are_zero() -> None:
    assert not zero("JPY")
    assert total([], "JPY") == zero("JPY")
