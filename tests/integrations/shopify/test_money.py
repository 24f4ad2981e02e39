"""What was really paid, to the minor unit: the worked cases of design/domain.md as Shopify writes them."""

from decimal import Decimal
from typing import Any

import pytest

from portal.integrations.records import LineRecord, OrderRecord, RecordRefused
from portal.integrations.shopify.mapping import order_record
from portal.kernel.money import Money, total
from tests.factories.shopify import bag, both, discount, line_item, order, shipping_line, tax


def paid_for(record: OrderRecord, line: LineRecord) -> Money:
    """What the shopper paid for the whole line."""
    net = line.unit_price * line.quantity - total((share.amount for share in line.discounts), record.currency)
    return net if record.taxes_included else net + total((share.amount for share in line.taxes), record.currency)


def units(record: OrderRecord, index: int = 0) -> list[Money]:
    """What each unit of a line cost, paid one by one."""
    line = record.lines[index]
    return paid_for(record, line).allocate([1] * line.quantity)


def euros(*amounts: int) -> list[Money]:
    return [Money(amount, "EUR") for amount in amounts]


def test_two_at_a_hundred_less_twenty_plus_ten_percent_is_ninety_nine_each() -> None:
    line = line_item(quantity=2, discounts=[discount("20.00")], taxes=[tax("18.00", 0.1)])
    record = order_record(order([line], taxes_included=False))
    assert units(record) == euros(9900, 9900)
    assert record.total == Money(19800, "EUR")


def test_twenty_percent_across_two_lines_leaves_one_hundred_twenty() -> None:
    record = order_record(
        order(
            [
                line_item(1, "150.00", discounts=[discount("30.00")]),
                line_item(2, "60.00", discounts=[discount("12.00")]),
            ]
        )
    )
    assert units(record, 0) == euros(12000)
    assert record.total == Money(16800, "EUR")


def test_three_at_a_hundred_less_ten_percent_gives_one_hundred_eighty_for_two() -> None:
    record = order_record(order([line_item(quantity=3, discounts=[discount("30.00")])]))
    assert total(units(record)[:2], "EUR") == Money(18000, "EUR")


def test_a_hundred_over_three_units_is_never_a_cent_more_or_less() -> None:
    record = order_record(order([line_item(1, "33.34", 3, discounts=[discount("0.02")])]))
    assert units(record) == euros(3334, 3333, 3333)


def test_one_euro_off_six_and_four_leaves_five_forty() -> None:
    lines = [line_item(1, "6.00", discounts=[discount("0.60")]), line_item(2, "4.00", discounts=[discount("0.40")])]
    assert units(order_record(order(lines)), 0) == euros(540)


def test_included_taxes_are_in_the_price_and_not_on_top() -> None:
    line = line_item(1, "119.00", taxes=[tax("19.00")])
    record = order_record(order([line], shipping=[shipping_line("4.90", taxes=[tax("0.78")])]))
    assert (paid_for(record, record.lines[0]), record.total) == (Money(11900, "EUR"), Money(12390, "EUR"))
    assert record.lines[0].taxes[0].rate == "0.19"


@pytest.mark.parametrize(
    ("currency", "price", "minor"), [("JPY", "1200", 1200), ("KWD", "12.345", 12345), ("USD", "9.5", 950)]
)
def test_the_currency_decides_the_decimals(currency: str, price: str, minor: int) -> None:
    record = order_record(order([line_item(1, price, currency=currency)], currency=currency))
    assert record.lines[0].unit_price == Money(minor, currency)


def test_trailing_zeros_are_no_decimals() -> None:
    payload = order([line_item(1, "1200", currency="JPY")], currency="JPY")
    payload["line_items"][0].update(both("price", "1200.00", "JPY"))
    assert order_record(payload).lines[0].unit_price == Money(1200, "JPY")


