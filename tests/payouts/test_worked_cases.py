"""The worked cases of design/domain.md and reference/features.md section 4, with their numbers."""

from decimal import Decimal

import pytest

from portal.kernel.money import Money, MoneyError
from portal.payouts.rules import Fees, PaidLine, RestockingFee, quote_return, value_of


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def paid(
    quantity: int, price: str, discount: str = "0", tax: str = "0", currency: str = "EUR", **more: object
) -> PaidLine:
    def labelled(label: str, text: str) -> tuple[tuple[str, Money], ...]:
        return ((label, Money.parse(text, currency)),) if text != "0" else ()

    facts = {"discounts": labelled("SUMMER", discount), "taxes": labelled("VAT", tax)} | more
    return PaidLine("1", "Scarf", quantity, Money.parse(price, currency), **facts)  # pyright: ignore[reportArgumentType] - mixed facts


def one_by_one(line: PaidLine) -> list[str]:
    values = []
    for returned in range(line.quantity):
        rest = PaidLine(
            line.line_id,
            line.title,
            line.quantity,
            line.unit_price,
            line.discounts,
            line.taxes,
            line.taxes_included,
            returned,
        )
        values.append(str(value_of(rest, 1).decimal))
    return values


@pytest.mark.parametrize(
    ("line", "quantity", "value"),
    [
        pytest.param(paid(2, "100.00", "20.00", "18.00"), 1, "99.00", id="tax is not charged twice on a discount"),
        pytest.param(paid(1, "150.00", "30.00"), 1, "120.00", id="150 + 60 with 20 percent off, the first"),
        pytest.param(paid(3, "100.00", "30.00"), 2, "180.00", id="three at minus 10 percent, two back"),
        pytest.param(paid(1, "6.00", "0.60"), 1, "5.40", id="6 + 4 with 1.00 off, the first"),
        pytest.param(paid(6, "50.00", "30.00"), 5, "225.00", id="coupon kept below its threshold"),
        pytest.param(paid(1, "119.00", "0", "19.00", taxes_included=True), 1, "119.00", id="tax inside the price"),
        pytest.param(paid(1, "100.00", "10.00", "0"), 1, "90.00", id="discount alone"),
        pytest.param(paid(1, "10.00", "10.00"), 1, "0.00", id="paid nothing, nothing comes back"),
    ],
)
def test_units_are_worth_what_was_paid_for_them(line: PaidLine, quantity: int, value: str) -> None:
    assert value_of(line, quantity) == eur(value)
    assert quote_return([(line, quantity)], order_left=line.paid).total == eur(value)


def test_an_order_discount_falls_on_lines_by_their_price() -> None:
    shares = eur("1.00").allocate([600, 400])
    assert [str(share.decimal) for share in shares] == ["0.60", "0.40"]
    assert [share.minor for share in eur("42.00").allocate([15000, 6000])] == [3000, 1200]


@pytest.mark.parametrize(
    "line",
    [
        paid(3, "50.00", "50.00"),
        paid(3, "33.34", "0.02"),
        paid(3, "33.33", "0", "0.01"),
        paid(3, "30.00", "0", "10.00"),
    ],
)
def test_a_hundred_over_three_units_comes_back_to_the_cent(line: PaidLine) -> None:
    assert one_by_one(line) == ["33.34", "33.33", "33.33"]


def test_yen_have_no_decimals() -> None:
    line = paid(3, "1000", "100", "264", currency="JPY", taxes_included=True)
    assert one_by_one(line) == ["967", "967", "966"]
    assert value_of(line, 3) == Money(2900, "JPY")


def test_dinars_have_three_decimals() -> None:
    line = paid(3, "10.000", "2.500", "1.000", currency="KWD")
    assert one_by_one(line) == ["9.500", "9.500", "9.500"]
    assert one_by_one(paid(3, "3.334", "0.002", currency="KWD")) == ["3.334", "3.333", "3.333"]


def test_tax_inside_the_price_is_told_and_never_added() -> None:
    line = paid(2, "119.00", "20.00", "34.81", taxes_included=True)
    quote = quote_return([(line, 1)], order_left=line.paid)
    assert quote.total == eur("109.00")
    assert [(step.label, step.amount) for step in quote.included_taxes] == [("VAT", eur("17.41"))]


def test_a_fee_is_kept_from_what_comes_back() -> None:
    line = paid(1, "50.99")
    assert quote_return([(line, 1)], Fees(return_shipping=eur("5.00")), order_left=line.paid).total == eur("45.99")
    assert quote_return([(line, 1)], Fees(RestockingFee(eur("5.00"))), order_left=line.paid).total == eur("45.99")


def test_a_fee_never_takes_more_than_there_is() -> None:
    line = paid(1, "3.00")
    quote = quote_return(
        [(line, 1)], Fees(RestockingFee(eur("5.00")), return_shipping=eur("4.00")), order_left=line.paid
    )
    assert quote.total == eur("0.00")
    assert [step.amount for step in quote.lines[0].parts] == [eur("3.00"), eur("-3.00")]


def test_a_fee_on_little_is_all_of_it() -> None:
    assert RestockingFee(eur("5.00")).on(eur("3.00")) == eur("3.00")
    assert RestockingFee(percent=Decimal("12.5")).on(eur("0.50")) == eur("0.06")


def test_a_negative_fee_is_refused() -> None:
    with pytest.raises(MoneyError, match="negative"):
        RestockingFee(eur("-5.00")).on(eur("3.00"))


def test_a_restocking_fee_in_percent_is_of_what_was_paid() -> None:
    line = paid(2, "100.00", "20.00", "18.00")
    quote = quote_return([(line, 1)], Fees(RestockingFee(percent=Decimal(15))), order_left=line.paid)
    assert quote.total == eur("84.15")
    assert quote.steps[-1].words.params == {"percent": "15"}


def test_each_line_keeps_its_own_fee_and_shipping_is_charged_once() -> None:
    ring = PaidLine("ring", "Ring", 1, eur("100.00"))
    scarf = PaidLine("scarf", "Scarf", 1, eur("40.00"))
    fees = Fees(by_line={"ring": RestockingFee(eur("10.00"))}, return_shipping=eur("4.90"))
    quote = quote_return([(ring, 1), (scarf, 1)], fees, order_left=eur("140.00"))
    assert [line.value for line in quote.lines] == [eur("90.00"), eur("40.00")]
    assert quote.total == eur("125.10")


def test_no_fee_when_the_policy_names_none() -> None:
    assert quote_return([(paid(1, "20.00"), 1)], order_left=eur("20.00")).order_steps == ()


@pytest.mark.parametrize("foreign", ["line", "fee"])
def test_another_currency_than_the_order_is_refused(foreign: str) -> None:
    line = paid(1, "98633.00", currency="INR" if foreign == "line" else "EUR")
    fees = Fees(return_shipping=Money(500, "INR")) if foreign == "fee" else Fees()
    with pytest.raises(MoneyError):
        quote_return([(line, 1)], fees, order_left=eur("98633.00"))
