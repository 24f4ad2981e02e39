"""Everything that is refused, with its reason and where it stands."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from portal.integrations.records import RecordRefused
from portal.integrations.shopify.mapping import order_record
from tests.factories.shopify import bag, both, discount, fulfillment, line_item, order, refund, shipping_line, tax

Payload = dict[str, Any]
ORDER: dict[str, tuple[Payload, str, str]] = {
    "no id": ({"id": None}, "id", "missing"),
    "an id that is none": ({"id": "../etc/passwd"}, "id", "not an id"),
    "a truth for an id": ({"id": True}, "id", "not text"),
    "no number": ({"name": " # ", "order_number": None}, "name", "missing"),
    "no currency": ({"currency": None}, "currency", "missing"),
    "unknown currency": ({"currency": "EUX"}, "currency", "unknown currency"),
    "unknown currency of the shopper": ({"presentment_currency": "euro"}, "presentment_currency", "unknown currency"),
    "no lines": ({"line_items": []}, "line_items", "no lines"),
    "lines are no list": ({"line_items": {"a": 1}}, "line_items", "not a list"),
    "a line is no object": ({"line_items": ["a"]}, "line_items[0]", "not an object"),
    "too many lines": ({"line_items": [{}] * 5001}, "line_items", "more than 5,000 entries"),
    "no total": ({"total_price": None, "total_price_set": None}, "total_price", "missing"),
    "no time": ({"created_at": None, "processed_at": None}, "created_at", "missing"),
    "a time without an offset": ({"processed_at": "2026-11-09T18:31:02"}, "processed_at", "with an offset"),
    "a day for a time": ({"processed_at": "2026-11-09"}, "processed_at", "with an offset"),
    "a day that is none": ({"processed_at": "2026-13-40T00:00:00Z"}, "processed_at", "not a date"),
    "a time before all times": ({"processed_at": "0001-01-01T00:00:00+14:00"}, "processed_at", "not a date"),
    "a yes for a truth": ({"taxes_included": "yes"}, "taxes_included", "not true or false"),
    "a huge note": ({"note": "x" * 5001}, "note", "longer than 5000"),
    "a nul": ({"note": "a\x00b"}, "note", "cannot be stored"),
    "half a character": ({"email": "\ud800@example.net"}, "email", "cannot be stored"),
    "a country's name for its code": (
        {"shipping_address": {"country_code": "DEU"}},
        "shipping_address.country_code",
        "two-letter",
    ),
    "a locale that is none": ({"customer_locale": "<de>"}, "customer_locale", "not a locale"),
    "tags that are numbers": ({"tags": {"a": 1}}, "tags", "not a list"),
    "a total that is off": (both("total_price", "100.01"), "total_price", "the parts add up to 100.00"),
    "a subtotal that is off": (both("subtotal_price", "99.00"), "subtotal_price", "the parts add up to 100.00"),
    "discounts that are off": (both("total_discounts", "1.00"), "total_discounts", "the parts add up to 0.00"),
    "another currency inside": (
        {"total_price_set": bag("100.00", "USD")},
        "total_price_set.presentment_money.currency_code",
        "USD",
    ),
    "negative duties": ({"original_total_duties_set": bag("-1.00", "EUR")}, "original_total_duties_set", "negative"),
}
LINE: dict[str, tuple[Payload, str, str]] = {
    "no id": ({"id": None}, ".id", "missing"),
    "no title": ({"title": "", "name": None}, ".name", "missing"),
    "no price": ({"price": None, "price_set": None}, ".price", "missing"),
    "no quantity": ({"quantity": None}, ".quantity", "missing"),
    "no units": ({"quantity": 0}, ".quantity", "no units"),
    "negative units": ({"quantity": -1}, ".quantity", "negative"),
    "half a unit": ({"quantity": Decimal("1.5")}, ".quantity", "not a whole number"),
    "a text for a quantity": ({"quantity": "1"}, ".quantity", "not a whole number"),
    "a negative price": (both("price", "-1.00"), ".price", "negative"),
    "too many decimals": (both("price", "100.001"), ".price_set.presentment_money.amount", "more decimals than EUR"),
    "words for a price": ({"price": "one", "price_set": None}, ".price", "not an amount"),
    "an exponent": ({"price": "1e2", "price_set": None}, ".price", "not an amount"),
    "a float": ({"price": 100.0, "price_set": None}, ".price", "not an amount"),
    "not a number": ({"price": Decimal("NaN"), "price_set": None}, ".price", "not an amount"),
    "a bomb": ({"price": Decimal("1E+99999"), "price_set": None}, ".price", "not an amount"),
    "an object for a price": ({"price_set": "100.00"}, ".price_set", "not an object"),
    "discounts above the price": ({"discount_allocations": [discount("100.01")]}, ".discount_allocations", "greater"),
    "a negative discount": (
        {"discount_allocations": [discount("-1.00")]},
        ".discount_allocations[0].amount",
        "negative",
    ),
    "a negative tax": ({"tax_lines": [tax("-1.00")]}, ".tax_lines[0].price", "negative"),
    "a rate of a thousand": ({"tax_lines": [tax("1.00", 1000)]}, ".tax_lines[0].rate", "not a rate"),
    "a rate in words": ({"tax_lines": [{**tax("1.00"), "rate": "much"}]}, ".tax_lines[0].rate", "not a rate"),
    "a huge title": ({"title": "x" * 513}, ".title", "longer than 512"),
    "a crowd of properties": ({"properties": [{"name": "a", "value": "b"}] * 101}, ".properties", "more than 100"),
}


@pytest.mark.parametrize("case", ORDER)
def test_an_order_is_refused_for(case: str) -> None:
    changes, path, reason = ORDER[case]
    with pytest.raises(RecordRefused) as refused:
        order_record({**order(), **changes})
    assert refused.value.path == path
    assert reason in refused.value.reason


@pytest.mark.parametrize("case", LINE)
def test_a_line_is_refused_for(case: str) -> None:
    changes, path, reason = LINE[case]
    payload = order([line_item(), line_item(2)])
    payload["line_items"][1].update(changes)
    with pytest.raises(RecordRefused) as refused:
        order_record(payload)
    assert refused.value.path == f"line_items[1]{path}"
    assert reason in refused.value.reason


STORIES: dict[str, tuple[Callable[[], Payload], str, str]] = {
    "a tax that is off": (
        lambda: order([line_item(taxes=[tax("15.97")])], **both("total_tax", "15.95")),
        "total_tax",
        "the parts add up to 15.97",
    ),
    "the same line twice": (lambda: order([line_item(1), line_item(1)]), "line_items[1].id", "twice"),
    "a shipped stranger": (
        lambda: order(fulfillments=[fulfillment(lines=[(5, 1)])]),
        "fulfillments[0].line_items[0].id",
        "not in",
    ),
    "more shipped than ordered": (
        lambda: order(fulfillments=[fulfillment(1), fulfillment(2)]),
        "fulfillments[1].line_items[0].quantity",
        "more units fulfilled",
    ),
    "the same fulfilment twice": (
        lambda: order([line_item(quantity=2)], fulfillments=[fulfillment(1), fulfillment(1)]),
        "fulfillments[1].id",
        "twice",
    ),
    "a fulfilment without a time": (
        lambda: order(fulfillments=[fulfillment(created_at=None)]),
        "fulfillments[0].created_at",
        "missing",
    ),
    "a refunded stranger": (
        lambda: order(refunds=[refund([(5, 1, "1.00", "0.00")])]),
        "refunds[0].refund_line_items[0].line_item_id",
        "not in the order",
    ),
    "more refunded than ordered": (
        lambda: order(refunds=[refund([(1, 2, "100.00", "0.00")])]),
        "line_items[0].quantity",
        "more units refunded",
    ),
    "more money refunded than paid": (
        lambda: order(refunds=[refund([(1, 1, "100.01", "0.00")])]),
        "refunds",
        "more refunded for one line",
    ),
    "shipping below nothing": (lambda: order(shipping=[shipping_line("-1.00")]), "shipping_lines[0].price", "negative"),
    "nothing but a tip": (lambda: order([line_item(tip={})]), "line_items", "no lines"),
}


@pytest.mark.parametrize("case", STORIES)
def test_an_order_that_contradicts_itself_is_refused(case: str) -> None:
    make, path, reason = STORIES[case]
    with pytest.raises(RecordRefused) as refused:
        order_record(make())
    assert refused.value.path == path
    assert reason in refused.value.reason


@pytest.mark.parametrize("payload", [None, [], "order", 5])
def test_what_is_no_object_is_no_order(payload: Any) -> None:
    with pytest.raises(RecordRefused, match="not an object"):
        order_record(payload, "orders[3]")


def test_the_path_begins_where_the_order_stood() -> None:
    with pytest.raises(RecordRefused) as refused:
        order_record(order([line_item(quantity=0)]), "orders[3]")
    assert refused.value.path == "orders[3].line_items[0].quantity"
    assert str(refused.value) == "orders[3].line_items[0].quantity: no units"
