"""Never more than what is left: units, money on the line, money on the order."""

import dataclasses

import pytest

from portal.kernel.money import Money, MoneyError
from portal.kernel.refusal import Refusal
from portal.payouts.rules import PaidLine, quote_return, value_of

TWO_SCARVES = PaidLine("1", "Scarf", 2, Money(4000, "EUR"))


def test_more_units_than_remain_are_refused() -> None:
    line = dataclasses.replace(TWO_SCARVES, returned_quantity=1)
    with pytest.raises(Refusal) as refused:
        value_of(line, 2)
    assert (refused.value.code, refused.value.params) == ("nothing_left", {"left": 1})


@pytest.mark.parametrize("quantity", [0, -1])
def test_no_units_are_no_return(quantity: int) -> None:
    with pytest.raises(ValueError, match="units"):
        value_of(TWO_SCARVES, quantity)


def test_a_goodwill_refund_lowers_what_is_left_on_the_line() -> None:
    line = dataclasses.replace(TWO_SCARVES, refunded=Money(5000, "EUR"))
    quote = quote_return([(line, 2)], order_left=Money(8000, "EUR"))
    assert quote.total == Money(3000, "EUR")
    assert quote.lines[0].parts[-1].kind == "already_refunded"


def test_a_refund_of_more_than_was_paid_leaves_nothing() -> None:
    line = dataclasses.replace(TWO_SCARVES, refunded=Money(9000, "EUR"))
    assert quote_return([(line, 2)], order_left=Money(8000, "EUR")).total == Money(0, "EUR")


@pytest.mark.parametrize(("left", "total"), [(1000, 1000), (0, 0), (-500, 0), (8000, 8000), (9000, 8000)])
def test_never_more_than_what_is_left_on_the_order(left: int, total: int) -> None:
    quote = quote_return([(TWO_SCARVES, 2)], order_left=Money(left, "EUR"))
    assert quote.total == Money(total, "EUR")


def test_a_line_is_quoted_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        quote_return([(TWO_SCARVES, 1), (TWO_SCARVES, 1)], order_left=Money(8000, "EUR"))


def test_nothing_chosen_is_nothing_back() -> None:
    assert quote_return([], order_left=Money(8000, "EUR")).total == Money(0, "EUR")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"returned_quantity": 3},
        {"returned_quantity": -1},
        {"unit_price": Money(-1, "EUR")},
        {"discounts": (("X", Money(-1, "EUR")),)},
        {"taxes": (("X", Money(1, "USD")),)},
        {"refunded": Money(-1, "EUR")},
    ],
)
def test_a_line_that_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises((ValueError, MoneyError)):
        dataclasses.replace(TWO_SCARVES, **wrong)


def test_a_discount_above_the_price_is_worth_nothing_and_still_adds_up() -> None:
    line = dataclasses.replace(TWO_SCARVES, discounts=(("X", Money(9000, "EUR")),))
    quote = quote_return([(line, 1)], order_left=Money(0, "EUR"))
    assert quote.total == Money(0, "EUR")
    assert sum(step.amount.minor for step in quote.lines[0].parts) == 0
