"""Any partition and order of partial returns sums to exactly what was paid."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.money import Money
from portal.payouts.rules import Fees, PaidLine, RestockingFee, quote_return, value_of

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "INR", "CHF", "BHD", "KRW", "GBP", "TND", "SEK", "BRL"])


@st.composite
def lines(draw: st.DrawFn, line_id: str = "1", currency: str | None = None) -> PaidLine:
    code = currency or draw(CURRENCIES)
    quantity = draw(st.integers(1, 12))
    price = draw(st.integers(0, 500) | st.integers(0, 10**8))
    left, discounts = price * quantity, []
    for number in range(draw(st.integers(0, 4))):
        share = draw(st.integers(0, left))
        left -= share
        discounts.append((f"D{number}", Money(share, code)))
    taxes = [(f"T{n}", Money(draw(st.integers(0, left)), code)) for n in range(draw(st.integers(0, 3)))]
    return PaidLine(line_id, "Thing", quantity, Money(price, code), tuple(discounts), tuple(taxes), draw(st.booleans()))


def a_part(draw: st.DrawFn, line: PaidLine) -> int:
    return draw(st.integers(1, line.remaining))


@settings(deadline=None)
@given(st.data())
def test_any_partition_of_a_line_sums_to_what_was_paid(data: st.DataObject) -> None:
    line = start = data.draw(lines())
    came_back = Money(0, start.currency)
    while line.remaining:
        quantity = data.draw(st.integers(1, line.remaining))
        value = value_of(line, quantity)
        assert value.minor >= 0
        came_back = came_back + value
        line = dataclasses.replace(line, returned_quantity=line.returned_quantity + quantity)
    assert came_back == start.paid


@settings(deadline=None)
@given(st.data())
def test_any_order_of_returns_over_lines_sums_to_the_order(data: st.DataObject) -> None:
    open_lines = {str(n): data.draw(lines(str(n), "EUR")) for n in range(data.draw(st.integers(1, 4)))}
    paid = left = sum((line.paid for line in open_lines.values()), Money(0, "EUR"))
    while open_lines:
        line_id = data.draw(st.sampled_from(sorted(open_lines)))
        line = open_lines[line_id]
        quantity = data.draw(st.integers(1, line.remaining))
        refund = quote_return([(line, quantity)], order_left=left).total
        left = left - refund
        refunded = (line.refunded or Money(0, "EUR")) + refund
        line = dataclasses.replace(line, returned_quantity=line.returned_quantity + quantity, refunded=refunded)
        open_lines[line_id] = line
        if not line.remaining:
            assert line.refunded == line.paid
            del open_lines[line_id]
    assert left == Money(0, "EUR") <= paid


@settings(deadline=None)
@given(st.data())
def test_a_withdrawn_return_leaves_no_cent_behind(data: st.DataObject) -> None:
    line = data.draw(lines())
    kept: list[tuple[int, Money]] = []
    for _ in range(20):
        if kept and data.draw(st.booleans()):
            kept.pop(data.draw(st.integers(0, len(kept) - 1)))
        returned = sum(quantity for quantity, _ in kept)
        value = sum((worth for _, worth in kept), Money(0, line.currency))
        now = dataclasses.replace(line, returned_quantity=returned, returned_value=value)
        if not now.remaining:
            assert value == line.paid
            return
        quantity = data.draw(st.integers(1, now.remaining))
        kept.append((quantity, value_of(now, quantity)))


@settings(deadline=None)
@given(lines(), st.data())
def test_more_units_are_never_worth_less(line: PaidLine, data: st.DataObject) -> None:
    returned = data.draw(st.integers(0, line.quantity - 1))
    line = dataclasses.replace(line, returned_quantity=returned)
    values = [value_of(line, quantity).minor for quantity in range(1, line.remaining + 1)]
    assert values == sorted(values)


@settings(deadline=None)
@given(lines(), st.data())
def test_shares_need_no_rounding_of_their_own(line: PaidLine, data: st.DataObject) -> None:
    line = dataclasses.replace(line, returned_quantity=data.draw(st.integers(0, line.quantity - 1)))
    quoted = quote_return([(line, data.draw(st.integers(1, line.remaining)))], order_left=line.paid).lines[0]
    assert "rounding" not in {part.kind for part in quoted.parts}


@settings(deadline=None)
@given(lines(), st.data())
def test_every_discount_and_tax_is_given_out_exactly_once(line: PaidLine, data: st.DataObject) -> None:
    given_out: dict[tuple[str, str], int] = {}
    start = line
    while line.remaining:
        quantity = data.draw(st.integers(1, line.remaining))
        quoted = quote_return([(line, quantity)], order_left=start.paid).lines[0]
        for step in (*quoted.parts, *quoted.included):
            key = (step.kind, step.label)
            given_out[key] = given_out.get(key, 0) + step.amount.minor
        line = dataclasses.replace(line, returned_quantity=line.returned_quantity + quantity)
    kind = "tax_included" if start.taxes_included else "tax"
    expected = {("discount", label): -amount.minor for label, amount in start.discounts}
    expected |= {(kind, label): amount.minor for label, amount in start.taxes}
    expected[("price", "")] = start.unit_price.minor * start.quantity
    assert {k: v for k, v in given_out.items() if v} == {k: v for k, v in expected.items() if v}


@settings(deadline=None)
@given(lines(), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**9), st.data())
def test_steps_always_add_up_to_a_total_that_is_never_negative(
    line: PaidLine, fee: int, shipping: int, left: int, data: st.DataObject
) -> None:
    quantity = data.draw(st.integers(1, line.quantity))
    fees = Fees(RestockingFee(Money(fee, line.currency)), return_shipping=Money(shipping, line.currency))
    quote = quote_return([(line, quantity)], fees, order_left=Money(left, line.currency))
    outer = [step.amount.minor for step in quote.steps if step.indent == 0]
    assert sum(outer) == quote.total.minor
    assert 0 <= quote.total.minor <= min(left, line.paid.minor)
