"""Magento's orders become records that add up to the cent, or are refused with a place."""

from decimal import Decimal
from typing import Any

import pytest

from portal.integrations.magento.mapping import order_number, order_payloads, order_record
from portal.integrations.records import LineRecord, OrderRecord, RecordRefused


def item(identifier: int = 1, price: str = "100.00", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """An item without tax and discount."""
    row = Decimal(price) * quantity
    return {
        "item_id": identifier, "name": "Hat", "sku": f"HAT-{identifier}", "product_id": 7, "product_type": "simple",
        "qty_ordered": quantity, "qty_canceled": 0, "qty_refunded": 0, "is_virtual": 0,
        "price": Decimal(price), "price_incl_tax": Decimal(price), "row_total": row, "row_total_incl_tax": row,
        "tax_amount": 0, "tax_percent": 0, "discount_amount": 0, "discount_tax_compensation_amount": 0,
        **more,
    }  # fmt: skip


def order(items: list[dict[str, Any]], grand_total: str, **more: Any) -> dict[str, Any]:
    """An order in euros, as GET /V1/orders/:id gives it."""
    address = {"firstname": "Jonas", "lastname": "Winter", "street": ["Lange Reihe 4", "2. Stock"], "city": "Hamburg",
               "postcode": "20099", "country_id": "DE", "telephone": "040"}  # fmt: skip
    return {
        "entity_id": 55, "increment_id": "000000055", "state": "processing", "status": "processing",
        "created_at": "2026-11-10 09:30:00", "updated_at": "2026-11-12 10:00:00", "store_id": 1,
        "base_currency_code": "EUR", "order_currency_code": "EUR", "grand_total": Decimal(grand_total),
        "customer_email": "jonas@example.net", "customer_firstname": "Jonas", "customer_lastname": "Winter",
        "customer_group_id": 3, "items": items, "billing_address": address,
        "payment": {"method": "braintree"}, "total_paid": Decimal(grand_total),
        "extension_attributes": {"shipping_assignments": [{"shipping": {"address": address}}]},
        **more,
    }  # fmt: skip


def paid(line: LineRecord, record: OrderRecord) -> int:
    """What a line cost with tax, in minor units."""
    net = line.unit_price.minor * line.quantity - sum(share.amount.minor for share in line.discounts)
    return net + (0 if record.taxes_included else sum(tax.amount.minor for tax in line.taxes))


def whole(record: OrderRecord) -> int:
    """All parts of an order."""
    charges = sum(
        charge.price.minor
        - sum(share.amount.minor for share in charge.discounts)
        + (0 if record.taxes_included else sum(tax.amount.minor for tax in charge.taxes))
        for charge in record.charges
    )
    return charges + sum(paid(line, record) for line in record.lines)


TAX_OUTSIDE = item(
    price="24.00",
    quantity=2,
    tax_amount=Decimal("4.08"),
    tax_percent=10,
    price_incl_tax=Decimal("26.40"),
    row_total_incl_tax=Decimal("52.80"),
    discount_amount=Decimal("7.20"),
)
TAX_INSIDE = item(
    price="24.00",
    quantity=2,
    tax_amount=Decimal("9.38"),
    tax_percent=23,
    price_incl_tax=Decimal("29.52"),
    row_total_incl_tax=Decimal("59.04"),
    discount_amount=Decimal("8.86"),
    discount_tax_compensation_amount=Decimal("1.66"),
)
ROUNDED = item(price="199.13", tax_amount=Decimal("29.87"), tax_percent=15, price_incl_tax=229,
               row_total_incl_tax=229)  # fmt: skip
THIRDS = item(price="3.3333", quantity=3, row_total=Decimal("10.00"), row_total_incl_tax=Decimal("10.00"))


@pytest.mark.parametrize(
    ("lines", "total", "more", "included"),
    [
        ([item()], "100.00", {}, False),
        ([TAX_OUTSIDE], "44.88", {}, False),
        ([TAX_INSIDE], "50.18", {"discount_tax_compensation_amount": Decimal("1.66")}, True),
        ([ROUNDED], "249.00", {"shipping_amount": 20, "shipping_incl_tax": 20, "shipping_description": "Flat"}, False),
        ([THIRDS], "10.00", {}, False),
        ([item()], "80.00", {"gift_cards_amount": 20}, False),
        ([item(weee_tax_applied_row_amount=Decimal("1.50"))], "101.50", {}, False),
        ([item()], "105.00", {"shipping_amount": 10, "shipping_discount_amount": 5, "shipping_incl_tax": 10}, False),
    ],
)
def test_an_order_adds_up(lines: list[dict[str, Any]], total: str, more: dict[str, Any], included: bool) -> None:
    record = order_record(order(lines, total, **more))
    assert whole(record) == record.total.minor
    assert record.taxes_included is included


def test_what_an_order_is_besides_its_amounts() -> None:
    record = order_record(order([item()], "100.00"))
    assert (record.source, record.source_id, record.number) == ("magento", "55", "000000055")
    assert record.placed_at.isoformat() == "2026-11-10T09:30:00+00:00"
    assert record.shipping_address is not None
    assert (record.shipping_address.line1, record.shipping_address.line2) == ("Lange Reihe 4", "2. Stock")
    assert record.customer.tags == ("group:3",)
    assert [(tender.method, tender.gateway) for tender in record.tenders] == [("card", "braintree")]


def test_a_configurable_product_is_one_line() -> None:
    for name, variant in (("Hat-Blue-M", "Blue-M"), ("Cap blue", "Cap blue"), ("Hat", "")):
        child = item(2, "0", parent_item_id=1, name=name, sku="HAT-1")
        record = order_record(order([item(1, product_type="configurable"), child], "100.00"))
        assert [(line.source_id, line.variant) for line in record.lines] == [("1", variant)]


def test_the_parts_of_a_bundle_with_prices_of_their_own_are_lines() -> None:
    parts = [
        item(2, "60.00", parent_item_id=1, name="Tent"),
        item(3, "40.00", parent_item_id=1, name="Peg", quantity=1),
    ]
    record = order_record(order([item(1, product_type="bundle", name="Camp"), *parts], "100.00"))
    assert [line.title for line in record.lines] == ["Tent", "Peg"]
    assert record.lines[0].properties == (("Bundle", "Camp"),)


def test_a_bundle_with_a_fixed_price_is_one_line() -> None:
    parts = [item(2, "0", parent_item_id=1), item(3, "0", parent_item_id=1)]
    record = order_record(order([item(1, product_type="bundle"), *parts], "100.00"))
    assert [line.source_id for line in record.lines] == ["1"]


def test_shipments_are_parcels_and_every_further_track_one_without_lines() -> None:
    child = item(2, "0", parent_item_id=1)
    shipment = {
        "entity_id": 9, "order_id": 55, "created_at": "2026-11-11 08:00:00",
        "items": [{"order_item_id": 1, "qty": 1}, {"order_item_id": 2, "qty": 1}],
        "tracks": [{"track_number": "AA1", "title": "DHL", "carrier_code": "dhl"}, {"track_number": "BB2"}],
    }  # fmt: skip
    document = {"order": order([item(1, product_type="configurable"), child], "100.00"), "shipments": [shipment]}
    [(_, payload)] = order_payloads(document)
    parcels = order_record(payload).parcels
    assert [(parcel.tracking_number, parcel.lines) for parcel in parcels] == [("AA1", (("1", 1),)), ("BB2", ())]


def test_refunds_and_cancellations_are_read() -> None:
    gone = item(quantity=2, qty_canceled=1, qty_refunded=1, amount_refunded=100, tax_refunded=19)
    record = order_record(order([gone], "200.00", state="canceled"))
    line = record.lines[0]
    assert (line.cancelled_quantity, line.refunded_quantity, line.refunded and line.refunded.minor) == (1, 1, 11900)
    assert record.cancelled_at is not None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"grand_total": Decimal("99.99")}, "grand_total"),
        ({"grand_total": None}, "grand_total"),
        ({"order_currency_code": "EURO"}, "order_currency_code"),
        ({"items": []}, "items"),
        ({"items": [item(), item()]}, "items"),
        ({"items": [item(quantity=0)]}, "items[0].qty_ordered"),
        ({"items": [item(qty_ordered=Decimal("1.5"))]}, "items[0].qty_ordered"),
        ({"items": [item(price="100.00", discount_amount=200)]}, "items[0].discount_amount"),
        ({"items": [item(row_total=-5)]}, "items[0].row_total"),
        ({"items": [item(parent_item_id=8)]}, "items[0].parent_item_id"),
        ({"items": [item(row_total=1.5)]}, "items[0].row_total"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "2026-13-40 09:30:00"}, "created_at"),
        ({"increment_id": ""}, "increment_id"),
        ({"billing_address": {"country_id": "Germany"}}, "billing_address.country_id"),
        ({"shipments": [{"entity_id": 1, "created_at": "2026-11-11 08:00:00",
                         "items": [{"order_item_id": 1, "qty": 5}]}]}, "shipments[0].items"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        order_record({**order([item()], "100.00"), **change})
    assert caught.value.path == path


def test_every_shape_of_a_document_is_read() -> None:
    one = order([item()], "100.00")
    assert [path for path, _ in order_payloads({"items": [one, one], "total_count": 2})] == ["items[0]", "items[1]"]
    assert [path for path, _ in order_payloads([one])] == ["[0]"]
    assert order_number(one) == "000000055"


ONE_WITH_TAX = item(
    price="158.82", original_price=Decimal("189.00"), tax_amount=Decimal("30.18"), tax_percent=19,
    price_incl_tax=Decimal("189.00"), row_total_incl_tax=Decimal("189.00"),
)  # fmt: skip


def test_the_catalogues_price_tells_whether_a_single_unit_was_priced_with_tax() -> None:
    record = order_record(order([ONE_WITH_TAX], "189.00"))
    assert (record.taxes_included, record.lines[0].unit_price.minor) == (True, 18900)
    without = order_record(order([{**ONE_WITH_TAX, "original_price": Decimal("158.82")}], "189.00"))
    assert (without.taxes_included, without.lines[0].unit_price.minor) == (False, 15882)


def test_what_was_refunded_before_it_was_shipped_never_left() -> None:
    gone = item(quantity=3, qty_refunded=2, qty_shipped=1, amount_refunded=200)
    line = order_record(order([gone], "300.00")).lines[0]
    assert (line.cancelled_quantity, line.refunded_quantity) == (1, 1)


def test_an_order_that_waits_at_the_counter_is_ready_for_pick_up() -> None:
    ready = {"entity_id": 9, "created_at": "2026-11-11 08:00:00", "items": [{"order_item_id": 1, "qty": 1}]}
    extension = {"pickup_location_code": "erfurt"}
    record = order_record(order([item()], "100.00", shipments=[ready], extension_attributes=extension))
    assert (record.parcels[0].status, record.extra["pickup"]) == ("available_for_pickup", "erfurt")
    sent = order_record(order([item()], "100.00", shipments=[ready]))
    assert sent.parcels[0].status is None


def test_the_newest_of_order_shipment_and_track_is_the_last_change() -> None:
    shipment = {"entity_id": 9, "created_at": "2026-11-11 08:00:00", "updated_at": "2026-11-13 08:00:00",
                "items": [], "tracks": [{"track_number": "A", "updated_at": "2026-11-14 08:00:00"}]}  # fmt: skip
    record = order_record(order([item()], "100.00", shipments=[shipment]))
    assert record.updated_at.isoformat() == "2026-11-14T08:00:00+00:00"


@pytest.mark.parametrize(
    ("told", "paid"),
    [
        ({"total_paid": 100}, 10000),
        ({"total_paid": None, "total_due": 100}, 0),
        ({"total_paid": None, "total_due": 25}, 7500),
        ({"total_paid": None}, None),
    ],
)
def test_what_is_still_due_was_not_paid(told: dict[str, Any], paid: int | None) -> None:
    found = order_record(order([item()], "100.00", **told)).paid
    assert (None if found is None else found.minor) == paid