def in_two_currencies(payload: dict[str, Any]) -> dict[str, Any]:
    """The same order in a shop that keeps its books in dollars."""

    def convert(node: Any) -> Any:
        if isinstance(node, list):
            return [convert(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        converted = {key: convert(value) for key, value in node.items()}
        for key in [key for key in converted if key.endswith("_set") and isinstance(node[key], dict)]:
            euro = node[key]["presentment_money"]["amount"]
            converted[key] = bag(euro, "EUR", "USD", Decimal("1.1"))
            converted[key.removesuffix("_set")] = converted[key]["shop_money"]["amount"]
        return converted

    return {**convert(payload), "currency": "USD", "presentment_currency": "EUR"}


def test_we_keep_what_the_shopper_paid_and_not_what_the_shop_booked() -> None:
    record = order_record(in_two_currencies(order([line_item(quantity=2, discounts=[discount("20.00")])])))
    assert (record.currency, record.shop_currency, record.total) == ("EUR", "USD", Money(18000, "EUR"))
    assert record.lines[0].discounts[0].amount == Money(2000, "EUR")


def parts_of(record: OrderRecord) -> Money:
    """What lines and charges add up to."""
    parts = [*record.lines, *record.charges]
    prices = [line.unit_price * line.quantity for line in record.lines] + [charge.price for charge in record.charges]
    net = total(prices, record.currency) - total((d.amount for part in parts for d in part.discounts), record.currency)
    taxes = total((tax.amount for part in parts for tax in part.taxes), record.currency)
    return net if record.taxes_included else net + taxes


@pytest.mark.parametrize(("charged", "rounding"), [("29.99", "-1"), ("30.01", "1"), ("30.02", "2")])
def test_conversion_may_be_off_by_half_a_cent_an_amount_and_still_adds_up(charged: str, rounding: str) -> None:
    payload = in_two_currencies(order([line_item(1, "10.00", 3)]))
    payload["total_price_set"] = bag(charged, "EUR", "USD")
    record = order_record(payload)
    assert record.extra["rounding"] == rounding
    assert parts_of(record) == record.total == Money.parse(charged, "EUR")


@pytest.mark.parametrize("charged", ["29.97", "30.03"])
def test_conversion_is_no_excuse_for_more(charged: str) -> None:
    payload = in_two_currencies(order([line_item(1, "10.00", 3)]))
    payload["total_price_set"] = bag(charged, "EUR", "USD")
    with pytest.raises(RecordRefused, match="total_price"):
        order_record(payload)


@pytest.mark.parametrize(("claimed", "first"), [("5.69", 189), ("5.70", 190), ("5.71", 191)])
def test_tax_rounded_for_the_whole_order_is_settled_on_the_greatest(claimed: str, first: int) -> None:
    lines = [line_item(number, "10.00", taxes=[tax("1.90")]) for number in (1, 2, 3)]
    owed = {**both("total_tax", claimed), **both("total_price", Decimal("30.00") + Decimal(claimed))}
    record = order_record(order(lines, taxes_included=False, **owed))
    assert record.lines[0].taxes[0].amount.minor == first
    assert parts_of(record) == record.total


def test_one_currency_is_exact_or_refused() -> None:
    payload = order([line_item(1, "10.00", 3)])
    payload.update(both("total_price", "29.99"))
    with pytest.raises(RecordRefused, match=r"total_price: is 29\.99 EUR, but the parts add up to 30\.00"):
        order_record(payload)


def test_a_plain_amount_cannot_stand_in_for_another_currency() -> None:
    payload = in_two_currencies(order())
    del payload["line_items"][0]["price_set"]
    with pytest.raises(RecordRefused, match=r"line_items\[0\]\.price: only in USD, but the shopper paid in EUR"):
        order_record(payload)


def test_payloads_without_sets_are_read_from_the_plain_amounts() -> None:
    payload = order([line_item(discounts=[discount("10.00")])])
    for holder in (payload, *payload["line_items"], *payload["line_items"][0]["discount_allocations"]):
        for key in [key for key in holder if key.endswith("_set")]:
            del holder[key]
    record = order_record(payload)
    assert (record.total, record.lines[0].discounts[0].amount) == (Money(9000, "EUR"), Money(1000, "EUR"))


def test_labels_of_discounts_come_from_the_applications() -> None:
    line = line_item(discounts=[discount("10.00", 0), discount("5.00", 1), discount("0.00", 1)])
    assert [share.label for share in order_record(order([line])).lines[0].discounts] == ["AUTUMN", "Sorry"]


def test_old_line_discounts_count_when_there_are_no_allocations() -> None:
    line = line_item(**both("total_discount", "10.00"))
    totals = {**both("subtotal_price", "90.00"), **both("total_discounts", "10.00"), **both("total_price", "90.00")}
    record = order_record(order([line], **totals, discount_applications=[], discount_codes=[{"code": "TENOFF"}]))
    assert [(share.label, share.amount.minor) for share in record.lines[0].discounts] == [("TENOFF", 1000)]


def test_free_shipping_is_a_charge_and_its_discount() -> None:
    line = shipping_line("4.90", discount_allocations=[discount("4.90")])
    record = order_record(order(shipping=[line]))
    assert (record.charges[0].price.minor, record.charges[0].discounts[0].amount.minor) == (490, 490)
    assert record.total == Money(10000, "EUR")


def test_shipping_discounts_may_be_missing_from_the_total_of_discounts() -> None:
    line = shipping_line("4.90", discount_allocations=[discount("4.90")])
    assert order_record(order(shipping=[line], **both("total_discounts", "0.00"))).total == Money(10000, "EUR")


def test_a_discounted_price_without_allocations_is_a_discount() -> None:
    line = shipping_line("4.90", **both("discounted_price", "1.90"))
    totals = {**both("total_discounts", "3.00"), **both("total_price", "101.90")}
    assert order_record(order(shipping=[line], **totals)).charges[0].discounts[0].amount == Money(300, "EUR")


def test_order_level_taxes_are_spread_over_taxable_lines_by_what_they_cost() -> None:
    lines = [line_item(1, "10.00"), line_item(2, "20.00"), line_item(3, "5.00", taxable=False)]
    totals = {**both("total_tax", "5.71"), **both("total_price", "40.71"), "tax_lines": [tax("5.71")]}
    record = order_record(order(lines, taxes_included=False, **totals))
    assert [total((tax.amount for tax in line.taxes), "EUR").minor for line in record.lines] == [190, 381, 0]


def test_tips_duties_and_fees_are_charges_and_not_goods() -> None:
    tip = line_item(9, "5.00", title="Tip", tip={"payment_gateway": "shopify_payments"}, requires_shipping=False)
    payload = order(
        [line_item(), tip],
        original_total_duties_set=bag("7.00", "EUR"),
        original_total_additional_fees_set=bag("1.00", "EUR"),
        **both("subtotal_price", "100.00"),
        **both("total_price", "113.00"),
    )
    record = order_record({**payload, "total_tip_received": "5.00"})
    assert [(charge.kind, charge.price.minor) for charge in record.charges] == [
        ("duties", 700),
        ("fee", 100),
        ("tip", 500),
    ]
    assert [line.source_id for line in record.lines] == ["1"]


def test_a_tip_without_a_line_is_still_a_charge() -> None:
    payload = order(**both("total_price", "105.00"))
    record = order_record({**payload, "total_tip_received": "5.00"})
    assert [(charge.kind, charge.price.minor) for charge in record.charges] == [("tip", 500)]


def test_duties_inside_the_prices_are_not_added() -> None:
    record = order_record(order(original_total_duties_set=bag("7.00", "EUR"), duties_included=True))
    assert (record.charges, record.total) == ((), Money(10000, "EUR"))
