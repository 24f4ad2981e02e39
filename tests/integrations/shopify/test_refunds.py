"""Units that are gone, by what the shop said of them."""

from typing import Any

import pytest

from portal.integrations.records import LineRecord
from portal.integrations.shopify.mapping import order_record
from portal.kernel.money import Money
from tests.factories.shopify import bag, fulfillment, line_item, order, refund, tax


def the_line(quantity: int = 3, **more: Any) -> LineRecord:
    return order_record(order([line_item(quantity=quantity, **more.pop("line", {}))], **more)).lines[0]


def gone(line: LineRecord) -> tuple[int, int]:
    return line.cancelled_quantity, line.refunded_quantity


def test_returned_units_are_refunded_and_cancelled_ones_cancelled() -> None:
    refunds = [refund([(1, 1, "100.00", "0.00")]), refund([(1, 1, "100.00", "0.00")], "cancel", id=2002)]
    line = the_line(refunds=refunds, fulfillments=[fulfillment(lines=[(1, 2)])])
    assert gone(line) == (1, 1)
    assert line.refunded == Money(20000, "EUR")


@pytest.mark.parametrize(("shipped", "expected"), [(0, (2, 0)), (2, (1, 1)), (3, (0, 2))])
@pytest.mark.parametrize("restock", ["no_restock", "legacy_restock"])
def test_unsaid_units_are_cancelled_as_far_as_they_were_not_shipped(
    shipped: int, expected: tuple[int, int], restock: str
) -> None:
    fulfilments = [fulfillment(lines=[(1, shipped)])] if shipped else []
    assert gone(the_line(refunds=[refund([(1, 2, "200.00", "0.00")], restock)], fulfillments=fulfilments)) == expected


def test_tax_on_top_is_refunded_with_it() -> None:
    line = line_item(quantity=2, taxes=[tax("20.00", 0.1)])
    payload = order([line], taxes_included=False, refunds=[refund([(1, 1, "100.00", "10.00")])])
    assert order_record(payload).lines[0].refunded == Money(11000, "EUR")


def test_tax_inside_is_not_refunded_twice() -> None:
    line = line_item(quantity=2, taxes=[tax("31.93")])
    assert order_record(order([line], refunds=[refund([(1, 1, "100.00", "15.97")])])).lines[0].refunded == Money(
        10000, "EUR"
    )


def test_units_edited_away_without_a_refund_are_cancelled() -> None:
    assert gone(the_line(line={"current_quantity": 1})) == (2, 0)


def test_current_quantity_does_not_count_refunded_units_again() -> None:
    line = the_line(line={"current_quantity": 1}, refunds=[refund([(1, 2, "200.00", "0.00")], "cancel")])
    assert gone(line) == (2, 0)


def test_nothing_refunded_is_none() -> None:
    assert the_line().refunded is None


def test_shipping_paid_back_and_the_money_that_went_out_are_kept_beside() -> None:
    adjustment = {"id": 1, "kind": "shipping_refund", "amount": "-4.90", "amount_set": bag("-4.90", "EUR")}
    other = {"id": 2, "kind": "refund_discrepancy", "amount": "-1.00", "amount_set": bag("-1.00", "EUR")}
    paid = {"kind": "refund", "status": "success", "amount": "104.90", "currency": "EUR", "gateway": "shopify_payments"}
    failed = {**paid, "status": "failure", "amount": "1.00"}
    entry = refund(order_adjustments=[adjustment, other], transactions=[paid, failed])
    record = order_record(order([line_item(quantity=3)], refunds=[entry]))
    assert (record.extra["refunded_shipping"], record.refunded) == ("490", Money(10490, "EUR"))


def test_money_that_went_out_in_another_currency_is_not_added_up() -> None:
    paid = {"kind": "refund", "status": "success", "amount": "110.00", "currency": "USD", "gateway": "shopify_payments"}
    record = order_record(order([line_item(quantity=3)], refunds=[refund(transactions=[paid])]))
    assert record.refunded == Money(0, "EUR")
