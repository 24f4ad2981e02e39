"""An order's own facts: number, times, people, places, channel."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.integrations.shopify.mapping import order_number, order_payloads, order_record
from portal.kernel.money import Money
from tests.factories.shopify import address, line_item, order, shipping_line


def test_number_is_the_name_without_its_hash() -> None:
    record = order_record(order())
    assert (record.source, record.source_id, record.number) == ("shopify", "5550001", "FW-10482")


def test_number_falls_back_to_the_order_number() -> None:
    assert order_record(order(name=None)).number == "10482"


def test_graphql_ids_are_taken_by_their_last_part() -> None:
    assert order_record(order(id="gid://shopify/Order/5550001")).source_id == "5550001"


def test_placed_is_when_the_shop_processed_it_in_utc() -> None:
    record = order_record(order())
    assert record.placed_at == datetime(2026, 11, 9, 17, 31, 2, tzinfo=UTC)
    assert record.updated_at == datetime(2026, 11, 12, 10, 5, tzinfo=UTC)


def test_placed_falls_back_to_creation_and_so_does_the_last_change() -> None:
    record = order_record(order(processed_at=None, updated_at=None))
    assert record.placed_at == record.updated_at == datetime(2026, 11, 9, 17, 31, 4, tzinfo=UTC)


def test_the_buyer_is_who_ordered_then() -> None:
    customer = order_record(order()).customer
    assert (customer.source_id, customer.name, customer.email) == ("77", "Jonas Winter", "jonas@example.net")
    assert (customer.locale, customer.tags) == ("de-DE", ("VIP", "b2b"))


def test_a_guest_is_known_by_the_address() -> None:
    customer = order_record(order(customer=None, email=None, contact_email="guest@example.net")).customer
    assert (customer.name, customer.email, customer.source_id) == ("Jonas Winter", "guest@example.net", "")


def test_address_keeps_the_region_code_and_country() -> None:
    place = order_record(order(shipping_address=address(province="New York", province_code="NY", country_code="US")))
    assert place.shipping_address is not None
    assert (place.shipping_address.region, place.shipping_address.country) == ("NY", "US")


def test_no_address_is_none() -> None:
    record = order_record(order(shipping_address=None, billing_address=None))
    assert record.shipping_address is None
    assert record.billing_address is None


@pytest.mark.parametrize(
    ("source", "channel"),
    [("web", "web"), (None, "web"), ("pos", "pos"), ("shopify_draft_order", "draft"), ("580111", "580111")],
)
def test_channel_is_where_it_was_sold(source: str | None, channel: str) -> None:
    assert order_record(order(source_name=source)).channel == channel


@pytest.mark.parametrize(
    "more",
    [
        {"note_attributes": [{"name": "gift_message", "value": "Happy birthday!"}]},
        {"note_attributes": [{"name": "Is gift", "value": "true"}]},
        {"note_attributes": {"Geschenk": "ja"}},
        {"tags": "sale, Gift"},
    ],
)
def test_a_gift_is_recognised(more: dict[str, Any]) -> None:
    assert order_record(order(**more)).gift


@pytest.mark.parametrize("value", ["false", "No", "", None])
def test_a_gift_attribute_that_says_no_is_no_gift(value: str | None) -> None:
    assert not order_record(order(note_attributes=[{"name": "gift", "value": value}])).gift


def test_cancelled_test_orders_say_both() -> None:
    record = order_record(order(cancelled_at="2026-11-10T08:00:00Z", cancel_reason="customer", test=True))
    assert record.cancelled_at == datetime(2026, 11, 10, 8, tzinfo=UTC)
    assert (record.cancel_reason, record.extra["test"]) == ("customer", "true")


def test_tags_come_as_text_or_as_a_list_without_repetitions() -> None:
    assert order_record(order(tags="b2b,  priority , b2b,")).tags == ("b2b", "priority")
    assert order_record(order(tags=["b2b", "priority"])).tags == ("b2b", "priority")


def test_shipping_is_a_charge_with_its_tax() -> None:
    record = order_record(order(shipping=[shipping_line("4.90")]))
    assert [(charge.kind, charge.title, charge.price) for charge in record.charges] == [
        ("shipping", "Standard", Money(490, "EUR"))
    ]
    assert record.total == Money(10490, "EUR")


def test_every_envelope_gives_its_orders() -> None:
    bare = order()
    assert list(order_payloads(bare)) == [("", bare)]
    assert list(order_payloads({"order": bare})) == [("order", bare)]
    assert list(order_payloads({"orders": [bare, bare]})) == [("orders[0]", bare), ("orders[1]", bare)]
    assert list(order_payloads([bare, {"order": bare}])) == [("[0]", bare), ("[1].order", bare)]


@pytest.mark.parametrize(
    ("payload", "number"), [({"name": "#1"}, "#1"), ({"id": 5}, "5"), ([], ""), ({"name": {}}, "")]
)
def test_a_report_can_name_what_is_no_order(payload: Any, number: str) -> None:
    assert order_number(payload) == number


def test_a_payload_is_not_changed_by_reading_it() -> None:
    before, payload = order([line_item(), line_item(2)]), order([line_item(), line_item(2)])
    assert order_record(payload) == order_record(payload)
    assert payload == before
